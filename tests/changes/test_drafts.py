"""Drafts of two administrators: steps, undo, publishing beside one another, clashes, new names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from fieldstone.changes.drafts.service import Drafts
from fieldstone.changes.drafts.three_way import DraftMerge
from fieldstone.changes.site_patch import patch_document, read_effective, rename_in_site
from fieldstone.kernel.actors import SYSTEM
from fieldstone.kernel.errors import ConflictError, NotFoundError
from fieldstone.metadata.documents import LAYOUT
from fieldstone.metadata.layers import Layer
from fieldstone.runtime.site import Site

LEAD = "modules/lead.yaml"
LAYOUT_PATH = "layouts/lead.yaml"


def _put(path: str, *steps: str, value: Any) -> Callable[[Sequence[Layer]], Layer]:
    """An edit that sets one value of a document; None takes it out."""

    def change(layers: Sequence[Layer]) -> Layer:
        whole = read_effective(layers, path)
        inner = whole
        for step in steps[:-1]:
            inner = inner.setdefault(step, {})
        if value is None:
            inner.pop(steps[-1], None)
        else:
            inner[steps[-1]] = value
        return patch_document(layers, path, whole)

    return change


def _publish(site: Site, drafts: Drafts, user: int) -> None:
    site.publishing.publish(site.publishing.plan(drafts.current(user).site), SYSTEM, allow_destructive=True)


def _fields(drafts: Drafts, user: int) -> dict[str, Any]:
    fields: dict[str, Any] = read_effective(drafts.layers(drafts.current(user)), LEAD)["fields"]
    return fields


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest, new_site: Callable[[str], Site]) -> Site:
    return new_site(request.param)


def test_two_administrators(site: Site) -> None:
    drafts = site.drafts
    ann = site.accounts.operator().user_id or 0
    ben = site.accounts.add_user("ben", password="a long password", is_admin=True)
    assert drafts.get(ann).is_empty

    # Steps, undone and done again; a new one forgets what was undone.
    drafts.edit(ann, "Budget", _put(LEAD, "fields", "budget", value={"type": "money", "label": "Budget"}))
    second = drafts.edit(ann, "Required", _put(LEAD, "fields", "budget", "required", value=True))
    assert second.changed == (LEAD,)
    assert [step.label for step in second.steps] == ["Budget", "Required"]
    assert "required" not in (drafts.undo(ann), _fields(drafts, ann))[1]["budget"]
    assert (drafts.redo(ann), _fields(drafts, ann))[1]["budget"]["required"] is True
    drafts.undo(ann)
    with pytest.raises(ConflictError, match=r"draft\.E001"):
        drafts.edit(ann, "Late", _put(LEAD, "label", value="Late"), turn=second.turn)
    third = drafts.edit(ann, "Help", _put(LEAD, "fields", "budget", "help", value="In a year"))
    assert not third.can_redo
    assert drafts.edit(ann, "Nothing", _put(LEAD, "fields", "budget", "help", value="In a year")) == third
    compilation = drafts.compile(third)
    assert compilation.get_model().modules["lead"].fields["budget"].help == "In a year"
    assert "budget" not in site.models.current.model.modules["lead"].fields

    # A field renamed in the draft is called so in every later step, and needs no move when it was never published.
    drafts.edit(ann, "Rename", lambda layers: rename_in_site(layers, "field", "lead.company", "lead.firm"))
    assert "firm" in _fields(drafts, ann)
    drafts.edit(ann, "Label", _put(LEAD, "fields", "firm", "label", value="Firm"))

    # Meanwhile Ben publishes: another name of the same module, and two things that Ann has changed as well.
    drafts.edit(ben, "Rename", lambda layers: rename_in_site(layers, "field", "lead.website", "lead.homepage"))
    drafts.edit(ben, "Label", _put(LEAD, "label", value="Prospect"))
    drafts.edit(ben, "Budget", _put(LEAD, "fields", "budget", value={"type": "money", "label": "Money"}))
    _publish(site, drafts, ben)
    drafts.discard(ben)
    assert drafts.get(ben).is_empty

    rebased = drafts.current(ann)
    assert rebased.base == site.models.refresh().version
    fields = read_effective(drafts.layers(rebased), LEAD)["fields"]
    assert fields["budget"] == {"type": "money", "label": "Budget", "help": "In a year"}
    assert {"homepage", "firm"} <= fields.keys()
    assert {"website", "company"}.isdisjoint(fields)
    assert read_effective(drafts.layers(rebased), LEAD)["label"] == "Prospect"
    assert [(clash.key, clash.base, clash.theirs, clash.mine) for clash in rebased.clashes] == [
        ("modules.lead.fields.budget.label", None, "Money", "Budget")
    ]
    with pytest.raises(NotFoundError, match=r"draft\.E002"):
        drafts.decide(ann, "modules.lead.label", theirs=True)
    decided = drafts.decide(ann, rebased.clashes[0].key, theirs=True)
    assert not decided.clashes
    assert _fields(drafts, ann)["budget"]["label"] == "Money"
    assert drafts.undo(ann).position == decided.position - 1
    drafts.redo(ann)

    _publish(site, drafts, ann)
    lead = site.models.current.model.modules["lead"]
    assert lead.fields["firm"].column == "company", "the same column under its new name"
    assert lead.fields["homepage"].column == "website"
    assert drafts.current(ann).is_empty, "what was published is no draft any more"
    assert drafts.all() == []


def test_lists_and_orders_are_merged() -> None:
    def merged(base: Any, theirs: Any, mine: Any) -> tuple[Any, int]:
        merge = DraftMerge(LAYOUT, "lead")
        wrapped = [{"record": {"blocks": each}} for each in (base, theirs, mine)]
        return merge.merge(*wrapped)["record"]["blocks"], len(merge.clashes)

    def block(*fields: str) -> dict[str, Any]:
        return {"fields": list(fields)}

    base = {"a": block("x", "y"), "b": block("z")}
    found, clashes = merged(base, {"n": block(), **base}, {"b": block("z", "w"), "a": block("y", "x")})
    assert (list(found), found["b"], found["a"], clashes) == (["n", "b", "a"], block("z", "w"), block("y", "x"), 0)
    assert merged(base, {**base, "a": block("y", "x")}, {**base, "a": block("x", "q", "y")})[1] == 0
    longer = {"a": block("x", "y", "z")}
    assert merged(longer, {"a": block("y", "x", "z")}, {"a": block("x", "z", "y")})[1] == 1
    assert merged(base, {"a": base["a"]}, {**base, "b": block("z", "w")})[1] == 1, "removed there, changed here"
