"""A file that says it is a bundle: changed, hostile or of somebody else, it is left out with one line."""

import hashlib
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bt_analysis import bundles
from bt_analysis.bundles import BundleError, packing, register, unpacking
from bt_analysis.bundles.unpacking import unpack
from tests.bundle_workspace import TODAY, Built

Files = dict[str, bytes]


@pytest.fixture
def built(tmp_path: Path, make: Any, page: Any) -> Built:
    here = Built(tmp_path, make, page)
    here.deliver("tuin", contribution=make.monitoring("contribution", {"activity_id": "1"}))
    here.write()
    return here


@pytest.fixture
def good(built: Built) -> Path:
    """Give a test a bundle that counts, brought from elsewhere: it has no line in the register."""
    path = built.bundle("tuin")
    (register.folder(built.workspace) / "bundle.csv").unlink()
    return path


def contents(path: Path) -> Files:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def description(files: Files) -> dict[str, Any]:
    return dict(json.loads(files["datapackage.json"]))


def changed(path: Path, change: Callable[[Files, dict[str, Any]], None], *, consistent: bool = False) -> Path:
    """Change a bundle in its place; consistent: checksums and id are made right again, as a forger would do."""
    files = contents(path)
    package = description(files)
    change(files, package)
    files = {name: content for name, content in files.items() if name != "datapackage.json"}
    target = path
    if consistent:
        for resource in package["resources"]:
            content = files[resource["path"]]
            resource |= {"hash": f"sha256:{hashlib.sha256(content).hexdigest()}", "bytes": len(content)}
        tables = {name.removesuffix(".csv"): content for name, content in files.items()}
        package["bundle"]["bundle_id"] = packing.bundle_id(tables, package["bundle"])
        target = path.with_name(f"{package['bundle']['bundle_id']}.zip")
        path.unlink()
    target.write_bytes(packing.zipped({**files, "datapackage.json": packing.as_json(package)}))
    return target


def replace(name: str, old: bytes, new: bytes) -> Callable[[Files, dict[str, Any]], None]:
    def change(files: Files, _: dict[str, Any]) -> None:
        assert old in files[name]
        files[name] = files[name].replace(old, new)

    return change


def refused(built: Built) -> str:
    """Return the one line on the one file that is not used."""
    given = bundles.read_all(built.workspace, TODAY)
    assert given.collectives == set()
    (line,) = given.refused
    assert "\n" not in line
    assert line.startswith("tuin/")
    assert line.endswith("Ask the collective for its bundle again.")
    return line


def test_the_bundle_of_these_tests_counts(built: Built, good: Path) -> None:
    assert bundles.read_all(built.workspace, TODAY).collectives == {"tuin"}
    assert unpack(good).line["approved_by_role"] == "bestuur"


# Changed


def test_a_figure_that_was_changed(built: Built, good: Path) -> None:
    changed(good, replace("analysed_estimates.csv", b",40,", b",41,"))
    assert "analysed_estimates.csv is not the file it was when the bundle was made" in refused(built)


def test_consent_that_was_made_longer(built: Built, good: Path) -> None:
    changed(good, lambda _, package: package["bundle"].update(valid_until="2099-01-01"))
    assert "its tables or its consent are not what they were" in refused(built)


def test_consent_that_was_made_wider(built: Built, good: Path) -> None:
    changed(good, lambda _, package: package["bundle"].update(consent_level="gemeente"))
    assert "its tables or its consent are not what they were" in refused(built)


def test_a_bundle_made_here_must_say_what_the_register_says(built: Built) -> None:
    path = built.bundle("tuin")
    lines = register.read(built.workspace)
    register.write(built.workspace, lines.assign(approved_by_role="coordinator"))
    assert "got another consent than in the register" in bundles.read_all(built.workspace, TODAY).refused[0]
    assert path.exists()


def test_a_table_that_nobody_described(built: Built, good: Path) -> None:
    changed(good, lambda files, _: files.update({"rate.csv": b"rate_id\n"}))
    assert "got rate.csv in the files or in their description only" in refused(built)


def test_a_table_that_is_gone(built: Built, good: Path) -> None:
    def change(files: Files, _: dict[str, Any]) -> None:
        del files["activity.csv"]

    changed(good, change)
    assert "got activity.csv in the files or in their description only" in refused(built)


def test_a_bundle_without_figures(built: Built, good: Path) -> None:
    def change(files: Files, package: dict[str, Any]) -> None:
        del files["analysed_estimates.csv"]
        package["resources"] = [one for one in package["resources"] if one["name"] != "analysed_estimates"]

    changed(good, change, consistent=True)
    assert "got no analysed_estimates.csv; expected one" in refused(built)


def test_a_bundle_in_the_folder_of_another(built: Built, good: Path) -> None:
    other = good.parents[1] / "zon" / good.name
    other.parent.mkdir()
    good.rename(other)
    given = bundles.read_all(built.workspace, TODAY)
    assert "of tuin; expected that of its folder" in given.refused[0]


# Forged: checksums and id are right


def test_a_cell_that_is_not_what_the_schema_says(built: Built, good: Path) -> None:
    changed(good, replace("analysed_estimates.csv", b",40,", b",veertig,"), consistent=True)
    assert "analysed_estimates.csv, column value, row 2: got 'veertig'; expected a number" in refused(built)


def test_a_column_that_no_schema_has(built: Built, good: Path) -> None:
    changed(good, lambda files, _: files.update({"collective.csv": b"name_of_member\nJan\n"}), consistent=True)
    assert "collective.csv, got column 'name_of_member'" in refused(built)


def test_rows_of_another_collective(built: Built, good: Path) -> None:
    changed(good, replace("analysed_activities.csv", b"\ntuin,", b"\nzon,"), consistent=True)
    assert "analysed_activities.csv has rows of zon; expected its own only" in refused(built)


def test_microdata(built: Built, good: Path) -> None:
    def change(files: Files, package: dict[str, Any]) -> None:
        files["response_item.csv"] = b"wave_id,respondent_key,item_code,answer\nw,k,i,ja\n"
        package["resources"].append({"name": "response_item", "path": "response_item.csv", "hash": "", "bytes": 1})

    changed(good, change, consistent=True)
    assert "got a table response_item; expected no microdata" in refused(built)


@pytest.mark.parametrize("name", ["joined_context", "harmonised_statistics", "analysed_suppressed"])
def test_tables_that_never_travel(built: Built, good: Path, name: str) -> None:
    def change(files: Files, package: dict[str, Any]) -> None:
        files[f"{name}.csv"] = b"x\n"
        package["resources"].append({"name": name, "path": f"{name}.csv", "hash": "", "bytes": 1})

    changed(good, change, consistent=True)
    assert f"got a table {name}; expected no microdata and nothing unknown" in refused(built)


def test_text_without_consent(built: Built, good: Path) -> None:
    def change(files: Files, package: dict[str, Any]) -> None:
        files["selection_register.csv"] = (
            b"approach_id,party_type,date,response,reason,text_consent\na,bewoner,2024-01-01,weigert,te druk,false\n"
        )
        one = {"name": "selection_register", "path": "selection_register.csv", "hash": "", "bytes": 1}
        package["resources"].append(one)

    changed(good, change, consistent=True)
    assert "selection_register.csv has text without consent; expected none" in refused(built)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("consent_level", "intern", "got consent_level 'intern'"),
        ("approved_on", None, "got no day or role of consent"),
        ("approved_by_role", None, "got no day or role of consent"),
        ("checks_passed", False, "checks that were not passed"),
        ("valid_until", "morgen", "its line of the register"),
        ("approved_on", {"a": 1}, "its line of the register"),
        ("collective_id", "../tuin", "its line of the register"),
    ],
)
def test_a_line_that_no_register_can_have(built: Built, good: Path, field: str, value: Any, message: str) -> None:
    def change(_: Files, package: dict[str, Any]) -> None:
        package["bundle"][field] = value

    changed(good, change)
    assert message in refused(built)


# Hostile files


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04", b"no zip at all", b"PK\x05\x06" + b"\x00" * 18, b"\xd0\xcf\x11\xe0" * 100],
)
def test_what_is_no_bundle(built: Built, good: Path, content: bytes) -> None:
    good.write_bytes(content)
    assert refused(built)


@pytest.mark.parametrize("size", [50, 200, 1000, -30])
def test_a_bundle_that_is_cut_off(built: Built, good: Path, size: int) -> None:
    good.write_bytes(good.read_bytes()[:size])
    assert refused(built)


@pytest.mark.parametrize("at", [30, 60, 500, 900])
def test_a_byte_that_fell_over(built: Built, good: Path, at: int) -> None:
    content = bytearray(good.read_bytes())
    content[at] ^= 0xFF
    good.write_bytes(bytes(content))
    assert refused(built)


@pytest.mark.parametrize(
    "name", ["../../outside.csv", "/etc/passwd", "a/b.csv", "..\\x.csv", "activity.csv.exe", "x.csv"]
)
def test_names_that_are_no_table(built: Built, good: Path, name: str) -> None:
    with zipfile.ZipFile(good, "a") as archive:
        archive.writestr(name, "x")
    assert "expected the names of tables, each once" in refused(built)
    assert not (built.workspace.root / "outside.csv").exists()


def test_the_same_name_twice(built: Built, good: Path) -> None:
    with zipfile.ZipFile(good, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("activity.csv", "activity_id\n")
    assert "expected the names of tables, each once" in refused(built)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(built: Built, good: Path) -> None:
    with zipfile.ZipFile(good, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("activity.csv", b"0" * (unpacking.LARGEST_UNPACKED + 1))
    assert good.stat().st_size < 1_000_000
    tracemalloc.start()
    line = refused(built)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "expected at most 100 files and 50,000,000 bytes" in line
    assert most < unpacking.LARGEST_UNPACKED / 2


def test_a_zip_that_lies_about_its_size_gives_no_more_than_it_said(built: Built, good: Path) -> None:
    with zipfile.ZipFile(good, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("activity.csv", b"0" * 1_000_000)
    content = good.read_bytes()
    good.write_bytes(content.replace((1_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    assert "got a zip file that cannot be read" in refused(built)


def test_too_many_files(built: Built, good: Path) -> None:
    with zipfile.ZipFile(good, "w") as archive:
        for at in range(unpacking.MOST_FILES + 1):
            archive.writestr(f"{at}.csv", "")
    assert "got 101 files of 0 bytes together" in refused(built)


@pytest.mark.usefixtures("good")
def test_a_file_that_is_too_large(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "LARGEST_FILE", 100)
    assert "bytes; expected at most 100" in refused(built)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"resources": 1, "bundle": {}}', '{"resources": [1], "bundle": {}}', "[" * 100_000,
             '{"resources": [{"name": 1, "path": 2, "hash": 3, "bytes": 4}], "bundle": {}}',
             '{"resources": [], "bundle": []}', '{"resources": [], "bundle": {}}', "\ufeff{}"],
)  # fmt: skip
def test_a_description_that_is_none(built: Built, good: Path, text: str) -> None:
    files = contents(good)
    good.write_bytes(packing.zipped({**files, "datapackage.json": text.encode()}))
    assert refused(built)


def test_a_bad_file_does_not_keep_a_good_one_out(built: Built, good: Path) -> None:
    good.with_name("tuin-0000000000.zip").write_bytes(b"no zip")
    given = bundles.read_all(built.workspace, TODAY)
    assert given.collectives == {"tuin"}
    assert len(given.refused) == 1


def test_a_bad_file_can_be_withdrawn_too(built: Built, good: Path) -> None:
    good.write_bytes(b"no zip")
    assert bundles.withdraw(built.workspace, "tuin", TODAY) == 1
    assert not good.exists()


def test_a_bundle_error_names_the_file(good: Path) -> None:
    good.write_bytes(b"no zip")
    with pytest.raises(BundleError, match=f"tuin/{good.name}: got a zip file that cannot be read"):
        unpack(good)
