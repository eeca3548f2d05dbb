"""Forms in XLSForm: what is asked is read, what asks who somebody is is refused, and instruments keep their codes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pytest

from bt_analysis.sources.grids import Row
from bt_analysis.sources.sentences import Findings, Place
from bt_analysis.sources.survey_form import Form, read_form, text_of

PLACE = Place("zon/enquetes/p25/form.xlsx")
CHOICES = [
    ("list_name", "name", "label::Nederlands (nl)", "label::English (en)"),
    ("ja_nee", "ja", "Ja", "Yes"),
    ("ja_nee", "nee", "Nee", "No"),
    ("vijf", 1.0, "Zeer goed", "Very good"),
    ("vijf", 2.0, "Goed", "Good"),
]
HEADER = ("type", "name", "label::Nederlands (nl)", "label::English (en)")
LOUD = ("select_one ja_nee", "lawaai", "Is er lawaai?", "Is there noise?")


def rows(*cells: Sequence[object]) -> list[Row]:
    return list(enumerate(cells, start=1))


def read(
    *survey: Sequence[object],
    choices: Sequence[Sequence[object]] = CHOICES,
    settings: Sequence[Sequence[object]] = (("form_id",), ("p25",)),
    options: Mapping[str, Collection[str]] | None = None,
    header: Sequence[object] = HEADER,
) -> tuple[Form | None, Findings]:
    findings = Findings()
    sheets = {"survey": rows(header, *survey), "choices": rows(*choices), "settings": rows(*settings)}
    return read_form(sheets, PLACE, "p25", options or {}, findings), findings


def good(*survey: Sequence[object], **sheets: object) -> Form:
    form, findings = read(*survey, **sheets)  # type: ignore[arg-type]
    assert findings.problems == []
    assert form is not None
    return form


def wrong(*survey: Sequence[object], **sheets: object) -> list[tuple[str, str | None, int | None, str | None]]:
    form, findings = read(*survey, **sheets)  # type: ignore[arg-type]
    assert form is None
    return [(each.kind, each.sheet, each.row, each.column) for each in findings.problems]


# What is asked


def test_a_question_has_its_choices_and_words_in_every_language() -> None:
    form = good(LOUD)
    assert form.wave_id == "p25"
    question = form.questions["lawaai"]
    assert (question.kind, question.row) == ("one", 2)
    assert question.headers == {"lawaai"}
    assert question.titles == {"Is er lawaai?", "Is there noise?"}
    assert question.choices == {"ja": ("Ja", "Yes"), "nee": ("Nee", "No")}


def test_codes_that_excel_took_for_numbers_are_codes_again() -> None:
    assert list(good(("select_one vijf", "srh", "Gezondheid")).questions["srh"].choices) == ["1", "2"]


@pytest.mark.parametrize(
    ("cell", "text"), [(None, ""), (1.0, "1"), (2, "2"), (1.5, "1.5"), ("  a \n b ", "a b"), ("1.0", "1.0")]
)
def test_a_cell_is_read_as_a_person_sees_it(cell: object, text: str) -> None:
    assert text_of(cell) == text


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        ("select_one ja_nee", "one"),
        ("select one ja_nee", "one"),
        ("select one from ja_nee", "one"),
        ("Select_One  ja_nee", "one"),
        ("select_multiple ja_nee", "many"),
        ("select multiple ja_nee", "many"),
        ("integer", "integer"),
        ("Integer", "integer"),
        ("decimal", "number"),
        ("range", "number"),
        ("date", "date"),
        ("text", "text"),
    ],
)
def test_types_of_questions(type_: str, kind: str) -> None:
    assert good((type_, "vraag", "Een vraag")).questions["vraag"].kind == kind


def test_a_select_with_or_other_has_an_open_question_behind_it() -> None:
    form = good(("begin_group", "a", "A"), ("select_one ja_nee or_other", "lawaai", "Lawaai?"), ("end_group", "", ""))
    assert list(form.questions) == ["lawaai", "lawaai_other"]
    assert list(form.questions["lawaai"].choices) == ["ja", "nee", "other"]
    assert form.questions["lawaai_other"].kind == "text"
    assert "a/lawaai_other" in form.questions["lawaai_other"].headers


def test_groups_stand_before_a_question_in_names_and_words() -> None:
    form = good(
        ("begin group", "buurt", "De buurt", "The area"),
        ("begin_group", "geluid", "Geluid", "Noise"),
        LOUD,
        ("end group", "", ""),
        ("integer", "huizen", "Hoeveel huizen?", "How many homes?"),
        ("end_group", "", ""),
        ("integer", "leeftijd", "Leeftijd", "Age"),
    )
    loud = form.questions["lawaai"]
    assert {"lawaai", "buurt/geluid/lawaai", "buurt-geluid-lawaai", "buurt.geluid.lawaai"} <= loud.headers
    assert {"De buurt/Geluid/Is er lawaai?", "The area/Noise/Is there noise?"} <= loud.titles
    assert "De buurt/Noise/Is there noise?" not in loud.titles
    assert "buurt/huizen" in form.questions["huizen"].headers
    assert form.questions["leeftijd"].headers == {"leeftijd"}


def test_notes_calculations_and_times_are_not_asked() -> None:
    form = good(
        ("start", "begin_tijd", ""),
        ("today", "vandaag", ""),
        ("note", "welkom", "Welkom!"),
        ("note", "", "Zonder naam"),
        ("calculate", "score", ""),
        LOUD,
    )
    assert list(form.questions) == ["lawaai"]
    assert form.unasked >= {"begin_tijd", "vandaag", "welkom", "Welkom!", "score"}
    assert "" not in form.unasked


def test_rows_that_are_turned_off_or_are_a_comment_are_skipped() -> None:
    form = good(
        ("text", "naam", "Hoe heet je?", "yes"),
        ("", "", "een opmerking", ""),
        ("integer", "leeftijd", "Leeftijd", ""),
        header=("type", "name", "label", "disabled"),
    )
    assert list(form.questions) == ["leeftijd"]


def test_columns_of_a_form_may_be_spelled_as_people_do() -> None:
    form = good(LOUD, header=("Type", " name", "Label : Nederlands (nl)", "LABEL::English (en)"))
    assert form.questions["lawaai"].titles == {"Is er lawaai?", "Is there noise?"}


def test_a_list_that_is_filtered_may_have_a_code_twice() -> None:
    choices = [("list name", "name", "label"), ("straat", "1", "Kerkstraat"), ("straat", "1", "Dorpsstraat")]
    form = good(("select_one straat", "straat", "Welke straat?"), choices=choices)
    assert form.questions["straat"].choices == {"1": ("Kerkstraat", "Dorpsstraat")}


def test_older_names_of_columns_are_known() -> None:
    choices = [("list_name", "value", "label"), ("jn", "j", "Ja")]
    form = good(("select_one jn", "q", "Vraag"), choices=choices, settings=(("id_string", "style"), ("p25", "pages")))
    assert (form.wave_id, list(form.questions["q"].choices)) == ("p25", ["j"])


# What is refused


def test_everything_that_is_wrong_is_told_in_one_go() -> None:
    found = wrong(
        ("select_one kleur", "kleur", "Kleur"),
        ("integer", "", "Leeftijd"),
        ("rank vijf", "rang", "Zet op volgorde"),
        ("geopoint", "plek", "Waar?"),
        LOUD,
        LOUD,
        ("", "los", ""),
        settings=(("form_title",), ("Peiling",)),
    )
    assert found == [
        ("survey_form_id", "settings", 2, "form_id"),
        ("survey_no_list", "survey", 2, "kleur"),
        ("survey_no_name", "survey", 3, None),
        ("survey_type", "survey", 4, "rang"),
        ("survey_personal_question", "survey", 5, "plek"),
        ("survey_name_twice", "survey", 7, "lawaai"),
        ("survey_type", "survey", 8, "los"),
    ]


@pytest.mark.parametrize("settings", [(), (("form_id",),), (("form_id",), ("p26",))])
def test_the_form_is_that_of_the_wave(settings: Sequence[Sequence[object]]) -> None:
    form, findings = read(LOUD, settings=settings)
    assert form is None
    (problem,) = findings.problems
    assert problem.kind == "survey_form_id"
    assert problem.expected == "de naam van de map: p25"
    assert problem.got == ("p26 als form_id" if len(settings) == 2 else "niets als form_id")


def test_a_form_without_questions_is_refused() -> None:
    assert wrong(("note", "welkom", "Welkom!")) == [("survey_no_questions", "survey", None, None)]
    assert wrong() == [("survey_no_questions", "survey", None, None)]


def test_questions_that_repeat_are_refused_with_the_reason() -> None:
    found, findings = read(
        ("begin_repeat", "kinderen", "Elk kind"), ("integer", "leeftijd", "Leeftijd"), ("end_repeat", "", ""), LOUD
    )
    assert found is None
    (problem,) = findings.problems
    assert (problem.kind, problem.row, problem.column) == ("survey_repeat", 2, "kinderen")
    assert "telt anders vaker mee" in problem.do


@pytest.mark.parametrize(
    "type_",
    [
        *("username", "deviceid", "phonenumber", "subscriberid", "simserial", "email", "audit", "geopoint", "geotrace"),
        *("geoshape", "start-geopoint", "image", "audio", "background-audio", "video", "file"),
    ],
)
def test_what_says_who_or_where_somebody_is_is_refused(type_: str) -> None:
    assert wrong((type_, "iets", ""), LOUD) == [("survey_personal_question", "survey", 2, "iets")]


@pytest.mark.parametrize(
    ("type_", "name", "label"),
    [
        ("text", "naam", "Hoe heet je?"),
        ("text", "voornaam", ""),
        ("text", "q1", "Naam"),
        ("text", "q1", "Wat is uw naam?"),
        ("text", "q1", "Vul hier je volledige naam in"),
        ("text", "adres", ""),
        ("text", "q1", "Wat is je adres?"),
        ("text", "huis_nummer", ""),
        ("integer", "huisnummer", ""),
        ("integer", "telefoon", ""),
        ("text", "q1", "Op welk nummer: uw telefoonnummer"),
        ("text", "e-mail", ""),
        ("text", "email_adres", ""),
        ("text", "q1", "What is your e-mail address?"),
        ("date", "geboortedatum", ""),
        ("date", "q1", "Wat is uw geboortedatum?"),
        ("text", "bsn", ""),
        ("text", "q1", "Your name:"),
    ],
)
def test_an_open_question_that_asks_who_somebody_is_is_refused(type_: str, name: str, label: str) -> None:
    form, findings = read((type_, name, label), LOUD)
    assert form is None
    assert [problem.kind for problem in findings.problems] == ["survey_personal_question"]


@pytest.mark.parametrize(
    ("type_", "name", "label"),
    [
        ("text", "wat_beter", "Wat kan er beter in je buurt?"),
        ("text", "naam_activiteit", "Bij welke activiteit was je?"),
        ("select_one ja_nee", "buren_naam", "Kent u de naam van uw buren?"),
        ("select_one ja_nee", "telefoon", "Heeft u een telefoon?"),
        ("integer", "leeftijd", "Wat is uw leeftijd?"),
        ("text", "respondent_code", "Maak je eigen code: de eerste letters van de naam van je moeder"),
        ("integer", "huizen_n", "Hoeveel huizen staan er in uw straat?"),
        ("date", "verhuisd_op", "Wanneer bent u verhuisd?"),
    ],
)
def test_other_questions_may_be_asked(type_: str, name: str, label: str) -> None:
    assert list(good((type_, name, label)).questions) == [name]


# Instruments


def test_an_item_of_an_instrument_has_its_codes_and_the_words_for_no_answer() -> None:
    choices = [("list_name", "name", "label"), ("drie", "ja", "Ja"), ("drie", "nee", "Nee"), ("drie", "weetniet", "?")]
    form = good(("select_one drie", "djg6_leegte", "…"), choices=choices, options={"djg6_leegte": ["ja", "nee"]})
    assert list(form.questions["djg6_leegte"].choices) == ["ja", "nee", "weetniet"]


def test_other_codes_than_those_of_the_instrument_are_refused() -> None:
    form, findings = read(("select_one vijf", "srh", "Gezondheid"), options={"srh": ["zeer_goed", "goed", "2"]})
    assert form is None
    (problem,) = findings.problems
    assert (problem.kind, problem.row, problem.column) == ("survey_instrument", 2, "srh")
    assert (problem.got, problem.expected) == (
        "de antwoorden 1 bij een vraag uit een vragenlijst",
        "zeer_goed, goed, 2",
    )


@pytest.mark.parametrize("type_", ["text", "date", "select_multiple ja_nee"])
def test_an_item_of_an_instrument_is_asked_with_one_answer(type_: str) -> None:
    form, findings = read((type_, "srh", "Gezondheid"), options={"srh": ["ja", "nee"]})
    assert form is None
    assert [problem.kind for problem in findings.problems] == ["survey_instrument"]


def test_an_item_with_a_number_keeps_the_numbers_of_its_instrument() -> None:
    form = good(("integer", "ons4_tevreden", "0 tot 10"), options={"ons4_tevreden": ["0", "1", "2"]})
    assert list(form.questions["ons4_tevreden"].choices) == ["0", "1", "2"]


def test_own_questions_have_their_own_codes() -> None:
    form = good(("select_one vijf", "eigen_1", "Eigen vraag"), options={"srh": ["goed"]})
    assert list(form.questions["eigen_1"].choices) == ["1", "2"]
