"""Workspaces on object storage: a URL in; a folder on this machine with what lies there out, put back when it changed.

``places`` speaks with the storage, ``copies`` keeps the folder and knows what differs, ``holding`` lets one run write
at a time, ``readers`` gives a worker of a cluster what reports rest on.
"""

from bt_analysis.storage.copies import Put, at_hand, lend
from bt_analysis.storage.places import StorageError, is_url
from bt_analysis.storage.readers import at_reader

__all__ = ["Put", "StorageError", "at_hand", "at_reader", "is_url", "lend"]
