"""Is a file what its name says: names, codes and the figures of other tables as evidence."""

from collections.abc import Sequence

import pandas as pd
import pytest

from bt_analysis.sources.contradictions import Witness, agrees, judge
from bt_analysis.sources.kwb_topics import unknown_topic
from bt_analysis.sources.table import PROPERTIES, CbsTable

CODES = [f"BU0344{number:04d}" for number in range(30)]


def table(year: int, shift: int = 0, codes: Sequence[str] = CODES, **more: Sequence[float]) -> CbsTable:
    """A table of 30 buurten of 1,000, 1,010, 1,020 … inhabitants, plus ``shift``; more topics by name, in %."""
    topics = [
        unknown_topic("AantalInwoners_5", "Aantal inwoners", "aantal", ("Bevolking",)),
        *(unknown_topic(f"{name}_9", name, "%", ("Inkomen",)) for name in more),
    ]
    figures = {"AantalInwoners_5": [1000.0 + 10 * at + shift for at in range(len(codes))]}
    figures |= {f"{name}_9": list(values) for name, values in more.items()}
    return CbsTable(
        table_id=f"T{year}",
        title=f"Kerncijfers wijken en buurten {year}",
        modified="",
        year=year,
        division_year=year,
        rows=pd.DataFrame({"WijkenEnBuurten": list(codes), **figures}),
        properties=pd.DataFrame(topics, columns=list(PROPERTIES)),
        region_column="WijkenEnBuurten",
        labels=pd.DataFrame(columns=["regiocode", "title"]),
    )


def test_nothing_at_hand_verifies_nothing() -> None:
    assert judge(table(2019), []).kind == "not verified"
    assert judge(table(2019), [Witness("the map", table(2019, codes=["BU99990000"]))]).kind == "not verified"


def test_another_release_of_the_same_table_confirms() -> None:
    verdict = judge(table(2019, shift=5), [Witness("the fetched T2019", table(2019))])
    assert (verdict.kind, verdict.evidence) == ("confirmed", "100% of 30 figures are those of the fetched T2019")


def test_other_figures_in_the_same_table_contradict() -> None:
    verdict = judge(table(2019, shift=7), [Witness("the fetched T2019", table(2019))])
    assert verdict.kind == "contradicted"
    assert "only 0% of 30 figures" in verdict.evidence


def test_the_figures_of_another_year_contradict() -> None:
    verdict = judge(table(2019), [Witness("the fetched T2021", table(2021))])
    assert verdict.kind == "contradicted"
    assert verdict.evidence == "Aantal inwoners: all 30 figures are those of the fetched T2021, of 2021"


def test_one_copied_column_is_enough_and_few_equal_figures_are_not() -> None:
    income = [20 + 0.1 * at for at in range(30)]
    copy, original = table(2024, shift=7, Laag=income), table(2023, Laag=income)
    assert "Laag: all 30 figures" in judge(copy, [Witness("kwb-2023.xlsx", original)]).evidence
    # A class of one to five is the same every year, and so is a figure here and there.
    classes = [1.0 + at % 5 for at in range(30)]
    assert judge(table(2024, 7, Laag=classes), [Witness("x", table(2023, Laag=classes))]).kind == "not verified"
    assert (
        judge(table(2024, 7, Laag=income), [Witness("x", table(2023, Laag=[*income[:-1], 99]))]).kind == "not verified"
    )


def test_what_the_same_table_has_too_is_no_copy() -> None:
    income = [20 + 0.1 * at for at in range(30)]
    sure, copier = Witness("the fetched T2023", table(2023, Laag=income)), Witness("x", table(2024, 7, Laag=income))
    assert judge(table(2023, Laag=income), [sure, copier]).kind == "confirmed"


def test_the_name_of_the_file_can_contradict_itself() -> None:
    assert judge(table(2019), [], ["its name says 2020 too"]).evidence == "its name says 2020 too"


@pytest.mark.parametrize(("year", "kind"), [(2022, "contradicted"), (2023, "not verified")])
def test_letters_in_codes_are_of_2023_and_later(year: int, kind: str) -> None:
    verdict = judge(table(year, codes=["GM0363", "WK0363AA", "BU0363AA01"]), [])
    assert verdict.kind == kind
    assert year == 2023 or verdict.evidence == "code WK0363AA has letters, which codes have since 2023"


@pytest.mark.parametrize(("year", "kind"), [(2022, "contradicted"), (2023, "not verified")])
def test_a_topic_of_later_years_contradicts(year: int, kind: str) -> None:
    verdict = judge(table(year, HboWo=[1.0 + at for at in range(30)]), [])
    assert verdict.kind == kind
    assert year == 2023 or verdict.evidence == "HboWo did not exist in the table of 2022"


def test_files_agree_or_not_or_cannot_be_compared() -> None:
    assert agrees(table(2019), table(2019, shift=5)) is True
    assert agrees(table(2019), table(2019, shift=7)) is False
    assert agrees(table(2019), table(2019, codes=CODES[:10])) is None


def long_table(shift: float, ages: Sequence[str] = ("20300",), periods: Sequence[str] = ("2020JJ00",)) -> CbsTable:
    """Shares per buurt, age and period: 10.0, 10.1, 10.2 …, plus ``shift``."""
    keys = [(code, age, period) for code in CODES for age in ages for period in periods]
    rows = pd.DataFrame(keys, columns=["WijkenEnBuurten", "Leeftijd", "Perioden"])
    topic = unknown_topic("Eenzaam_28", "Eenzaam", "%")
    return CbsTable(
        table_id="50090NED",
        title="Gezondheid",
        modified="",
        year=2020,
        division_year=2020,
        rows=rows.assign(Eenzaam_28=[10 + at / 10 + shift for at in range(len(rows))]),
        properties=pd.DataFrame([topic], columns=list(PROPERTIES)),
        region_column="WijkenEnBuurten",
        labels=pd.DataFrame(columns=["regiocode", "title"]),
        time_column="Perioden",
        members={"Leeftijd": pd.DataFrame({"key": list(ages), "title": list(ages)})},
    )


def test_shares_are_compared_per_age_and_period_and_must_be_equal() -> None:
    fetched = Witness("the fetched 50090NED", long_table(0))
    assert judge(long_table(0), [fetched]).kind == "confirmed"
    assert judge(long_table(0.1), [fetched]).kind == "contradicted"


@pytest.mark.parametrize("other", [long_table(5, ages=["80200"]), long_table(5, periods=["2016JJ00"]), table(2020)])
def test_other_ages_periods_and_forms_are_not_compared(other: CbsTable) -> None:
    assert agrees(long_table(0), other) is None


def test_zero_is_no_evidence() -> None:
    # Most buurten have none of something in every year.
    nothing = [0.0] * 25 + [1.0, 2.0, 3.0, 4.0, 5.0]
    assert judge(table(2024, 7, Laag=nothing), [Witness("x", table(2023, Laag=nothing))]).kind == "not verified"


def test_what_describes_the_place_says_nothing_of_the_year() -> None:
    surface = [100.0 + at for at in range(30)]
    two = [table(2024, 7, Laag=surface), table(2023, Laag=surface)]
    for one in two:
        one.properties["path"] = [("Bevolking",), ("Oppervlakte",)]
    assert judge(two[0], [Witness("x", two[1])]).kind == "not verified"
