"""One report at a time: ``job`` says which, ``composing`` makes its files, ``storing`` publishes them.

``resting`` says what a report rests on, by which one that is up to date is known without making it.
"""

from bt_analysis.publishing.job import ACROSS, Job, Outcome, ReportError
from bt_analysis.publishing.resting import is_published, package_hash, rests_on
from bt_analysis.publishing.storing import failed, leave, make, now, settle_all, write_json

__all__ = [
    "ACROSS",
    "Job",
    "Outcome",
    "ReportError",
    "failed",
    "is_published",
    "leave",
    "make",
    "now",
    "package_hash",
    "rests_on",
    "settle_all",
    "write_json",
]
