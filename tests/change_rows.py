"""Rows of a change beside similar areas, as a build writes them, for tests of gates, pages and figures."""

from typing import Any

GAS = "gas_m3_per_dwelling"
YEARS = (2019, 2020, 2021, 2022, 2023, 2024)
WAYS = {
    "did": "difference-in-differences with similar areas",
    "sc": "synthetic control",
    "sdid": "synthetic difference-in-differences",
}
REFUSED: dict[str, Any] = {"gate": "niet_te_zien", "missing_reason": "not_applicable"}


def row(question: str, group_type: str, group_value: str, value: float, **more: Any) -> dict[str, Any]:
    """Return one row about the work area."""
    standard = {
        "question": question, "indicator_id": GAS, "population": "gebied", "group_type": group_type,
        "group_value": group_value, "value": value, "n": 50, "n_unit": "areas", "unit": "m3", "period": "2021-2024",
        "method": WAYS["sdid"], "comparison": "geen" if question == "detectability" else "vergelijkgebied",
        "source": "CBS 99024SYN",
    }  # fmt: skip
    return standard | more


def steps(mde: float = 30.0, possible: float = 400.0, **more: Any) -> list[dict[str, Any]]:
    """Return the rows of detectability that are made before disclosure control; 2.8·√2·noise = mde."""
    values = {"noise": mde / (2.8 * 2**0.5), "mde": mde, "possible": possible}
    return [row("detectability", "stap", step, value, **more) for step, value in values.items()]


def paths(area: list[float], similar: list[float], **more: Any) -> list[dict[str, Any]]:
    """Return the path of the work area and that of the similar areas."""
    both = (("gebied", area), ("vergelijkbaar", similar))
    return [
        row("similar", "jaar", str(year), value, **({"population": population} | more))
        for population, values in both
        for year, value in zip(YEARS, values, strict=False)
    ]


def effects(
    sdid: float, sc: float, did: float, half: float = 30.0, p: float = 0.01, **more: Any
) -> list[dict[str, Any]]:
    """Return the three estimators with their intervals and p values, and the fit before the start."""
    kept = {"gate": "voorbehoud", "gate_reason": "no_experiment"} | more
    found = {"did": did, "sc": sc, "sdid": sdid}
    return [
        *(row("change", "methode", key, one, ci_low=one - half, ci_high=one + half, n=500, method=WAYS[key], **kept)
          for key, one in found.items()),
        *(row("change", "toets", key, p, n=500, method=WAYS[key], **(kept | {"unit": "p"})) for key in found),
        row("change", "toets", "holm", p, n=500, method="Holm", **(kept | {"unit": "p"})),
        row("change", "aansluiting", "sc", 6.0, n=2, n_unit="years", method="synthetic control", **kept),
    ]  # fmt: skip


def verdict(value_text: str, value: float = -80.0, half: float = 30.0, **more: Any) -> dict[str, Any]:
    """Return the verdict with the effect of the headline estimator."""
    kept = {"gate": "voorbehoud", "gate_reason": "no_experiment", "value_text": value_text} | more
    return row("change", "oordeel", "", value, ci_low=value - half, ci_high=value + half, **kept)


def refusal(code: str, **more: Any) -> dict[str, Any]:
    """Return a verdict that is refused."""
    return row("change", "oordeel", "", float("nan"), **(REFUSED | {"gate_reason": code} | more))


def reached(people: float = 120.0, **more: Any) -> dict[str, Any]:
    """Return the number of different people."""
    return {
        "question": "reach", "indicator_id": "unique_n", "population": "deelnemers", "period": "2021-2024",
        "value": people, "ci_low": people, "ci_high": people, "n": 3, "n_unit": "records", "unit": "personen",
    } | more  # fmt: skip


def seen(
    mde: float = 30.0, needed: float = 225.0, possible: float = 400.0, reach: float = 13.3, **more: Any
) -> list[dict[str, Any]]:
    """Return all five steps, as they are after the last gate."""
    base = {"n": 900, "n_unit": "dwellings", "unit": "%", "group_label": "2021-2024"}
    return [
        *steps(mde, possible, **more),
        row("detectability", "stap", "reach", reach, **(more | base)),
        row("detectability", "stap", "needed", needed, **({"n": float("nan"), "n_unit": ""} | more)),
    ]


def whole(value_text: str = "lager", value: float = -80.0, **more: Any) -> list[dict[str, Any]]:
    """Return everything there is of an outcome that is seen: gas fell from 1,200 to 1,050, elsewhere to 1,130."""
    area, similar = [1200.0, 1190, 1150, 1110, 1080, 1050], [1205.0, 1192, 1180, 1160, 1145, 1130]
    return [
        verdict(value_text, value, **more), *effects(value, value + 5, value - 10), *paths(area, similar), *seen(),
    ]  # fmt: skip
