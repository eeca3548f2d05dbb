"""A workspace of three collectives, and folders of theses made of it, for tests of theses."""

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from bt_analysis import schema
from bt_analysis.thesis import fixed
from tests.bundle_workspace import Built

TODAY = dt.date(2026, 3, 1)
OWN, GROUP, OTHERS = "tuin--regen", "bt-1-bereik", "zon--panelen"
"""Questions of a public collective, of the programme, and of a collective that released its data for fewer readers."""

SMALL = "import csv, pathlib\npathlib.Path('results').mkdir(exist_ok=True)\n"


def workspace(root: Path, make: Any, page: Any) -> Built:
    """Write a workspace: tuin and wei released their data to all, zon to the municipality."""
    here = Built(root, make, page)
    for name, level in (("tuin", "openbaar"), ("wei", "openbaar"), ("zon", "gemeente")):
        here.deliver(name, level=level)
    reach = {"indicator_id": "reach_pct", "unit": "%", "n": 200.0}
    here.estimate("tuin", **reach, value=4.0, ci_low=2.0, ci_high=6.0, period="2023")
    here.estimate("tuin", **reach, value=5.0, ci_low=3.0, ci_high=7.0, period="2024")
    here.estimate("wei", **reach, gate="onderdrukt", missing_reason="suppressed", period="2024")
    here.estimate("zon", **reach, value=9.0, period="2024")
    here.write()
    return here


def learned(here: Built, *agreed: str, until: str = "2027-01-01", level: str = "openbaar") -> None:
    """Write what the cross-domain analysis leaves: a question of each, and a figure of all together."""
    page = here.page
    rows = [{"collective_id": name, "indicator_id": "learned_n", "value": 3.0, "unit": "n"} for name in agreed]
    together = {"collective_id": "", "indicator_id": "learned_n", "value": 6.0, "unit": "n"}
    estimates = page.estimates(*rows, together)
    ids = [f"{name}-l" for name in agreed] + ["all-l"]
    here._write("across/estimates", estimates.assign(claim_id=ids, synthetic=True, work_area_id=""))
    lines = pd.DataFrame({"collective_id": agreed, "consent_level": level, "valid_until": pd.Timestamp(until)})
    here._write("across/bundles", lines)
    asked = [_question(at, rq_id) for at, rq_id in enumerate((OWN, OTHERS, GROUP), start=1)]
    here._write("across/backlog", pd.DataFrame(asked))
    bearing = [_bearing(OWN, "claim0"), _bearing(OWN, "tuin-l"), _bearing(GROUP, "all-l"), _bearing(OTHERS, "zon-l")]
    here._write("across/question_claims", pd.DataFrame([*bearing, {**_bearing(OWN, "pijl"), "kind": "arrow"}]))


def _row(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    types = {"integer": 0, "year": 2024, "boolean": False}
    return {field["name"]: types.get(field["type"], "") for field in schema.load(name)["fields"]} | dict(given)


def _question(place: int, rq_id: str) -> dict[str, Any]:
    own = "--" in rq_id
    text = f"Wat doet {rq_id}?"
    more = {"own": own, "text": text, "text_en": f"What does {rq_id} do?", "status": "open", "size": "klein",
            "why": "reserved", "group": 1, "proposed_by": "bewoner" if own else "onderzoeker"}  # fmt: skip
    return _row("analysed_backlog", {"place": place, "rq_id": rq_id, **more})


def _bearing(rq_id: str, claim_id: str) -> dict[str, Any]:
    # The sign of an arrow is no text that a spreadsheet may see, and no part of a thesis.
    more = {"kind": "estimate", "standing": "firm", "sign": "+"}
    return _row("analysed_question_claims", {"rq_id": rq_id, "claim_id": claim_id, **more})


def small(folder: Path, *code: str, text: Mapping[str, str] | None = None) -> Path:
    """Write a thesis by hand that reruns in a second: one data file, and results that its code makes once."""
    data = folder / "data"
    data.mkdir(parents=True)
    files = {"cijfers.csv": b"buurt,aantal\nA,3\nB,4\n"}
    for name, content in {**files, fixed.LIST: fixed.listed(files).encode()}.items():
        (data / name).write_bytes(content)
    version = fixed.version(fixed.listed(files))
    about = {"name": folder.name, "lang": "nl", "question": {"rq_id": "", "text": ""}, "data": {"version": version}}
    (folder / "thesis.json").write_text(json.dumps({**about, "software": {}}), encoding="utf-8")
    (folder / "CITATION.cff").write_text(f'cff-version: 1.2.0\nversion: "{version}"\n', encoding="utf-8")
    (folder / "references.bib").write_text("@misc{gegevens,\n  title = {Cijfers},\n}\n", encoding="utf-8")
    rewrite(folder, *code, text=text)
    return folder


def rewrite(folder: Path, *code: str, text: Mapping[str, str] | None = None) -> None:
    """Write the notebook of a small thesis anew."""
    texts = {"question": "Hoeveel?", "data": "Cijfers [@gegevens].", "method": "Tellen.", "limits": "Weinig."}
    cells = [new_markdown_cell(said, metadata={"tags": [tag]}) for tag, said in (texts | dict(text or {})).items()]  # type: ignore[no-untyped-call]
    cells += [new_code_cell(source) for source in code]  # type: ignore[no-untyped-call]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), folder / "thesis.ipynb")  # type: ignore[no-untyped-call]


def results(folder: Path, **tables: str) -> Path:
    """Write results, as if the notebook had made them."""
    place = folder / "results"
    place.mkdir(exist_ok=True)
    for name, text in tables.items():
        (place / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder
