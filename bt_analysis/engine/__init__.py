"""Notebooks in fresh processes: a notebook in, its outputs out; each process is forked from a warm one.

``forks`` makes the processes, ``shell`` keeps what cells show, ``cells`` runs a notebook, and ``for_papermill`` is the
engine.
"""
