"""Picklists edited and published: what records hold follows, and what they may choose."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from changes.workbench import DOCUMENTS, Workbench
from fieldstone.changes.editing.options import ticked_options, with_options
from fieldstone.changes.editing.picklists import (
    add_values,
    change_values,
    edit_values,
    own_place,
    remove_value,
    rename_value,
    share_values,
    shared_place,
    values_of,
    with_default,
    with_values,
)
from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import patch_document, read_effective
from fieldstone.kernel.actors import SYSTEM, Actor
from fieldstone.kernel.errors import ValidationError
from fieldstone.metadata.layers import Layer
from fieldstone.records.changes import RecordChange
from fieldstone.records.query_types import Query
from fieldstone.storage.database import Database

PATH = "modules/lead.yaml"
SITE = {
    PATH: """module: lead
fields:
  reason: {type: picklist, label: Reason, values: {price: Price, timing: Timing, other: Other}}
  tries: {type: multi_picklist, label: Tries, picklist: lead_state}
rules: {won: {if: "state == 'won' and is_empty(amount)", message: A won lead needs an amount}}
""",
    "metadata/roles.yaml": """roles:
  boss: {modules: {'*': [view, create, edit]}}
  rep: {modules: {'*': [view, create, edit]}}
""",
}


RULE = "rules: {low: {if: \"state in ('new', 'won') and amount < 0\", message: Too low}}\n"


class Editor:
    """A site layer, edited and published."""

    def __init__(self, database: Database) -> None:
        self.bench = Workbench(database)
        self.layers = [Layer(name="standard", documents=DOCUMENTS), Layer(name="site", documents=SITE)]
        self.publish()

    def edit(self, change: Callable[[Sequence[Layer]], Layer]) -> None:
        self.layers = with_site_layer(self.layers, change(self.layers))

    def publish(self) -> None:
        self.bench.publish(self.layers, allow_destructive=True)
        with self.bench.database.read():
            self.bench.run_jobs()

    def held(self, *fields: str) -> list[tuple[object, ...]]:
        page = self.bench.records.query(SYSTEM, "lead", Query(fields=fields, sort=("id",), limit=50))
        return [tuple(record.values[field] for field in fields) for record in page.records]

    def refusal(self, actor: Actor = SYSTEM, record_id: int | None = None, **values: object) -> list[str]:
        """The codes of what is wrong with saving it; none when it was saved."""
        change = RecordChange(module="lead", id=record_id, values=values)
        try:
            self.bench.records.save(actor, [change])
        except ValidationError as error:
            return [problem.code for problem in error.problems]
        return []


def test_values_are_changed_merged_and_made_to_depend(database: Database) -> None:
    editor = Editor(database)
    states = shared_place("lead_state")

    # Pasted lines become values with keys of their own; order, hue, meaning and default are said as short as may be.
    def more(layers: Sequence[Layer]) -> Layer:
        holder = states.holder(read_effective(layers, states.path))
        values = add_values(values_of(holder), ["Stalled ", "", "won", "已流失", "Stalled"])
        assert list(values) == ["new", "won", "stalled", "yi_liu_shi"]
        order = {"stalled": {"colour": "red", "active": True}, "new": {"meaning": "open", "probability": 10}}
        return edit_values(layers, states, with_default(with_values(holder, change_values(values, order)), "new"))

    editor.edit(more)
    editor.publish()
    picklist = editor.bench.models.current.model.picklists["lead_state"]  # type: ignore[union-attr]
    assert list(picklist.values) == ["stalled", "new", "won", "yi_liu_shi"]
    assert (picklist.values["new"].probability, picklist.values["stalled"].colour, picklist.default) == (
        10,
        "red",
        "new",
    )
    editor.bench.save(
        [
            {"name": "Ann", "state": "stalled", "tries": ["stalled", "new"], "reason": "price"},
            {"name": "Ben", "state": "yi_liu_shi", "tries": ["won"], "reason": "timing"},
        ]
    )

    # A published key is renamed by a move, a merged one is replaced in the records and wherever the site names it.
    editor.edit(lambda layers: rename_value(layers, states, "yi_liu_shi", "lost", published=True))
    kind = {"record_types": {"a": {"picklists": {"state": ["stalled", "new"]}}}}
    editor.edit(lambda layers: patch_document(layers, PATH, read_effective(layers, PATH) | kind))
    editor.edit(lambda layers: remove_value(layers, states, "stalled", instead="new"))
    editor.publish()
    assert editor.held("state", "tries") == [("new", ("new",)), ("lost", ("won",))]
    assert read_effective(editor.layers, PATH)["record_types"] == {"a": {"picklists": {"state": ["new"]}}}
    editor.edit(lambda layers: patch_document(layers, PATH, _without(read_effective(layers, PATH), "record_types")))

    # One field decides what another offers: for what is chosen anew, not for what records hold.
    def depend(layers: Sequence[Layer]) -> Layer:
        data = read_effective(layers, PATH)
        keys = ["price", "timing", "other"]
        ticked = {"new": ["other"], "won": [], "lost": keys}
        entry = with_options(data["fields"]["reason"], "state", ticked, keys)
        assert ticked_options(entry, list(ticked), keys) == ticked
        assert entry["depends_on"] == {"field": "state", "options": {"new": ["other"], "won": []}}
        return patch_document(layers, PATH, {**data, "fields": {**data["fields"], "reason": entry}})

    editor.edit(depend)
    editor.publish()
    assert editor.refusal(record_id=1, name="Anna") == []  # the stored one may stay
    assert editor.refusal(record_id=1, reason="timing") == ["record.E060"]
    assert editor.refusal(record_id=2, state="new") == ["record.E060"]
    assert editor.refusal(record_id=2, state="new", reason="other") == []
    assert editor.refusal(name="Cid", state="won", amount="1", reason="other") == ["record.E060"]
    assert editor.refusal(name="Cid", state="lost", reason="price") == []

    # Merged away, a value is not offered by the matrix either; a key that was never published needs no move.
    reasons = own_place("lead", "reason")
    editor.edit(lambda layers: remove_value(layers, reasons, "other", instead="timing"))
    fresh = add_values(values_of(reasons.holder(read_effective(editor.layers, PATH))), ["Gone"])
    editor.edit(lambda layers: edit_values(layers, reasons, with_values(_field(layers), fresh)))
    editor.edit(lambda layers: rename_value(layers, reasons, "gone", "left", published=False))
    assert _field(editor.layers)["depends_on"]["options"] == {"new": ["timing"], "won": []}
    assert list(values_of(_field(editor.layers))) == ["price", "timing", "left"]
    editor.publish()
    assert editor.held("reason") == [("price",), ("timing",), ("price",)]

    # What a layer below says with a merged value the site says with the other one.
    below = Layer(name="standard", documents=DOCUMENTS | {PATH: DOCUMENTS[PATH] + RULE})
    merged = remove_value([below, editor.layers[-1]], states, "won", instead="lost")
    assert read_effective([below, merged], PATH)["rules"]["low"]["if"] == "state in ('new', 'lost') and amount < 0"
    assert read_effective([below, merged], PATH)["rules"]["won"]["if"] == "state == 'lost' and is_empty(amount)"

    # Kept for one role, a value stays where it is; nobody else chooses it.
    boss, rep = (Actor(user_id=None, name=name, roles=(name,)) for name in ("boss", "rep"))

    def reserve(layers: Sequence[Layer]) -> Layer:
        holder = _field(layers)
        return edit_values(
            layers, reasons, with_values(holder, change_values(values_of(holder), {"left": {"roles": ["boss"]}}))
        )

    editor.edit(reserve)
    editor.publish()
    assert editor.refusal(rep, name="Dan", state="lost", reason="left") == ["record.E061"]
    assert editor.refusal(boss, name="Dan", state="lost", reason="left") == []

    # Made a picklist of their own, the values stay with the records.
    editor.edit(lambda layers: share_values(layers, "lead", "reason", "why", "Why"))
    editor.publish()
    assert editor.held("reason") == [("price",), ("timing",), ("price",), ("left",)]
    assert values_of(read_effective(editor.layers, "metadata/picklists/why.yaml"))["left"]["roles"] == ["boss"]


def _without(data: dict[str, object], key: str) -> dict[str, object]:
    return {name: value for name, value in data.items() if name != key}


def _field(layers: Sequence[Layer]) -> dict[str, object]:
    found: dict[str, object] = read_effective(layers, PATH)["fields"]["reason"]
    return found
