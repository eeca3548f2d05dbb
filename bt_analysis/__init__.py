"""The Better Together research workbench: raw sources in, protected estimates and reports out.

Import modules, not names: ``from bt_analysis import figures, pipeline``.
"""

__version__ = "0.1.0"
