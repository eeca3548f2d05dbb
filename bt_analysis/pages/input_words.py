"""Words about what residents brought in: what a reader calls each code; nothing but tables of words."""

STAGES = {
    "ingebracht": "ingebracht", "geregistreerd": "opgeschreven", "geduid": "uitgezocht waar het over gaat",
    "naar_backoffice": "naar de vakafdeling", "gewogen": "afgewogen", "in_advies": "in een advies",
    "besloten": "besloten", "in_uitvoering": "in uitvoering", "uitgevoerd": "uitgevoerd",
    "teruggekoppeld": "teruggekoppeld",
}  # fmt: skip

REASONS = {
    "techniek": "techniek", "geld": "geld", "recht": "regels of recht", "tijd": "tijd",
    "bevoegdheid": "gaat er niet over",
    "strijdig_belang": "botst met een ander belang", "dubbel": "was er al", "onduidelijk": "onduidelijk",
    "niet_doorgezet": "niet doorgezet", "onbekend": "reden onbekend", "niet_vastgelegd": "geen reden opgeschreven",
}  # fmt: skip

KNOWLEDGE = {
    "ervaring": "eigen ervaring", "professioneel": "kennis uit een beroep", "wetenschappelijk": "onderzoek",
    "administratief": "cijfers en dossiers",
}  # fmt: skip

ROLES = {"front": "loket", "back": "vakafdeling", "bewoner": "bewoner", "bestuur": "bestuur"}

EFFECTS = {"borgt": "helpt verder", "neutraal": "maakt niets uit", "blokkeert": "houdt tegen"}

GROUPS = {**STAGES, **REASONS, **KNOWLEDGE, **ROLES, **EFFECTS}

GROUP_TYPES = {
    "stadium": "stap", "reden": "reden", "bewonersgroep": "groep bewoners", "soort_kennis": "waar het op rust",
    "domein": "domein", "dagen": "na hoeveel dagen", "richting": "van wie naar wie", "effect": "wat het deed",
    "handeling": "wat er werd gedaan", "codering": "wat er is gecodeerd",
}  # fmt: skip

QUESTIONS = {
    "inputs_n": "ideeën, klachten en vragen van bewoners",
    "inputs_executed_n": "uitgevoerd",
    "inputs_answered_n": "met antwoord",
    "inputs_unanswered_n": "zonder antwoord",
    "inputs_silent_n": "zonder antwoord, en al lang stil",
    "inputs_waiting_n": "zonder antwoord, maar nog mee bezig",
    "inputs_reported_back_n": "teruggekoppeld aan bewoners",
    "inputs_executed_untold_n": "uitgevoerd, maar niet teruggekoppeld",
    "inputs_taken_over_n": "geheel of deels overgenomen of uitgevoerd",
    "inputs_rejected_explained_n": "afgewezen met uitleg",
    "inputs_rejected_unexplained_n": "afgewezen zonder uitleg",
    "inputs_postponed_n": "uitgesteld",
    "inputs_went_on_n": "verder gegaan in een ander idee",
    "inputs_answered_pct": "deel met antwoord",
    "inputs_reached_n": "kwam tot hier of verder",
    "inputs_stopped_n": "kwam niet verder dan",
    "inputs_reason_n": "niet of deels overgenomen, om deze reden",
    "inputs_group_n": "ingebracht",
    "inputs_group_answered_n": "ingebracht, met antwoord",
    "inputs_group_executed_n": "ingebracht en uitgevoerd",
    "answer_days_median": "dagen tot de helft antwoord had",
    "answered_within_pct": "deel met antwoord",
    "interactions_n": "keer dat iemand iets deed in het proces",
    "double_coded_n": "keer door twee mensen gecodeerd",
    "coder_percent": "deel waarover de codeurs het eens zijn",
    "coder_kappa": "eens, boven toeval (kappa van Cohen)",
    "coder_alpha": "eens, boven toeval (alfa van Krippendorff)",
}

REASONS_WHY = {
    "few_inputs": "gaat over minder dan 10 keer inbreng",
    "median_not_reached": "is nog niet te zeggen: minder dan de helft heeft antwoord",
    "no_longest_wait": "kan langer zijn: zo veel inbreng wacht nog",
    "followed_too_short": "is nog niet te zeggen: zo lang is nog geen inbreng gevolgd",
    "small_groups_inputs": "tonen we niet: van een groep kwam minder dan 10 keer iets",
    "few_double_coded": "is niet te zien: te weinig is door twee mensen gecodeerd",
    "one_code": "is niet te zeggen: alles kreeg dezelfde code",
}

METHODS = {
    "Kaplan-Meier": "Kaplan en Meier",
    "Cohen's kappa": "kappa van Cohen",
    "Krippendorff's alpha": "alfa van Krippendorff",
    "percent agreement": "deel waarover men het eens is",
}

N_UNITS = {"inputs": "keer inbreng", "interactions": "handelingen"}
N_UNITS_ONE = {"inputs": "keer inbreng", "interactions": "handeling"}

TILES = {
    "inputs_n": "ideeën, klachten en vragen",
    "inputs_executed_n": "uitgevoerd",
    "inputs_rejected_explained_n": "afgewezen met uitleg",
    "inputs_rejected_unexplained_n": "afgewezen zonder uitleg",
    "inputs_unanswered_n": "zonder antwoord",
    "inputs_silent_n": "daarvan al lang stil",
    "inputs_reported_back_n": "teruggekoppeld aan bewoners",
    "answer_days_median": "dagen tot de helft antwoord had",
}
"""What has a tile → what it counts."""

PARTS = {
    "went_on": "ging verder, of is klaar", "answered_n": "stopte hier, met antwoord",
    "waiting_n": "stopte hier, nog mee bezig", "silent_n": "stopte hier, zonder antwoord",
}  # fmt: skip
"""Parts of a bar of the flow."""

VARIABLES = {"action_code": "wat er werd gedaan", "effect": "of het hielp", "stage": "de stap"}
"""What was coded → how it stands in a sentence."""
