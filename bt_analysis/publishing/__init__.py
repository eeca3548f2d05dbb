"""One report at a time: ``job`` says which, ``composing`` makes its files, ``storing`` publishes them."""

from bt_analysis.publishing.job import ACROSS, Job, Outcome, ReportError
from bt_analysis.publishing.storing import failed, make, now, write_json

__all__ = ["ACROSS", "Job", "Outcome", "ReportError", "failed", "make", "now", "write_json"]
