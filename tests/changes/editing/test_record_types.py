"""Record types and what they ask for at each stage, published; and list views for everybody."""

from __future__ import annotations

from itertools import permutations, product
from typing import Any

from changes.editing.test_picklists import Editor
from fieldstone.changes.editing.record_types import (
    add_record_type,
    change_record_type,
    order_record_types,
    remove_record_type,
)
from fieldstone.changes.editing.stages import read_required, with_required, write_required
from fieldstone.changes.editing.views import order_views, put_view, remove_view, views_of
from fieldstone.changes.site_patch import patch_document, read_effective
from fieldstone.kernel.actors import Actor
from fieldstone.storage.database import Database

LEAD, LAYOUT = "modules/lead.yaml", "layouts/lead.yaml"
STAGES = ["new", "won", "it's", "2b"]


def test_what_is_written_is_read_again() -> None:
    some = [stages for length in range(3) for stages in permutations(STAGES, length)]
    for chosen in product(some, some, some):
        required = {kind: list(stages) for kind, stages in zip(("", "a", "b_2"), chosen, strict=True) if stages}
        assert read_required(write_required(required, "state"), "state") == required


def test_other_conditions_are_left_alone() -> None:
    for source in ("amount > 5", "state != 'won'", "state in options", "record_type == 'a' and state == 'won' and x",
                   "state == 'won' or state == 'new'", "other == 'won'", "state =", "not state == 'won'"):  # fmt: skip
        assert read_required(source, "state") is None
    data = {"fields": {"amount": {"type": "money", "required_when": "amount > 5"}}}
    assert with_required(data, "state", "", {"amount": ["won"], "gone": ["won"]}, STAGES) == data


def test_types_offer_ask_and_are_replaced(database: Database) -> None:
    editor = Editor(database)
    editor.edit(lambda layers: patch_document(layers, LEAD, _made(read_effective(layers, LEAD))))
    editor.publish()
    boss, rep = (Actor(user_id=None, name=name, roles=(name,)) for name in ("boss", "rep"))
    assert editor.refusal(rep, name="Ann", state="won", amount="1") == ["record.E018"]  # of the first type
    assert editor.refusal(rep, name="Ann", record_type="tender") == ["record.E061"]
    assert editor.refusal(boss, name="Ann", record_type="tender", state="won", amount="1") == ["record.E012"]
    assert editor.refusal(boss, name="Ann", record_type="tender", state="won", amount="1", reason="price") == []
    assert editor.refusal(rep, name="Ben", state="new") == []

    editor.edit(lambda layers: remove_record_type(layers, "lead", "tender", instead="plain"))
    assert read_effective(editor.layers, LEAD)["fields"]["reason"]["required_when"] == (
        "record_type == 'plain' and state in ('new', 'won')"
    )
    editor.publish()
    assert editor.held("name", "record_type") == [("Ann", "plain"), ("Ben", "plain")]
    editor.edit(lambda layers: remove_record_type(layers, "lead", "plain"))
    assert "record_types" not in read_effective(editor.layers, LEAD)


def _made(data: dict[str, Any]) -> dict[str, Any]:
    tender, data = add_record_type(data, "Tender")
    plain, data = add_record_type(data, "Plain", like=tender)
    data = change_record_type(data, tender, label="Tender", picklists={"state": None}, roles=["boss"])
    data = change_record_type(data, plain, label="Plain", picklists={"state": ["new"]}, roles=None)
    data = order_record_types(data, [plain, tender])
    assert list(data["record_types"]) == ["plain", "tender"]
    assert data["record_types"]["tender"] == {"label": "Tender", "roles": ["boss"]}
    data = with_required(data, "state", tender, {"reason": ["won", "new"], "amount": []}, ["new", "won"])
    assert data["fields"]["reason"]["required_when"] == "record_type == 'tender' and state in ('new', 'won')"
    return data


def test_views_for_everybody(database: Database) -> None:
    editor = Editor(database)

    def views(layers: Any) -> Any:
        data = {"module": "lead", **read_effective(layers, LAYOUT)}
        _name, data = put_view(data, "", label="Open", filter="state == 'new' ", sort=["-amount"], default=True)
        name, data = put_view(data, "", label="大单", filter="amount > 100", columns=["name", "amount"], default=True)
        assert (name, views_of(data)["open"]) == (
            "da_dan", {"label": "Open", "filter": "state == 'new'", "sort": ["-amount"]},
        )  # fmt: skip
        _name, data = put_view(data, "", label="Gone")
        return patch_document(layers, LAYOUT, order_views(remove_view(data, "gone"), ["da_dan"]))

    editor.edit(views)
    editor.publish()
    assert editor.bench.models is not None
    layout = editor.bench.models.current.model.layouts["lead"]
    assert [(view.name, view.default) for view in layout.views.values()][:2] == [("da_dan", True), ("open", False)]
    assert layout.views["da_dan"].columns == ("name", "amount")
