"""Words for cooperation, obstacles, umbrellas, scales and who takes part: codes in these tables, nothing else.

:mod:`bt_analysis.pages.codes` takes them in, so that the appendix names these figures as well.
"""

from bt_analysis.pages.input_words import STAGES

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
    "reach_pct_in_place": "bereik van collectieven in dezelfde soort plek",
    "stopped_collectives_n": "collectieven die gestopt zijn",
}

GROUP_TYPES = {
    **{f"voorwaarde_{code}": name for code, name in CONDITIONS.items()},
    "stand": "stand", "kant": "kant", "koepel": "koepel", "plek": "soort plek", "geplaatst": "bekend van",
    "gevraagd": "antwoord", "gevraagd_collectief": "antwoord van collectieven",
    "gevraagd_andere_partij": "antwoord van andere partijen", "gevraagd_onbekend": "antwoord van een onbekende partij",
    "hindernis_civiel": "soort, bij bewoners", "hindernis_publiek": "soort, bij de overheid",
    "hindernis_markt": "soort, bij marktpartijen", "hindernis_koepel": "soort, bij koepels",
    "hindernis_kennis": "soort, bij onderzoek en onderwijs",
    "hindernisfase_civiel": "fase, bij bewoners", "hindernisfase_publiek": "fase, bij de overheid",
    "hindernisfase_markt": "fase, bij marktpartijen", "hindernisfase_koepel": "fase, bij koepels",
    "hindernisfase_kennis": "fase, bij onderzoek en onderwijs",
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
    **{f"kant:{code}": name for code, name in SIDES.items()},
    **{f"gevraagd:{code}": name for code, name in ANSWERS.items()},
    **{f"gevraagd_{party}:{code}": name for party in PARTIES for code, name in ANSWERS.items()},
    **{f"hindernis_{side}:{code}": name for side in SIDES for code, name in OBSTACLES.items()},
    **{f"hindernisfase_{side}:{code}": name for side in SIDES for code, name in STAGES.items()},
    **{f"voorwaarde_{one}:{code}": name for one in CONDITIONS for code, name in WAYS.items()},
    **{f"plek:{code}": name for code, name in PLACES.items()},
    **{f"geplaatst:{code}": name for code, name in KINDS.items()},
    "stand:open": "open", "stand:besloten": "besloten",
}  # fmt: skip
"""Kind of group and group → its words; the same code means something else elsewhere."""

REASONS = {
    "not_validated": "komt uit een eigen vragenlijst, die niet is getoetst",
    "score_not_known": "is niet te zien: een kant wist het niet",
    "score_not_recorded": "is niet te zien: een kant vulde het niet in",
    "too_few_raters": "is niet te tonen: aan een kant oordeelden minder dan {min_cell} mensen",
    "raters_not_counted": "is niet te tonen: niet bekend is hoeveel mensen oordeelden",
    "one_side_only": "is niet te zien: één kant deed niet mee",
    "hours_of_some": "telt alleen hindernissen waarvan de uren zijn bijgehouden",
    "few_obstacles": "is niet te zien: het zijn te weinig hindernissen",
    "half_still_open": "is nog niet te zeggen: meer dan de helft staat nog open",
    "no_longest_open": "kan langer zijn: er staat nog veel open",
    "too_few_in_place": "is niet te zien: te weinig collectieven in deze soort plek",
    "of_some_memberships": "telt alleen aansluitingen waarvan het is bijgehouden",
}

METHODS = {
    "difference of two scores": "verschil van twee oordelen",
    "median, lowest and highest": "mediaan, met de laagste en hoogste",
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
