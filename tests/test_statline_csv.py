"""Layouts of StatLine's download button: one header comes out of each, with the units that stand elsewhere."""

import pytest

from bt_analysis.sources.statline_csv import from_label, from_screen, has_unit, is_screen

TITLE = ["Kerncijfers wijken en buurten 2015"]


def lines(*rows: str) -> list[list[str]]:
    return [TITLE, [""], *(row.split(";") for row in rows), ["Bron: CBS"]]


def test_topics_above_units_become_labels() -> None:
    rows = lines(
        ";Onderwerp",
        ";Inkomen|Gemiddeld inkomen per inwoner ;Bevolking|Mannen",
        "Wijken en buurten;x 1 000 euro;aantal",
        "Amsterdam;26,9;418127",
        "Centrum;35,8;.",
    )
    assert is_screen(rows)
    names, body = from_screen(rows)
    assert names == [
        "Wijken en buurten",
        "Inkomen|Gemiddeld inkomen per inwoner (x 1 000 euro)",
        "Bevolking|Mannen (aantal)",
    ]
    assert body == [["Amsterdam", "26,9", "418127"], ["Centrum", "35,8", "."]]


def test_more_dimensions_stand_in_more_columns_without_a_topic() -> None:
    rows = lines(";;Onderwerp", ";;Bevolking|Mannen", "Wijken en buurten;Perioden;aantal", "Amsterdam;2015;418127")
    assert from_screen(rows)[0] == ["Wijken en buurten", "Perioden", "Bevolking|Mannen (aantal)"]


def test_regions_in_the_columns_become_rows() -> None:
    rows = lines(
        ";;Wijken en buurten",
        "Onderwerp;;Nederland;Aa en Hunze",
        "Regioaanduiding|Codering;code;NL00;GM1680",
        "Afstand tot brandweerkazerne;km;2,1;2,7",
    )
    names, body = from_screen(rows)
    assert names == ["Wijken en buurten", "Regioaanduiding|Codering (code)", "Afstand tot brandweerkazerne (km)"]
    assert body == [["Nederland", "NL00", "2,1"], ["Aa en Hunze", "GM1680", "2,7"]]


@pytest.mark.parametrize("foot", ["Bron: CBS", "Bron: CBS.", "© Centraal Bureau voor de Statistiek, Den Haag"])
def test_the_source_below_is_no_region(foot: str) -> None:
    rows = lines(";Onderwerp", ";Mannen", "Wijken en buurten;aantal", "Amsterdam;418127")
    assert from_screen([*rows[:-1], [foot]])[1] == [["Amsterdam", "418127"]]


def test_a_region_may_be_called_as_a_source_begins_when_it_has_figures() -> None:
    rows = lines(";Onderwerp", ";Mannen", "Wijken en buurten;aantal", "Bron: de wijk;12")
    assert from_screen(rows)[1] == [["Bron: de wijk", "12"]]


@pytest.mark.parametrize(
    "rows",
    [
        [["WijkenEnBuurten", "Mannen_6"], ["GM0344", "1"], ["GM0345", "2"], ["GM0346", "3"], ["GM0347", "4"]],
        [TITLE, [""], ["x"]],
        [TITLE, ["a", "b"], ["c", "d"], ["e", "f"], ["g", "h"]],
    ],
)
def test_other_files_do_not_have_the_layout(rows: list[list[str]]) -> None:
    assert not is_screen(rows)


def test_a_title_without_topics_is_refused() -> None:
    with pytest.raises(ValueError, match="without a line that says 'Onderwerp'"):
        from_screen(lines("Amsterdam;1", "Utrecht;2"))


@pytest.mark.parametrize(
    ("label", "name", "title", "unit", "path"),
    [
        ("Bevolking/Geslacht/Mannen (aantal)", "Mannen", "Mannen", "aantal", ("Bevolking", "Geslacht")),
        ("Particuliere huishoudens (Aantal)", "ParticuliereHuishoudens", "Particuliere huishoudens", "Aantal", ()),
        (
            "Herkomstland/Europa (exclusief Nederland)  (aantal)",
            "EuropaExclusiefNederland",
            "Europa (exclusief Nederland)",
            "aantal",
            ("Herkomstland",),
        ),
        ("A|woning/schuur (per 1 000 inwoners)", "WoningSchuur", "woning/schuur", "per 1 000 inwoners", ("A",)),
        ("Wijken en buurten", "WijkenEnBuurten", "Wijken en buurten", "", ()),
    ],
)
def test_a_label_says_path_title_and_unit(label: str, name: str, title: str, unit: str, path: tuple[str, ...]) -> None:
    topic = from_label(label)
    assert (topic["key"], topic["name"], topic["title"], topic["unit"], topic["path"]) == (
        label,
        name,
        title,
        unit,
        path,
    )


def test_codes_and_names_are_texts() -> None:
    assert from_label("Regioaanduiding/Codering (code)")["datatype"] == "String"
    assert from_label("Regioaanduiding/Gemeentenaam (naam)")["datatype"] == "String"
    assert from_label("Bevolking/Mannen (aantal)")["datatype"] == ""


def test_a_unit_is_what_stands_between_the_last_brackets() -> None:
    assert has_unit("Mannen (aantal)")
    assert not has_unit("Mannen")
    assert not has_unit("Mannen (aantal) *")
