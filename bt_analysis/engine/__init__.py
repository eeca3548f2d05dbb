"""Notebooks in fresh processes: a notebook in, its outputs out; each process is used once.

``forks`` makes the processes, ``shell`` keeps what cells show, ``cells`` runs a notebook, and ``for_papermill`` is the
engine.
"""
