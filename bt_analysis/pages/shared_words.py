"""Words for figures that collectives share: codes in these tables, nothing else.

:mod:`bt_analysis.pages.codes` takes them in, so that the appendix names these figures as well.
"""

POPULATIONS = {
    "deelnemers": "deelnemers",
    "bewoners": "bewoners",
    "huishoudens": "huishoudens",
    "leden": "leden",
    "gebied": "het werkgebied",
}
"""Whose figure it is."""

KINDS = {
    "verandering": "verandering",
    "anders_dan_gelijkend": "anders dan in gebieden die erop lijken",
    "niveau": "laatste stand",
}
"""Kinds of effects."""

DESIGNS = {
    "gevolgd": "dezelfde mensen twee keer",
    "twee_groepen": "twee groepen mensen",
    "twee_metingen": "twee metingen, van elkaar afgetrokken",
    "gelijkende_gebieden": "naast gebieden die erop lijken",
    "een_meting": "één meting",
}
"""How an effect came about."""

GROUPS = {
    "aantal": "aantal collectieven",
    "bereik": "middelste, van laagste tot hoogste",
    "nieuw": "wat de volgende buurt waarschijnlijk ziet",
    "gemiddelde": "gemiddelde van alle collectieven",
    "tau": "hoe ver collectieven uiteen liggen",
    "i2": "deel van de verschillen dat echt is",
    "toets": "kans dat toeval dit geeft",
    "holm": "kans dat toeval dit geeft, na correctie",
    "kans_nieuw_hoger": "kans dat het in de volgende buurt omhoog gaat",
    "omslag": "collectieven zonder wie de conclusie anders is",
}
"""Figures of a family; after ``moderator:`` a condition follows."""

MODERATOR = "verschil per stap van {condition}"
URBANITY = "minder stedelijk"

REASONS_LEFT = {
    "no_interval": "zonder marge, dus niet te wegen",
    "model_estimate": "uit een model, dus niet gemeten",
    "two_instruments": "met twee vragenlijsten gemeten",
    "chose_to_answer": "beantwoord door wie zelf wilde, dus geen verandering te zien",
    "too_few_to_compare": "van te weinig mensen om te vergelijken",
    "nobody_or_everybody": "niemand of iedereen, dus geen marge",
    "another_country": "uit een ander land: cijfers van twee landen zetten we niet bij elkaar",
}
"""Why a figure is not put together with others."""

METHODS = {
    "random effects, REML": "samengevoegd met toeval tussen collectieven, REML",
    "random effects of three levels, effects in collectives, REML": "samengevoegd in drie lagen: cijfers binnen "
    "collectieven, REML",
    "random effects of three levels, collectives in gemeenten, REML": "samengevoegd in drie lagen: collectieven "
    "binnen gemeenten, REML",
    "Hartung-Knapp, factor at least 1": "interval van Hartung en Knapp, factor ten minste 1",
    "cluster-robust t, CR2, factor at least 1": "interval uit de verschillen tussen groepen, CR2",
    "prediction interval, t, k - 1": "voorspelling voor een nieuwe, t met collectieven min 1",
    "prediction interval, cluster-robust t, CR2, factor at least 1": "voorspelling voor een nieuwe, uit de verschillen "
    "tussen groepen, CR2",
    "Q-profile": "interval uit het profiel van Q",
    "I² from τ²": "I² uit τ²",
    "Bayes on a grid": "Bayes, opgeteld over een rooster",
    "half-normal prior of τ": "vooraf: halve normale verdeling van τ",
    "Holm over the pooled changes of this report": "Holm, over alle samengevoegde veranderingen van dit rapport",
    "leaving one collective out": "steeds één collectief weglaten",
    "meta-regression, REML": "regressie over collectieven, REML",
    "median": "mediaan",
    "bounds: lowest to highest": "grenzen: laagste tot hoogste",
}
