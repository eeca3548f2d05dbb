"""Words for cooperation, obstacles, umbrellas, scales and who takes part: codes in these tables, nothing else.

:mod:`bt_analysis.pages.codes` takes them in, so that the appendix names these figures as well.
"""

CONDITIONS = {
    "waarden": "waarden",
    "doelen": "doelen",
    "taal": "gedeelde taal",
    "financien_middelen": "geld en middelen",
    "juridisch": "wat juridisch mag",
    "governance": "wie waarover beslist",
    "sociale_inbedding": "inbedding in de buurt",
    "open_technologie": "open techniek",
}
"""Conditions for cooperation of the Waag handbook."""

SIDES = {
    "civiel": "bewoners",
    "publiek": "overheid",
    "markt": "marktpartijen",
    "koepel": "koepels",
    "kennis": "onderzoek en onderwijs",
}

OBSTACLES = {
    "regels": "regels",
    "geld": "geld",
    "administratie": "administratie",
    "capaciteit": "te weinig mensen of tijd",
    "vertrouwen": "vertrouwen",
    "angst_afrekenen": "angst om afgerekend te worden",
    "regieverlies": "angst om regie te verliezen",
    "interne_besluitvorming": "besluiten binnen de eigen organisatie",
    "uitsluiting": "mensen die buiten blijven",
    "continuiteit": "wisselende mensen, losse projecten",
    "anders": "iets anders",
}

STAGES = {
    "ingebracht": "ingebracht",
    "geregistreerd": "geregistreerd",
    "geduid": "geduid",
    "naar_backoffice": "naar de vakafdeling",
    "gewogen": "gewogen",
    "in_advies": "in advies",
    "besloten": "besloten",
    "in_uitvoering": "in uitvoering",
    "uitgevoerd": "uitgevoerd",
    "teruggekoppeld": "teruggekoppeld",
}

SCALES = {
    "straat": "straat",
    "buurt": "buurt",
    "wijk": "wijk",
    "gemeente": "gemeente",
    "regio": "regio",
    "land": "land",
    "eu": "Europa",
}

ANSWERS = {
    "doet_mee": "doet mee",
    "weigert": "zei nee",
    "stopt": "stopte later",
    "geen_antwoord": "gaf geen antwoord",
}

PARTIES = {
    "collectief": "collectieven",
    "andere_partij": "andere partijen",
    "onbekend": "soort partij niet te tonen",
}

WAYS = {
    "civiel_hoger": "bewoners gunstiger",
    "gelijk": "(bijna) hetzelfde",
    "civiel_lager": "overheid gunstiger",
    "niet_te_zien": "niet te zien",
}

PLACES = {
    "stedelijk": "stedelijk",
    "tussenin": "matig stedelijk",
    "landelijk": "landelijk",
    "onbekend": "soort plek onbekend",
}

KINDS = {"activiteit": "activiteiten", "inbreng": "inbreng", "les": "lessen"}

STATES = {
    "weetniet": "weet het niet",
    "niet_ingevuld": "niet ingevuld",
    "te_weinig_mensen": "te weinig mensen om te tonen",
    "aantal_onbekend": "aantal mensen onbekend",
    "kant_ontbreekt": "deed niet mee",
}
"""Why a side has no score."""

INDICATORS = {
    "coop_gap": "verschil tussen bewoners en de andere kant",
    "coop_gaps_n": "samenwerkingen naar wie gunstiger oordeelt",
    "tradeoffs_n": "afwegingen",
    "obstacles_n": "hindernissen",
    "obstacles_resolved_n": "opgeloste hindernissen",
    "obstacle_hours": "uren kwijt aan hindernissen",
    "obstacle_days": "dagen tot een hindernis was opgelost",
    "umbrella_members_n": "aansluitingen bij een koepel",
    "umbrella_hours_per_year": "uren per jaar voor een koepel",
    "umbrella_lessons_sent_n": "lessen doorgegeven aan een koepel",
    "umbrella_lessons_received_n": "lessen ontvangen van een koepel",
    "scale_items_n": "aantal naar schaal en domein",
    "scale_known_n": "aantal waarvan schaal en domein bekend zijn",
    "coverage_n": "collectieven naar plek en domein",
    "coverage_empty_n": "vakken waar we niets over weten",
    "approached_n": "keer gevraagd om mee te doen",
    "stopped_collectives_n": "collectieven die gestopt zijn",
}

GROUP_TYPES = {
    **CONDITIONS,
    "stand": "stand", "kant": "kant", "koepel": "koepel", "plek": "soort plek", "geplaatst": "bekend van",
    "antwoord": "antwoord", "antwoord_collectief": "antwoord van collectieven",
    "antwoord_andere_partij": "antwoord van andere partijen", "antwoord_onbekend": "antwoord van een onbekende partij",
    "soort_civiel": "soort, bij bewoners", "soort_publiek": "soort, bij de overheid",
    "soort_markt": "soort, bij marktpartijen", "soort_koepel": "soort, bij koepels",
    "soort_kennis": "soort, bij onderzoek en onderwijs",
    "fase_civiel": "fase, bij bewoners", "fase_publiek": "fase, bij de overheid",
    "fase_markt": "fase, bij marktpartijen", "fase_koepel": "fase, bij koepels",
    "fase_kennis": "fase, bij onderzoek en onderwijs",
    "activiteit_straat": "activiteiten voor een straat", "activiteit_buurt": "activiteiten voor een buurt",
    "activiteit_wijk": "activiteiten voor een wijk", "activiteit_gemeente": "activiteiten voor een gemeente",
    "activiteit_regio": "activiteiten voor een regio", "activiteit_land": "activiteiten voor het land",
    "activiteit_eu": "activiteiten voor Europa",
    "inbreng_straat": "inbreng over een straat", "inbreng_buurt": "inbreng over een buurt",
    "inbreng_wijk": "inbreng over een wijk", "inbreng_gemeente": "inbreng over een gemeente",
    "inbreng_regio": "inbreng over een regio", "inbreng_land": "inbreng over het land",
    "inbreng_eu": "inbreng over Europa",
    "les_straat": "lessen over een straat", "les_buurt": "lessen over een buurt", "les_wijk": "lessen over een wijk",
    "les_gemeente": "lessen over een gemeente", "les_regio": "lessen over een regio",
    "les_land": "lessen over het land", "les_eu": "lessen over Europa",
    "NL_1": "zeer sterk stedelijk", "NL_2": "sterk stedelijk", "NL_3": "matig stedelijk", "NL_4": "weinig stedelijk",
    "NL_5": "niet stedelijk", "NL_0": "stedelijkheid onbekend", "onbekend_0": "land en stedelijkheid onbekend",
}  # fmt: skip

GROUPS = {
    **SIDES, **OBSTACLES, **STAGES, **ANSWERS, **WAYS, **PLACES, **KINDS, "open": "open",
}  # fmt: skip

REASONS = {
    "not_validated": "komt uit een eigen vragenlijst, die niet is getoetst",
    "score_not_known": "is niet te zien: een kant wist het niet",
    "score_not_recorded": "is niet te zien: een kant vulde het niet in",
    "too_few_raters": "is niet te tonen: aan een kant oordeelden minder dan {min_cell} mensen",
    "raters_not_counted": "is niet te tonen: niet bekend is hoeveel mensen oordeelden",
    "one_side_only": "is niet te zien: één kant deed niet mee",
    "hours_of_some": "telt alleen hindernissen waarvan de uren zijn bijgehouden",
    "open_not_in_it": "telt niet mee wat nog niet is opgelost",
    "too_few_resolved": "is niet te zien: er is te weinig opgelost",
    "of_some_memberships": "telt alleen aansluitingen waarvan het is bijgehouden",
}

METHODS = {
    "difference of two scores": "verschil van twee oordelen",
    "median, shortest and longest": "mediaan, met de kortste en langste duur",
}

N_UNITS = {
    "requests": "keer gevraagd", "obstacles": "hindernissen", "tradeoffs": "afwegingen", "pairs": "samenwerkingen",
    "memberships": "aansluitingen", "cells": "vakken",
}  # fmt: skip
N_UNITS_ONE = {
    "obstacles": "hindernis", "tradeoffs": "afweging", "pairs": "samenwerking", "memberships": "aansluiting",
    "cells": "vak",
}  # fmt: skip
"""What n counts, for many and for one."""
