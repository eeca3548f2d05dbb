"""Words of the Dialogue Dashboard: a code in, what a reader calls it out; nothing but tables of words."""

from __future__ import annotations

AGES = {
    "tot_90": "korter dan 90 dagen",
    "90_tot_180": "90 tot 180 dagen",
    "180_tot_365": "180 dagen tot een jaar",
    "vanaf_365": "een jaar of langer",
}
"""How long residents wait for an answer, from the shortest wait on."""

AGE_ENDS = (0, 90, 180, 365)
"""Days from which each wait of :data:`AGES` counts."""

OUTCOMES = {"overgenomen": "overgenomen", "deels": "deels overgenomen", "uitgesteld": "uitgesteld",
            "afgewezen": "afgewezen"}  # fmt: skip
"""What was decided; yes and no side by side."""

BODIES = {
    "college": "het college", "raad": "de gemeenteraad", "corporatie": "de woningcorporatie",
    "netbeheerder": "de netbeheerder", "collectief": "het collectief zelf",
}  # fmt: skip
"""Who decided."""

TOLD = {
    "verteld": "ja",
    "te_lezen": "ja, de uitleg is te lezen",
    "niet_verteld": "nee, nog niet",
}
"""Whether residents heard what was decided."""

DUE = {
    "besloten": "Besloten, maar bewoners hoorden het nog niet",
    "uitgevoerd": "Uitgevoerd, maar niet aan bewoners verteld",
    "stil": "Al lang geen stap meer",
    "wacht": "Wacht op een besluit",
}
"""What kind of answer has still to come."""

KINDS = {
    "antwoord": "Antwoorden die nog moeten komen",
    "besluit": "Besluiten",
    "experiment": "Experimenten",
    "wie": "Wie nog niet meedoet",
    "weerwoord": "Wat bewoners terughoren",
    "les": "Wat niet werkte",
    "keuze": "Keuzes",
    "vraag": "Wat we willen leren",
    "eigen": "Eigen vragen",
}
"""Parts of the agenda, in the order in which they are talked over."""

FORMS = {
    "bijeenkomst": "op een bijeenkomst", "krant": "in de krant", "deur": "aan de deur", "online": "online",
}  # fmt: skip
"""How a claim was given back."""

REPLIES = {
    "eens": "mee eens", "oneens": "niet mee eens", "aanvulling": "een aanvulling", "geen": "geen reactie",
}  # fmt: skip
"""What residents thought of it."""

ROLES = {
    "collective": "het collectief", "action_researcher": "een actieonderzoeker", "researcher": "een onderzoeker",
    "student": "een student", "municipality": "de gemeente",
}  # fmt: skip
"""Who writes a reply down: a role, never a name."""
