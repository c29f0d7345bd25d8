"""In whose name a run acts, and what it may: what its author declared, with the reach of whoever set it off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import NotFoundError, ValidationError
from workflows.conftest import Sales

CLEO = Actor(user_id=3, name="Cleo", roles=("intern",), team_ids=(9,))
WORKFLOW = """
  tell:
    on: updated
    fields: [name]
    do:
      - comment: {text: "{{ record.name }} is worth {{ record.amount }}"}
      - set_fields: {amount: amount + 1}
  push: {on: manual, do: [comment: {text: "pushed"}]}
"""


def test_a_run_writes_what_is_declared_and_shows_what_its_person_may_see(open_sales: Callable[..., Sales]) -> None:
    sales = open_sales(WORKFLOW)
    deal = sales.create(amount=777, owner=3, name="Pump")
    with pytest.raises(ValidationError):
        sales.update(deal, actor=CLEO, amount=1)
    sales.update(deal, actor=CLEO, name="Pipe")
    assert [row["text"] for row in sales.rows("comment")] == ["Pipe is worth"]
    assert sales.row(deal)["amount"] == 778
    sales.update(deal, name="Valve")
    assert "778" in sales.rows("comment")[-1]["text"]


def test_the_trace_says_in_whose_name_and_with_which_rights(open_sales: Callable[..., Sales]) -> None:
    sales = open_sales(WORKFLOW)
    deal = sales.create(owner=3)
    sales.update(deal, actor=CLEO, name="Pipe")
    sales.update(deal, name="Valve")
    sales.update(deal, actor=replace(CLEO, scopes=("write",)), name="Tap")
    rights = [run.trace["rights"] for run in sales.runs()]
    cleo = {"kind": "user", "name": "Cleo", "roles": ["intern"], "profiles": []}
    assert rights == [cleo, {"kind": "user", "name": "Anna", "all": True}, {**cleo, "scopes": ["write"]}]


def test_a_button_needs_the_right_to_edit_the_record(open_sales: Callable[..., Sales]) -> None:
    sales = open_sales(WORKFLOW)
    hers, other = sales.create(owner=3), sales.create(owner=1)
    assert sales.engine.run_manual(CLEO, "push", "opportunity", [hers]).ran == (hers,)
    with pytest.raises(NotFoundError):
        sales.engine.run_manual(CLEO, "push", "opportunity", [other])
    assert [row["text"] for row in sales.rows("comment")] == ["pushed"]
