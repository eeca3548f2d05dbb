"""Codes: what a reader calls each code that a table may hold; nothing but tables of words.

:mod:`bt_analysis.pages.words` writes with them.
"""

from bt_analysis.pages import cooperation_words, shared_words

DOMAINS = {
    "gezondheid": "Gezondheid",
    "energie_klimaat": "Energie en klimaat",
    "leefomgeving": "Leefomgeving",
    "welzijn": "Welzijn",
    "weerbaarheid": "Weerbaarheid",
    "sociale_cohesie": "Sociale cohesie",
    "zeggenschap": "Zeggenschap",
    "economische_kracht": "Economische kracht",
}

GROUPS = {
    **DOMAINS,
    **cooperation_words.GROUPS,
    "0-15": "0 tot 15 jaar", "15-25": "15 tot 25 jaar", "25-45": "25 tot 45 jaar", "45-65": "45 tot 65 jaar",
    "65+": "65 jaar of ouder", "man": "mannen", "vrouw": "vrouwen", "anders": "anders",
    "bestuur": "bestuur", "uitvoering": "uitvoering", "coordinatie": "coördinatie", "expert": "deskundige",
    "bewoner_onderzoeker": "bewoner-onderzoeker",
    "did": "verschil van verschillen", "sc": "nagebouwde buurt", "sdid": "beide samen",
    "holm": "beide samen, na correctie voor het aantal vragen",
    "noise": "gewone op en neer van jaar tot jaar", "mde": "kleinste verschil dat opvalt",
    "possible": "meeste dat één deelnemer kan veranderen", "reach": "hoogste mogelijke bereik",
    "needed": "nodig per deelnemer", "least": "minste op en neer van het hele gebied",
    "needed_least": "nodig per deelnemer, bij het minste op en neer",
}  # fmt: skip

QUESTIONS = {
    **cooperation_words.INDICATORS,
    "activities_n": "activiteiten",
    "sessions_n": "keren gehouden",
    "contacts_n": "deelnames",
    "unique_n": "verschillende mensen",
    "reach_pct": "bereik, deel van de bewoners",
    "participants_known_n": "verschillende deelnemers van wie de groep bekend is, ten minste",
    "participants_share_pct": "aandeel van de deelnemers",
    "area_share_pct": "aandeel van de bewoners",
    "representation_ratio": "keer zo veel als verwacht",
    "hours_total": "uren van vrijwilligers, alles samen",
    "hours_role": "uren van vrijwilligers",
    "answered_pct": "deel van de mensen dat antwoordde",
    "respondents_share_pct": "aandeel van wie antwoordde",
    "respondents_ratio": "keer zo veel antwoorden als verwacht",
}
"""Names of what the questions estimate, as far as the catalogue does not name it."""

GROUP_TYPES = {
    **cooperation_words.GROUP_TYPES,
    "leeftijd": "leeftijd", "geslacht": "geslacht", "wijk": "wijk", "rol": "rol", "jaar": "jaar",
    "methode": "anders dan in gebieden die hierop lijken", "toets": "kans dat toeval dit geeft",
    "oordeel": "anders dan in gebieden die hierop lijken", "aansluiting": "gemiddeld verschil voor de start",
    "stap": "is het te zien",
    "patroon": "hoe veel buurten op hun buren lijken", "gladgestreken": "gladgestreken aandeel",
    "buurt_hoog": "hoog tussen hoge buurten", "buurt_laag": "laag tussen lage buurten",
    "buurt_hoger": "hoger dan de buurten ernaast", "buurt_lager": "lager dan de buurten ernaast",
}  # fmt: skip

TABLES = {
    "collective": "Gegevens van het collectief",
    "work_area": "Werkgebied",
    "activity": "Activiteiten",
    "participation": "Deelname",
    "contribution": "Inzet van vrijwilligers",
}

URBANITY = {
    1: "zeer sterk stedelijk", 2: "sterk stedelijk", 3: "matig stedelijk", 4: "weinig stedelijk", 5: "niet stedelijk",
}  # fmt: skip

REASONS = {
    **cooperation_words.REASONS,
    "n_below_minimum": "gaat over minder dan {min_n} mensen",
    "coverage_below_minimum": "een deel van het werkgebied heeft hier geen cijfer",
    "areas_without_figure": "niet alle buurten hebben een cijfer",
    "apportioned_addresses": "is een schatting: naar adressen of inwoners verdeeld over andere grenzen",
    "apportioned_surface": "is een schatting: naar oppervlakte verdeeld over andere grenzen",
    "counts_contacts": "wie vaker komt, telt vaker",
    "may_count_twice": "wie aan meer dingen meedoet, kan vaker meetellen",
    "not_all_recorded": "niet van alle activiteiten bijgehouden",
    "hours_estimated": "een deel van de uren is geschat",
    "held_at_earlier": "zoals eerder gepubliceerd op {held_on}: er veranderde te weinig om opnieuw te tonen",
    "self_selected": "wie meedeed koos daar zelf voor, en zegt dus niets over wie niet meedeed",
    "low_response": "rust op antwoorden van minder dan {min_response_pct}% van de mensen",
    "no_control_group": "is niet vergeleken met mensen die niet meededen",
    "not_linked": "gaat over twee groepen: wie twee keer meedeed is niet te herkennen",
    "chose_to_answer": "is niet te vergelijken: wie meedeed koos daar zelf voor",
    "too_few_to_compare": "is met zo weinig mensen niet te vergelijken",
    "model_estimate": "is met een model geschat voor het gebied, en niet gemeten",
    "estimated_value": "is een schatting",
    "not_recorded": "is niet bijgehouden",
    "not_applicable": "is niet van toepassing",
    "refused": "wilde men niet zeggen",
    "unknown": "is niet bekend",
    "suppressed": "is onbekend, onzeker of geheim bij de bron",
    "not_yet_published": "heeft de bron voor dit jaar nog niet gepubliceerd",
    "cannot_exist": "kan hier niet bestaan",
    "lost_in_division_change": "is niet te vergelijken: de grenzen zijn veranderd, of dat is niet na te gaan",
    "no_experiment": "bewijst niet dat het door het collectief komt",
    "few_years_before": "rust op maar een paar jaren van voor de start",
    "one_year_after": "rust op maar één jaar na de start",
    "active_before_records": "begint toen het collectief al bezig was",
    "no_outlines": "is misschien ook vergeleken met gebieden die er vlak naast liggen",
    "noise_of_parts": "rust op hoe buurten in het gebied schommelen; hoe het hele gebied schommelt is niet bekend",
    "no_urbanity": "is vergeleken zonder te weten hoe stedelijk het is",
    "no_years_after": "heeft nog geen jaren na de start",
    "too_few_years_before": "heeft te weinig jaren van voor de start",
    "boundaries_changed": "is niet te volgen: de grenzen zijn veranderd",
    "series_broken": "wordt nu anders gemeten dan voor de start",
    "too_few_similar": "heeft te weinig gebieden die erop lijken",
    "too_few_for_more": "is een cijfer te veel voor zo weinig gebieden die lijken",
    "outside_similar": "ging voor de start al anders dan in gebieden die erop lijken",
    "area_figure_missing": "heeft niet van elk jaar een cijfer",
    "too_small_to_see": "is niet te zien: er deden te weinig mensen mee",
    "reach_not_known": "is niet te zien: niet bekend is hoeveel mensen meededen",
    "reach_not_shown": "is niet te tonen: ook hoeveel mensen meededen tonen we niet",
    "too_few_buurten": "is niet te zien: te weinig buurten hebben een cijfer",
    "neighbours_not_known": "is niet te zien: welke buurten naast elkaar liggen is niet bekend",
    "no_more_than_chance": "niet meer verschilt dan door toeval",
    "area_without_figure": "heeft hier geen cijfer",
}

ABOUT = {
    "bijna_niemand": "bijna niemand",
    "ongeveer_een_kwart": "ongeveer een kwart",
    "ongeveer_de_helft": "ongeveer de helft",
    "ongeveer_driekwart": "ongeveer driekwart",
    "bijna_iedereen": "bijna iedereen",
}
"""Percentages in words."""

VERDICTS = {
    "hoger": "hoger",
    "lager": "lager",
    "geen_verschil": "geen verschil te zien",
    "geen_vast_antwoord": "geen vast antwoord",
}
"""What a change beside similar areas came to."""

METHODS = {
    **cooperation_words.METHODS,
    **shared_words.METHODS,
    "sum": "som",
    "count": "telling",
    "Wilson": "Wilson, 95%",
    "Jeffreys": "Jeffreys, 95%",
    "share of inhabitants": "deel van de bewoners",
    "sum with recording uncertainty": "som, met onzekerheid van bijhouden",
    "bounds: largest record to sum of records": "grenzen: grootste groep tot som",
    "sum over collectives": "som over collectieven",
    "mean weighted by population": "gewogen naar bewoners",
    "mean weighted by households": "gewogen naar huishoudens",
    "mean weighted by dwellings": "gewogen naar woningen",
    "ratio of sums": "verhouding van sommen",
    "one area": "cijfer van één gebied",
    "bounds: rounding": "grenzen: afronding door de bron",
    "model": "modelschatting",
    "ratio of shares": "verhouding van aandelen",
    "share of participations": "deel van de deelnames",
    "random sample": "steekproef door loting",
    "everybody was asked": "iedereen gevraagd",
    "self-selected answers": "wie zelf wilde meedoen",
    "register": "register",
    "estimate": "schatting",
    "bounds: interval of the measurement": "grenzen: interval van de meting",
    "figure of the area": "cijfer van het gebied",
    "mean of similar areas, entropy weights": "gemiddelde van gebieden die erop lijken, gewogen met entropie",
    "mean of similar areas, entropy weights, not alike in all": "gemiddelde van gebieden die erop lijken, gewogen "
    "met entropie, niet in alles gelijk",
    "difference-in-differences with similar areas": "verschil van verschillen met gebieden die erop lijken",
    "synthetic control": "synthetische controle",
    "synthetic difference-in-differences": "synthetisch verschil van verschillen",
    "placebo interval": "interval uit placebo's, 95%",
    "placebo test": "toets met placebo's",
    "Holm": "Holm, voor alle cijfers van dit rapport",
    "root mean square error": "wortel van de gemiddelde kwadratische fout",
    "standard deviation of yearly changes / √2": "standaardafwijking van de verandering per jaar, gedeeld door √2",
    "standard deviation of yearly changes of its own buurten / √2": "standaardafwijking van de verandering per jaar "
    "van de buurten in het gebied, gedeeld door √2",
    "standard error of a mean of its own buurten": "standaardfout van een gemiddelde van de buurten in het gebied",
    "by the least noise": "bij het minste op en neer",
    "standard error of a share": "standaardfout van een aandeel",
    "minimum detectable change": "kleinste verandering die opvalt",
    "most that one participant can change": "meeste dat één deelnemer kan veranderen",
    "highest possible reach": "hoogste mogelijke bereik",
    "minimum detectable change / reach": "kleinste verandering die opvalt, gedeeld door het bereik",
    "answers of those asked": "antwoorden van wie gevraagd is",
    "bounds: nobody or everybody of those who did not answer": "grenzen: niemand of iedereen die niet antwoordde",
    "bounds: who did not answer differs by 10 points": "grenzen: wie niet antwoordde verschilt 10 procentpunt",
    "bounds: who did not answer differs by 20 points": "grenzen: wie niet antwoordde verschilt 20 procentpunt",
    "paired: interval of mean change": "dezelfde mensen: interval van de gemiddelde verandering",
    "permutation of signs": "permutatie van tekens",
    "exact sign test": "exacte tekentoets",
    "two groups: Welch": "twee groepen: Welch",
    "two groups: Newcombe": "twee groepen: Newcombe",
    "permutation of ranks": "permutatie van rangen",
    "share of people followed": "deel van wie twee keer meedeed",
    "Holm over the tests of this report": "Holm, over alle toetsen van dit rapport",
    "not compared": "niet vergeleken",
    "permutation": "geloot over de kaart",
    "Moran's I": "I van Moran",
    "local Moran": "lokale I van Moran",
    "empirical Bayes": "empirische Bayes",
    "Benjamini-Hochberg": "Benjamini-Hochberg",
    "raked to inhabitants": "gewogen naar wie er wonen",
    "Wilson at effective n": "Wilson, bij het effectieve aantal",
    "Kish": "Kish",
}

N_UNITS = {
    **cooperation_words.N_UNITS,
    "population": "bewoners", "households": "huishoudens", "dwellings": "woningen", "land_area_ha": "ha land",
    "people": "mensen", "contacts": "deelnames", "records": "regels", "activities": "activiteiten",
    "collectives": "collectieven", "areas": "gebieden", "years": "jaren", "tests": "toetsen",
    "permutations": "keer geloot",
    "aged_0_25": "mensen tot 25 jaar", "aged_15_65": "mensen van 15 tot 65 jaar",
    "aged_15_plus": "mensen van 15 jaar of ouder", "income_recipients": "mensen met inkomen",
    "known_education_15_75": "mensen van 15 tot 75 jaar van wie de opleiding bekend is", "cars": "auto's",
    "gas_households": "huishoudens", "gas_corrected_households": "huishoudens", "solar_households": "huishoudens",
    "electricity_households": "huishoudens",
}  # fmt: skip
N_UNITS_ONE = {
    **cooperation_words.N_UNITS_ONE,
    "population": "bewoner", "households": "huishouden", "dwellings": "woning", "people": "mens",
    "contacts": "deelname", "records": "regel", "activities": "activiteit", "collectives": "collectief",
    "areas": "gebied", "years": "jaar", "tests": "toets",
}  # fmt: skip
"""What n counts, for many and for one."""

UNITS = {
    "%": "{value}%",
    "m3": "{value} m³",
    "km": "{value} km",
    "kWh": "{value} kWh",
    "kW": "{value} kW",
    "uur": "{value} uur",
    "eur": "€ {value}",
    "m2": "{value} m²",
    "kgCO2": "{value} kg CO₂",
    "dagen": "{value} dagen",
    "pp": "{value} procentpunt",
    "p": "p = {value}",
}
UNITS_EN = {"eur": "€{value}", "uur": "{value} hours", "dagen": "{value} days", "pp": "{value} percentage points"}
