"""The schemas of what collectives record: every table, key, option and mark of the data model, in two languages."""

from __future__ import annotations

from typing import Any

import frictionless
import pytest

from bt_analysis import schema
from bt_analysis.sources import cells
from bt_analysis.sources.grids import spelling
from bt_analysis.sources.workbook import table_name

DERIVED = ("item_use",)
EVERY = (*schema.MONITORING, *DERIVED)
COMMON = ["recorded_at", "recorded_by_role", "source_id", "version"]

# Protection level and key of every table, as the data model has them.
TABLES = {
    "source": ("L3", "source_id"),
    "collective": ("L3", "collective_id"),
    "actor": ("L2", "actor_id"),
    "membership": ("L3", "collective_id umbrella_actor_id from"),
    "area": ("L3", "area_code area_year"),
    "work_area": ("L3", "work_area_id"),
    "engagement_tool": ("L3", "tool_id"),
    "research_question": ("L3", "rq_id"),
    "instrument": ("L3", "instrument_id"),
    "indicator": ("L3", "indicator_id"),
    "toc_node": ("L3", "node_id"),
    "toc_link": ("L3", "link_id"),
    "experiment": ("L3", "experiment_id"),
    "experiment_event": ("L3", "event_id"),
    "activity": ("L2", "activity_id"),
    "participation": ("L2", "activity_id period_start group_type group_value"),
    "contribution": ("L2", "contribution_id"),
    "funding": ("L3", "funding_id"),
    "rate": ("L3", "rate_id"),
    "saving_claim": ("L2", "saving_id"),
    "survey_wave": ("L2", "wave_id"),
    "measurement": ("L2", "measurement_id"),
    "response_item": ("L1", "wave_id respondent_key item_code"),
    "decision": ("L3", "decision_id"),
    "input": ("L2", "input_id"),
    "input_event": ("L2", "input_id seq"),
    "input_link": ("L2", "from_input to_input"),
    "interaction": ("L1", "interaction_id"),
    "tradeoff": ("L2", "tradeoff_id"),
    "coop_scan": ("L2", "scan_id side condition"),
    "obstacle": ("L2", "obstacle_id"),
    "selection_register": ("L2", "approach_id"),
    "lesson": ("L3", "lesson_id"),
    "evidence": ("L2", "evidence_id"),
    "evidence_judgement": ("L2", "evidence_id judge"),
    "case_condition": ("L2", "collective_id condition_code period"),
    "claim": ("L3", "claim_id"),
    "return_event": ("L2", "return_id"),
    "research_effort": ("L2", "effort_id"),
    "bundle": ("L2", "bundle_id"),
    "item_use": ("L3", "item_code claim_id date"),
}

DOMAIN = "gezondheid energie_klimaat leefomgeving welzijn weerbaarheid sociale_cohesie zeggenschap economische_kracht"
SCALE = "straat buurt wijk gemeente regio land eu"
SIDE = "civiel publiek markt koepel kennis"
OFFICE = "front back bestuur raad nvt"
STAGE = (
    "ingebracht geregistreerd geduid naar_backoffice gewogen in_advies besloten in_uitvoering uitgevoerd teruggekoppeld"
)
KNOWLEDGE = "ervaring professioneel wetenschappelijk administratief"

# Every list of options of the data model; where it ends in "…" the schema may have more.
OPTIONS = {
    "collective.legal_form": "cooperatie vereniging stichting informeel bv anders",
    "collective.primary_domain": DOMAIN,
    "collective.lifecycle": "idee start lopend gestopt",
    "collective.release_level": "intern bewoners gemeente openbaar",
    "actor.side": SIDE,
    "actor.actor_type": (
        "gemeente corporatie netbeheerder welzijn zorg fonds adviesbureau ontwikkelaar kennisinstelling koepel …"
    ),
    "actor.office_role": OFFICE,
    "area.level": "gemeente wijk buurt pc4 pc5 pc6 nuts3 lau eigen",
    "work_area.definition_type": "codes postcodes polygon",
    "activity.domain": DOMAIN,
    "activity.activity_type": "ontmoeting energieadvies zorg groen training inspraak beheer …",
    "activity.scale": SCALE,
    "engagement_tool.ladder": "informeren raadplegen adviseren coproduceren meebeslissen zelf_organiseren",
    "participation.group_type": "totaal leeftijd geslacht woonduur huur_koop taal opleiding …",
    "participation.count_method": "lijst telling schatting",
    "contribution.role": "bestuur uitvoering coordinatie expert bewoner_onderzoeker",
    "contribution.record_method": "logboek steekproef schatting",
    "funding.obligation": "inspanning resultaat gift lening eigen_inkomsten",
    "rate.method": "vervanging investering markt minimumloon bron_genoemd",
    "indicator.domain": DOMAIN,
    "indicator.result_level": "input output uitkomst_kort uitkomst_middel uitkomst_lang context",
    "indicator.unit": "aantal % schaal uur eur kWh m3 kgCO2 dagen …",
    "indicator.direction": "hoger_beter lager_beter geen_oordeel",
    "indicator.source_type": "register modelschatting enquete eigen_telling verhaal",
    "measurement.population": "deelnemers bewoners huishoudens leden gebied",
    "measurement.method": "register model census_van_groep aselect zelfselectie telling schatting",
    "measurement.comparison": "geen nulmeting vergelijkgroep vergelijkgebied landelijk",
    "survey_wave.mode": "papier online deur telefoon mix",
    "survey_wave.sampling": "aselect allen zelfselectie",
    "survey_wave.linkage": "none code_by_respondent",
    "experiment.comparison": "geen voor_na gefaseerd vergelijkgebied loting",
    "experiment.status": "gepland loopt gestopt klaar mislukt_leerzaam",
    "experiment.spread_type": "verdiepen elders_overgenomen beleid groter geen",
    "experiment_event.type": "start aanpassing criterium_gewijzigd stop resultaat reflectie",
    "input.channel": "bijeenkomst deur online enquete brief wijkraad",
    "input.domain": DOMAIN,
    "input.domain_secondary": DOMAIN,
    "input.scale": SCALE,
    "input.knowledge_type": KNOWLEDGE,
    "input_event.stage": STAGE,
    "input_event.office_role": OFFICE,
    "input_event.outcome": "overgenomen deels afgewezen uitgesteld",
    "input_event.reason": (
        "techniek geld recht tijd bevoegdheid strijdig_belang dubbel onduidelijk niet_doorgezet onbekend"
    ),
    "input_link.type": "samengevoegd gesplitst vervolg",
    "decision.body": "college raad corporatie netbeheerder collectief",
    "interaction.from_role": "front back bewoner bestuur",
    "interaction.to_role": "front back bewoner bestuur",
    "interaction.effect": "borgt neutraal blokkeert",
    "interaction.stage": STAGE,
    "coop_scan.side": SIDE,
    "coop_scan.condition": (
        "waarden doelen taal financien_middelen juridisch governance sociale_inbedding open_technologie"
    ),
    "obstacle.side": SIDE,
    "obstacle.type": (
        "regels geld administratie capaciteit vertrouwen angst_afrekenen regieverlies interne_besluitvorming"
        " uitsluiting continuiteit anders"
    ),
    "obstacle.stage": STAGE,
    "selection_register.response": "doet_mee weigert stopt geen_antwoord",
    "toc_node.node_type": "actor context factor activiteit output uitkomst_kort uitkomst_middel uitkomst_lang",
    "toc_node.domain": DOMAIN,
    "toc_link.sign": "+ − ?",
    "evidence.source_type": "meting experiment interview observatie document literatuur",
    "evidence.direction": "voor tegen neutraal",
    "lesson.valence": "werkte werkte_deels werkte_niet schade",
    "lesson.scale": SCALE,
    "lesson.domain": DOMAIN,
    "claim.knowledge_type": KNOWLEDGE,
    "claim.gate": "ok voorbehoud niet_te_zien",
    "return_event.form": "bijeenkomst krant deur online",
    "return_event.reply_type": "eens oneens aanvulling geen",
    "bundle.consent_level": "intern bewoners gemeente openbaar",
}


def fields(name: str) -> dict[str, dict[str, Any]]:
    return {field["name"]: field for field in schema.load(name)["fields"]}


# Tables and keys


def test_the_tables_are_those_of_the_data_model() -> None:
    assert set(EVERY) == set(TABLES)
    assert len(schema.MONITORING) == len(set(schema.MONITORING)) == 40
    assert set(schema.MINIMAL) <= set(schema.MONITORING)


@pytest.mark.parametrize("name", EVERY)
def test_a_table_has_its_protection_level_and_key(name: str) -> None:
    level, columns = TABLES[name]
    assert (schema.protection(name), schema.key(schema.load(name))) == (level, columns.split())
    assert set(columns.split()) <= set(fields(name))


@pytest.mark.parametrize("name", EVERY)
def test_what_a_row_is_without_is_asked_of_it_and_no_more(name: str) -> None:
    required = {column for column, field in fields(name).items() if field.get("constraints", {}).get("required")}
    assert set(schema.key(schema.load(name))) <= required
    # Forgiving: at most half of what can be filled in has to be, or the six that tell a row of counts from another.
    assert len(required) <= max(6, len(fields(name)) / 2)


@pytest.mark.parametrize("name", EVERY)
def test_frictionless_accepts_the_schema(name: str) -> None:
    report = frictionless.Schema.validate_descriptor(dict(schema.load(name)))
    assert report.valid, report.flatten(["message"])


@pytest.mark.parametrize("name", EVERY)
def test_a_schema_says_in_two_languages_what_a_row_is_and_where_it_belongs(name: str) -> None:
    descriptor = schema.load(name)
    assert descriptor["name"] == name
    assert descriptor["description"].startswith("Een rij ")
    assert descriptor["description_en"].startswith("A row ")
    assert descriptor["chapter"] in range(1, 9)
    assert all(descriptor[part] for part in ("title", "title_en", "section"))
    assert descriptor.get("derived", False) == (name in DERIVED)


@pytest.mark.parametrize("name", schema.MONITORING)
def test_a_delivered_table_ends_with_the_common_columns(name: str) -> None:
    common = [column for column in COMMON if (name, column) != ("source", "source_id")]
    assert list(fields(name))[-len(common) :] == common
    assert not any("required" in fields(name)[column].get("constraints", {}) for column in common if name != "source")


# References


def test_a_foreign_key_names_the_key_of_a_table_that_comes_earlier() -> None:
    for at, name in enumerate(EVERY):
        for reference in schema.foreign_keys(name):
            assert reference.table in EVERY[:at], (name, reference)
            assert [reference.field] == schema.key(schema.load(reference.table))
            assert reference.column in fields(name)


def test_a_list_of_ids_names_the_key_of_a_table() -> None:
    lists = [(name, reference) for name in EVERY for reference in schema.references(name) if reference.many]
    for _, reference in lists:
        assert reference.table in schema.MONITORING
        assert [reference.field] == schema.key(schema.load(reference.table))
    assert {f"{name}.{reference.column}" for name, reference in lists} == {
        "survey_wave.instrument_ids", "experiment.indicator_ids", "decision.input_ids", "lesson.evidence_ids",
        "tradeoff.actors_for_a", "tradeoff.actors_for_b",
    }  # fmt: skip


@pytest.mark.parametrize("name", EVERY)
def test_every_column_that_holds_the_id_of_a_table_says_so(name: str) -> None:
    own = schema.key(schema.load(name))
    keys = {key: table for table, (_, key) in TABLES.items() if " " not in key}
    referring = {reference.column for reference in schema.foreign_keys(name)}
    for column in fields(name):
        if column in keys and column not in own:
            assert column in referring, f"{name}.{column} names a row of {keys[column]} and is no foreign key"


@pytest.mark.parametrize("name", EVERY)
def test_a_field_that_is_a_list_is_text_that_lists_can_stand_in(name: str) -> None:
    for column, of in schema.list_fields(name).items():
        field = fields(name)[column]
        assert field["type"] == "string"
        assert ";" in field["description"], f"{name}.{column} does not say what stands between two"
        assert ";" in field["description_en"] or "enum" in of


# Options


@pytest.mark.parametrize("place", OPTIONS)
def test_every_list_of_options_of_the_data_model_is_there_in_its_order(place: str) -> None:
    name, column = place.split(".")
    options, wanted = fields(name)[column]["constraints"]["enum"], OPTIONS[place].split()
    assert options[: len(wanted) - 1] == wanted[:-1]
    assert options == wanted or wanted[-1] == "…"


def test_no_list_of_options_is_there_that_the_data_model_does_not_have() -> None:
    found = {
        f"{name}.{column}"
        for name in EVERY
        for column, field in fields(name).items()
        if "enum" in field.get("constraints", {}) and column != "recorded_by_role"
    }
    # The data model names these columns without their options.
    assert found - set(OPTIONS) == {"research_question.status", "research_question.proposed_by"}


@pytest.mark.parametrize("name", schema.MONITORING)
def test_who_recorded_a_row_is_one_of_six(name: str) -> None:
    roles = fields(name)["recorded_by_role"]["constraints"]["enum"]
    assert roles == ["collective", "action_researcher", "researcher", "student", "municipality", "import"]


def test_the_ten_stages_of_input_stand_in_their_order() -> None:
    stages = fields("input_event")["stage"]["constraints"]["enum"]
    assert (stages.index("ingebracht"), stages.index("besloten"), stages.index("teruggekoppeld")) == (0, 6, 9)


def test_a_list_of_options_is_checked_member_by_member_and_as_a_whole() -> None:
    field = fields("collective")["domains"]
    assert field["listOf"] == {"enum": DOMAIN.split()}
    assert cells.read("welzijn;gezondheid", field, from_text=True).value == "welzijn;gezondheid"
    problem = cells.read("welzijn;sport", field, from_text=True).problem
    assert problem is not None
    assert problem.kind == "list_option"


# Words


@pytest.mark.parametrize("name", EVERY)
def test_every_field_is_explained_in_two_languages(name: str) -> None:
    for column, field in fields(name).items():
        for part in ("title", "title_en", "description", "description_en"):
            assert field[part].strip() == field[part] != "", f"{name}.{column} has no {part}"
        # One plain sentence, which fits beside a cell.
        assert len(field["description"]) <= 140, f"{name}.{column}: {len(field['description'])} characters"
        assert not field["description"].endswith("."), f"{name}.{column} ends with a full stop"


@pytest.mark.parametrize("name", EVERY)
def test_titles_are_unique_within_a_table_in_each_language(name: str) -> None:
    for part in ("name", "title", "title_en"):
        words = [spelling(field[part]) for field in fields(name).values()]
        assert len(words) == len(set(words)), f"{name}: twice the same {part}"


@pytest.mark.parametrize("name", EVERY)
def test_an_example_is_a_value_that_the_cell_may_hold(name: str) -> None:
    for column, field in fields(name).items():
        reading = cells.read(str(field["example"]), field, from_text=True)
        assert reading.problem is None, f"{name}.{column}: {field['example']!r}"
        assert reading.value is not None


def test_the_names_of_tables_are_unique_and_found() -> None:
    for name in schema.MONITORING:
        descriptor = schema.load(name)
        for part in ("name", "title", "title_en"):
            assert table_name(descriptor[part]) == (name, None)


@pytest.mark.parametrize(
    "sheet",
    [
        "Lees mij",
        "Blad1",
        "Uitleg",
        "Keuzes",
        "Overzicht",
        "Begroting",
        "Grafiek",
        "Vrijwilligers",
        "Notities",
        "Totaal",
    ],
)
def test_a_sheet_of_ones_own_does_not_look_like_a_table(sheet: str) -> None:
    assert table_name(sheet) == (None, None)


@pytest.mark.parametrize(
    ("sheet", "table"),
    [
        ("Activiteiten", "activity"), ("Bronnen", "source"), ("Metingen", "measurement"), ("Lessen", "lesson"),
        ("Werkgebieden", "work_area"), ("Besluiten", "decision"), ("Gebieden", "area"), ("Experimenten", "experiment"),
    ],
)  # fmt: skip
def test_the_plural_of_a_table_suggests_that_table(sheet: str, table: str) -> None:
    assert table_name(sheet) == (None, table)


# Marks


@pytest.mark.parametrize("name", EVERY)
def test_a_table_with_text_of_people_asks_for_consent(name: str) -> None:
    texts = schema.free_text_fields(name)
    assert bool(texts) == ("text_consent" in fields(name))
    assert all(fields(name)[column]["type"] == "string" for column in texts)
    if texts:
        assert fields(name)["text_consent"]["type"] == "boolean"
        assert fields(name)["text_consent"]["title"] == "tekst mag openbaar"


def test_what_people_said_and_wrote_is_marked_as_text() -> None:
    marked = {f"{name}.{column}" for name in EVERY for column in schema.free_text_fields(name)}
    assert marked >= {
        "coop_scan.quote", "return_event.reply_text", "input.text_summary", "lesson.context", "lesson.outcome",
        "experiment_event.text", "selection_register.reason", "obstacle.how", "actor.interests", "work_area.note",
        "measurement.quality_note",
    }  # fmt: skip


@pytest.mark.parametrize("name", EVERY)
def test_every_count_of_people_is_marked_and_nothing_else(name: str) -> None:
    counted = {column for column, field in fields(name).items() if field.get("unit") in ("personen", "deelnames")}
    assert set(schema.person_fields(name)) == counted - {"inhabitants"}  # CBS publishes how many people live where
    assert all(fields(name)[column]["type"] == "integer" for column in counted)


@pytest.mark.parametrize("name", EVERY)
def test_a_number_has_a_unit_and_a_share_its_limits(name: str) -> None:
    for column, field in fields(name).items():
        if field["type"] in ("integer", "number") and column != "version":
            assert field["unit"], f"{name}.{column}"
        if field.get("unit") == "%":
            assert (field["constraints"]["minimum"], field["constraints"]["maximum"]) == (0, 100)


@pytest.mark.parametrize("name", EVERY)
def test_a_yes_or_no_may_be_dutch_for_frictionless_too(name: str) -> None:
    read = frictionless.Schema.from_descriptor(dict(schema.load(name)))
    for field in read.fields:
        if field.type == "boolean":
            assert [field.read_cell(word)[0] for word in ("ja", "nee", "True", "False")] == [True, False, True, False]


@pytest.mark.parametrize("column", ["unit", "direction", "source_type"])
def test_an_indicator_of_ones_own_that_passes_the_check_does_not_stop_the_build(column: str) -> None:
    """What may stand in a delivered indicator may stand in the analysed one too."""
    delivered, analysed = (fields(name)[column]["constraints"] for name in ("indicator", "analysed_indicators"))
    assert set(delivered["enum"]) <= set(analysed.get("enum", delivered["enum"]))
