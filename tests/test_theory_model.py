"""Blocks, links and arrows: links between the same blocks are one arrow, whoever drew them."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.learning import theory_model
from bt_analysis.sources import registers
from tests.theory_cases import EATING, cases

OWN_NODE = {"node_id": "a--soep", "label_nl": "Soep na het lopen", "node_type": "activiteit", "domain": "gezondheid"}


def link(link_id: str, start: str, end: str, sign: str | None = "+", **more: object) -> dict[str, object]:
    return {"link_id": link_id, "from_node": start, "to_node": end, "sign": sign, **more}


def test_without_collectives_there_is_the_register() -> None:
    blocks, drawn = theory_model.nodes(cases()), theory_model.links(cases())
    assert len(blocks) == len(registers.rows("toc_node"))
    assert drawn["arrow_id"].to_list() == registers.rows("toc_link")["link_id"].to_list()
    assert blocks["shared"].all()
    assert drawn["shared"].all()
    assert set(drawn["owner_id"]) == {""}


def test_the_register_read_here_is_the_one_that_is_checked() -> None:
    ours = theory_model.links(cases()).set_index("link_id")
    theirs = registers.rows("toc_link").set_index("link_id")
    for column in ("from_node", "to_node", "sign", "mechanism", "assumption"):
        assert ours[column].to_dict() == theirs[column].to_dict()
    assert ours["lag_months"].astype(float).to_dict() == theirs["lag_months"].astype(float).to_dict()


def test_a_block_of_a_collective_keeps_its_own_words() -> None:
    blocks = theory_model.nodes(cases(nodes=[OWN_NODE])).set_index("node_id")
    own = blocks.loc["a--soep"]
    assert (own["label_nl"], own["label_en"], own["owner_id"]) == ("Soep na het lopen", "Soep na het lopen", "a")
    assert not own["shared"]
    assert blocks.loc["bt-samen_eten", "label_en"] == "Eating together"


def test_links_of_several_between_shared_blocks_are_one_arrow() -> None:
    drawn = theory_model.links(
        cases(
            links=[
                link("a--x", "bt-samen_eten", "bt-eenzaamheid", "−"),
                link("b--y", "bt-samen_eten", "bt-eenzaamheid", "−"),
            ]
        )
    ).set_index("link_id")  # fmt: skip
    assert drawn.loc[["a--x", "b--y", EATING], "arrow_id"].to_list() == [EATING] * 3
    assert drawn.loc[["a--x", "b--y", EATING], "owner_id"].to_list() == ["a", "b", ""]


def test_the_other_sign_says_something_else() -> None:
    drawn = theory_model.links(cases(links=[link("a--x", "bt-samen_eten", "bt-eenzaamheid", "+")]))
    assert drawn.set_index("link_id").loc["a--x", "arrow_id"] == "bt-samen_eten>bt-eenzaamheid:+"


def test_a_link_without_a_sign_has_a_question_mark() -> None:
    drawn = theory_model.links(cases(links=[link("a--x", "bt-inloop", "bt-tevreden", None)])).set_index("link_id")
    assert drawn.loc["a--x", "sign"] == "?"
    assert drawn.loc["a--x", "arrow_id"] == "bt-inloop>bt-tevreden:?"


def test_own_links_of_two_between_shared_blocks_are_one_arrow_without_the_register() -> None:
    drawn = theory_model.links(
        cases(links=[link("a--x", "bt-inloop", "bt-tevreden"), link("b--y", "bt-inloop", "bt-tevreden")])
    ).set_index("link_id")
    assert set(drawn.loc[["a--x", "b--y"], "arrow_id"]) == {"bt-inloop>bt-tevreden:+"}


def test_own_blocks_keep_own_arrows_apart() -> None:
    drawn = theory_model.links(
        cases(links=[link("a--x", "a--soep", "bt-eenzaamheid"), link("b--x", "b--soep", "bt-eenzaamheid")])
    ).set_index("link_id")
    assert drawn.loc["a--x", "arrow_id"] != drawn.loc["b--x", "arrow_id"]


def test_text_without_consent_is_not_there_and_english_falls_back_on_dutch() -> None:
    drawn = theory_model.links(
        cases(
            links=[
                link("a--x", "bt-inloop", "bt-tevreden", mechanism="Omdat het warm is."),
                link("a--y", "bt-inloop", "bt-samenhang"),
            ]
        )
    ).set_index("link_id")
    assert drawn.loc["a--x", "mechanism_en"] == "Omdat het warm is."
    assert drawn.loc["a--y", "mechanism"] == drawn.loc["a--y", "assumption_en"] == ""
    assert drawn.loc[EATING, "mechanism_en"] == "Who eats together every week has regular contacts."


def test_an_arrow_is_of_the_domain_where_it_ends() -> None:
    blocks = theory_model.nodes(cases())
    arrows = theory_model.arrows(theory_model.links(cases()), blocks).set_index("arrow_id")
    assert arrows.loc[EATING, "domain"] == "welzijn"
    # It ends in residents who put in effort, of no domain, and starts in rules, of zeggenschap.
    assert arrows.loc["bt-papierwerk-vrijwilligers", "domain"] == "zeggenschap"
    assert arrows.loc["bt-coordinator-vrijwilligers", "domain"] == ""


def test_the_owner_of_a_code_stands_before_it() -> None:
    codes = pd.Series(["energie-01--i7", "bt-samen_eten", "a--b--c", ""])
    assert theory_model.owners(codes).to_list() == ["energie-01", "", "a", ""]
