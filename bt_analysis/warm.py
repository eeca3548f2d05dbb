"""What a fresh process starts from: imports and first uses that take seconds, done once, before the first fork.

Importing this module does it; ``multiprocessing`` imports it in the process that it forks from. It leaves no thread
behind, as a thread does not survive a fork, and no state that a report could see: each thing it makes, it forgets.
"""

# mypy: allow-untyped-calls

from __future__ import annotations

import gc
import io
import os
import sys

# More threads than processors do not help, and a fork must have none: to be said before numpy is there.
for _threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "ARROW_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")
os.environ.setdefault("MPLBACKEND", "agg")
# jsonschema compiles a grammar of web addresses, which takes a second and which no notebook's format asks for.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

# ruff: noqa: E402 - all of it comes after the number of threads
import geopandas
import ipykernel.jsonutil  # noqa: F401
import IPython.core.interactiveshell  # noqa: F401
import matplotlib as mpl
import matplotlib.pyplot as plt
import matplotlib_inline.backend_inline  # noqa: F401
import numpy as np
import pandas as pd
import papermill  # noqa: F401
import pyproj
import scipy.stats
import seaborn as sns
import shapely
import statsmodels.stats.proportion  # noqa: F401
from nbformat.v4 import new_code_cell, new_notebook, new_output

from bt_analysis import figures, publishing  # noqa: F401
from bt_analysis.analysis.learning import knowledge
from bt_analysis.engine import cells  # noqa: F401
from bt_analysis.figures import layout
from bt_analysis.language import Language
from bt_analysis.pages import claim_sentences, content, export, fingerprints, html


def exercise() -> None:
    """Use once what is slow the first time: fonts, ticks, projections, templates, Parquet."""
    with mpl.rc_context():
        figure, axes = plt.subplots()
        table = pd.DataFrame({"x": [0.0, 1.0], "y": [1.0, 2.0], "who": ["a", "b"]})
        sns.scatterplot(table, x="x", y="y", hue="who", ax=axes)
        axes.set_title("é")
        areas = geopandas.GeoDataFrame(table, geometry=[shapely.box(0, 0, 1, 1)] * 2, crs="EPSG:28992")
        areas.plot(column="x", cmap="viridis", ax=axes)
        for kind in ("svg", "png"):
            figure.savefig(io.BytesIO(), format=kind)
        plt.close("all")
    pyproj.Transformer.from_crs("EPSG:28992", "EPSG:4326", always_xy=True).transform(121_000.0, 487_000.0)
    scipy.stats.t.ppf(0.975, 5)
    table.to_html()
    kept = io.BytesIO()
    table.to_parquet(kept)
    pd.read_parquet(io.BytesIO(kept.getvalue()))
    np.linalg.svd(np.eye(3))
    layout.laid_out("digraph { a -> b }")
    html.compile_sections()
    Language("en").say("ja")
    page = new_notebook(cells=[new_code_cell("0", outputs=[new_output("execute_result", {"text/html": "<h1>a</h1>"})])])
    export.export(page, export.frame("a", Language("nl"), synthetic=False))
    fingerprints.read_programs({*claim_sentences.SECTIONS, *knowledge.KINDS})
    content.catalogue()


exercise()
# What is here stays as long as the process does: no fork need look through it for what may be thrown away.
gc.collect()
gc.freeze()
