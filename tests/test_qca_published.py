"""Qualitative comparative analysis against the published case of Lipset (18 democracies), as R's QCA 3.25 gives it."""

from typing import Any

import pandas as pd
import pytest

from bt_analysis.methods import qca
from bt_analysis.methods.qca.fit import Fit
from tests.published import reference, table

CONDITIONS = ["DEV", "URB", "LIT", "IND", "STB"]
PRESENT = dict.fromkeys(CONDITIONS, 1)


def data(kind: str) -> pd.DataFrame:
    return table(f"qca_lipset_{kind}.csv").set_index("case")


def wanted(key: str) -> Any:
    return reference("lipset_qca")[key]


def near(value: float) -> object:
    return pytest.approx(value, abs=reference("lipset_qca")["tol"])


def only(solution: qca.Solution) -> qca.Model:
    """The one model of a solution: none is tied in these cases."""
    assert len(solution.models) == 1
    assert solution.complete
    return solution.models[0]


def three(fit: Fit) -> list[float]:
    return [fit.consistency, fit.pri, fit.coverage]


def test_crisp_with_the_outcome() -> None:
    expected = wanted("crisp SURV=1")
    found = qca.analyse(qca.truth_table(data("crisp"), "SURV"), PRESENT)
    conservative = only(found.conservative)
    assert list(conservative.names) == expected["conservative"]
    assert list(only(found.parsimonious).names) == expected["parsimonious"]
    assert list(only(found.intermediate).names) == expected["intermediate_all_expected_present"]
    fits = dict(zip(conservative.names, conservative.term_fits, strict=True))
    assert {name: fit.coverage for name, fit in fits.items()} == {n: near(v) for n, v in expected["covS"].items()}
    assert {name: fit.unique for name, fit in fits.items()} == {n: near(v) for n, v in expected["covU"].items()}


def test_crisp_without_the_outcome() -> None:
    expected = wanted("crisp SURV=0")
    found = qca.analyse(qca.truth_table(data("crisp"), "SURV", absent=True))
    short = only(found.parsimonious)
    assert list(only(found.conservative).names) == expected["conservative"]
    assert list(short.names) == expected["parsimonious"]
    assert [fit.coverage for fit in short.term_fits] == [near(expected["covS"][name]) for name in short.names]


def test_fuzzy_truth_table() -> None:
    expected = wanted("fuzzy SURV incl.cut=0.8")["truth_table_incl_PRI"]
    rows = qca.truth_table(data("fuzzy"), "SURV", incl_cut=0.8).rows
    found = {"".join(map(str, row[CONDITIONS])): [row["incl"], row["PRI"]] for _, row in rows.iterrows()}
    assert found == {corner: [near(incl), near(pri)] for corner, (incl, pri) in expected.items()}


@pytest.mark.parametrize("kind", ["conservative", "parsimonious", "intermediate"])
def test_fuzzy_solutions(kind: str) -> None:
    expected = wanted("fuzzy SURV incl.cut=0.8")[kind]
    found = qca.analyse(qca.truth_table(data("fuzzy"), "SURV", incl_cut=0.8), PRESENT)
    model = only(getattr(found, kind))
    assert list(model.names) == expected["terms"]
    assert three(model.fit) == [near(expected["incl"]), near(expected["PRI"]), near(expected["cov"])]


def test_fuzzy_with_two_cuts_says_the_same_of_the_other_rows() -> None:
    # At .8 the second row is in by .804; a PRI of at least .75 leaves only the first, whose PRI is .886.
    strict = qca.truth_table(data("fuzzy"), "SURV", incl_cut=0.8, pri_cut=0.75)
    assert strict.configurations("1") == [(1, 1, 1, 1, 1)]


def test_necessity() -> None:
    expected = wanted("necessity (inclN, RoN, covN)")
    found = qca.necessity(data("fuzzy"), "SURV", list(expected)).set_index("expression")
    for name, values in expected.items():
        assert found[["inclN", "RoN", "covN"]].loc[name].to_list() == [near(value) for value in values]
    assert found["necessary"].to_dict() == {
        "DEV": False, "LIT": True, "STB": True, "LIT*STB": True, "DEV+URB+IND": True,
    }  # fmt: skip


def test_calibration() -> None:
    expected = wanted("calibration (exclusion, crossover, inclusion)")
    raw, fuzzy = data("raw"), data("fuzzy")
    for name in CONDITIONS:
        # The published memberships come of log odds of 3 instead of log(19) = 2.944, in two decimals.
        assert qca.calibrate(raw[name], *expected[name]).tolist() == pytest.approx(fuzzy[name].tolist(), abs=0.01)
    for case in ("DEV 720", "DEV 468", "STB 10", "URB 33.4"):
        name, figure = case.split()
        assert qca.calibrate([float(figure)], *expected[name])[0] == near(expected[case])


def test_multi_value() -> None:
    expected = wanted("multivalue DEV,URB,LIT,IND -> SURV")
    table_ = qca.truth_table(data("multivalue"), "SURV", ["DEV", "URB", "LIT", "IND"])
    found = qca.analyse(table_)
    assert list(only(found.conservative).names) == expected["conservative"]
    short = only(found.parsimonious)
    assert list(short.names) == expected["parsimonious"]
    assert short.fit.coverage == near(expected["cov"])
    contradictory = table_.rows[table_.rows["contradictory"]]
    assert contradictory[["DEV", "URB", "LIT", "IND", "incl"]].to_numpy().tolist() == [[1, 1, 1, 1, 0.5]]
    assert contradictory["cases"].tolist() == ["CZ;DE"]
