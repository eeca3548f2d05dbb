"""Words for experiments of all collectives: codes of what came of them in, what a reader reads out; words only."""

from __future__ import annotations

from bt_analysis.pages.experiment_card import COMPARISONS

OUTCOMES = {
    "schade": "Deed schade",
    "werkte_niet": "Werkte niet",
    "gestopt": "Gestopt",
    "geen_verschil": "Geen verschil te zien",
    "werkte_deels": "Werkte deels",
    "werkte": "Werkte",
    "verschil": "Wel een verschil te zien",
    "loopt": "Loopt nog",
    "gepland": "Moet nog beginnen",
    "onbekend": "Klaar, maar of het werkte staat er niet bij",
}
"""What came of an experiment."""

SPREADS = {
    "verdiepen": "hier verder uitgediept",
    "elders_overgenomen": "elders overgenomen",
    "beleid": "beleid geworden",
    "groter": "groter geworden",
    "geen": "niet verspreid",
    "niet_ingevuld": "niet ingevuld",
}
"""How an experiment spread; none of them is the goal."""

DECLARED = {
    "vooraf": "vooraf vastgelegd", "achteraf": "achteraf beschreven", "onbekend": "onbekend: een datum ontbreekt",
}  # fmt: skip
"""Whether a card was filled in before the start."""

CARDS = {
    "ok": "niet veranderd sinds het begin",
    "card_changed": "later veranderd",
    "not_recorded": "geen vingerafdruk, dus niet na te gaan",
    "no_consent": "alleen het collectief kan dit nagaan: zijn tekst is niet gedeeld",
}
"""Whether a card still is what was declared."""

COUNTED = {
    "uitkomst": ("Wat eruit kwam", OUTCOMES),
    "vooraf": ("De kaart is", DECLARED),
    "kaart": ("De tekst van de kaart is", CARDS),
    "vergelijking": ("Vergeleken", COMPARISONS | {"niet_ingevuld": "niet ingevuld"}),
    "verspreiding": ("Hoe het zich verspreidde", SPREADS),
}
"""Kind of count of experiments → its head, and the words of what is counted."""

KINDS = {name: title for name, (title, _) in COUNTED.items()}
