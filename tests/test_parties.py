"""What kind of party an actor is: types, sides and codes that nobody knows; no name goes through."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bt_analysis.analysis.learning import parties
from bt_analysis.instruments.rows import typed
from tests.value_cases import ACTORS


def kinds(ids: list[str | None], *actors: dict[str, Any]) -> list[str]:
    return parties.kinds(pd.Series(ids, dtype="str"), typed(actors or ACTORS, "actor")).to_list()


def actor(actor_id: str, actor_type: str | None, side: str | None = None) -> dict[str, Any]:
    return {"actor_id": actor_id, "name": "Vereniging Geheim", "side": side, "actor_type": actor_type}


@pytest.mark.parametrize(
    ("actor_type", "side", "kind"),
    [
        ("gemeente", "publiek", "gemeente"),
        ("gemeente", "civiel", "gemeente"),  # the type goes before the side
        ("fonds", None, "fonds"),
        ("anders", "civiel", "bewoners"),
        ("anders", "markt", "anders"),
        ("anders", None, "anders"),
        (None, "civiel", "bewoners"),
        (None, "publiek", "anders"),
        (None, None, "anders"),
    ],
)
def test_a_type_by_itself_and_else_the_side(actor_type: str | None, side: str | None, kind: str) -> None:
    assert kinds(["a"], actor("a", actor_type, side)) == [kind]


def test_a_code_of_nobody_is_another_party_and_no_code_is_not_recorded() -> None:
    assert kinds(["weg", None, "zon--gemeente"]) == ["anders", parties.UNKNOWN, "gemeente"]


def test_of_an_actor_that_is_named_twice_the_first_row_counts() -> None:
    assert kinds(["a"], actor("a", "fonds"), actor("a", "gemeente")) == ["fonds"]


def test_without_actors_every_code_is_another_party() -> None:
    nobody = parties.kinds(pd.Series(["a", None], dtype="str"), typed([], "actor"))
    assert nobody.to_list() == ["anders", ""]
    assert parties.kinds(pd.Series([], dtype="str"), typed([], "actor")).empty


def test_rows_keep_their_place_whatever_their_numbers_are() -> None:
    ids = pd.Series(["zon--fonds", "zon--buurt"], index=[9, 4], dtype="str")
    found = parties.kinds(ids, typed(ACTORS, "actor"))
    assert found.to_dict() == {9: "fonds", 4: "bewoners"}


@given(st.lists(st.sampled_from([None, "a", "b", "c", "weg"]), max_size=12))
def test_a_kind_is_a_code_and_never_a_name(ids: list[str | None]) -> None:
    actors = [actor("a", "gemeente"), actor("b", None, "civiel"), actor("c", "anders", "markt")]
    by_hand = {None: "", "a": "gemeente", "b": "bewoners", "c": "anders", "weg": "anders"}
    assert kinds(ids, *actors) == [by_hand[one] for one in ids]


def test_government_is_what_the_type_says_and_no_more() -> None:
    found = kinds(list("abcde"), *(actor(*one) for one in zip("abcde", [*parties.GOVERNMENT, "fonds"], strict=True)))
    assert [one in parties.GOVERNMENT for one in found] == [True, True, True, True, False]
