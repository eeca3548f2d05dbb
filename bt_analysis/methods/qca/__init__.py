"""Qualitative comparative analysis (QCA): set membership per case in, every equally short solution with its fit out.

The steps, one per file: ``calibration`` → ``necessity`` → ``truth_table`` → ``primes`` and ``covers`` (all tied
models) → ``solutions`` → ``fit`` → ``robustness``. ``terms`` writes and reads expressions such as ``DEV*~IND``.
Conventions are those of R's package QCA 3.25, so that results can be checked there.
"""

from __future__ import annotations

from bt_analysis.methods.qca.calibration import calibrate, crisp, skewness
from bt_analysis.methods.qca.models import Analysis, Model, Solution
from bt_analysis.methods.qca.necessity import necessity
from bt_analysis.methods.qca.solutions import analyse
from bt_analysis.methods.qca.truth_table import TruthTable, truth_table

__all__ = [
    "Analysis",
    "Model",
    "Solution",
    "TruthTable",
    "analyse",
    "calibrate",
    "crisp",
    "necessity",
    "skewness",
    "truth_table",
]
