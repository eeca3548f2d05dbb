"""One report at a time: ``job`` says which, ``composing`` makes its files, ``storing`` publishes them."""

from bt_analysis.publishing.composing import Composed, compose, package_hash
from bt_analysis.publishing.job import ACROSS, Job, Outcome, ReportError
from bt_analysis.publishing.storing import failed, known_inputs, make, now, store, write_json

__all__ = [
    "ACROSS", "Composed", "Job", "Outcome", "ReportError", "compose", "failed", "known_inputs", "make", "now",
    "package_hash", "store", "write_json",
]  # fmt: skip
