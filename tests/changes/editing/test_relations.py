"""Relations made, used by records, seen from both sides, and removed."""

from __future__ import annotations

from changes.editing.test_picklists import Editor
from fieldstone.changes.editing.relations import (
    Link,
    change_link,
    new_lookup,
    new_many,
    order_related,
    remove_link,
    with_attribute,
    with_related,
    without_attribute,
)
from fieldstone.changes.site_patch import patch_document, read_effective
from fieldstone.kernel.actors import SYSTEM
from fieldstone.records.query_types import Query
from fieldstone.storage.database import Database

LEAD, LAYOUT = "modules/lead.yaml", "layouts/organization.yaml"


def test_relations_are_made_used_and_removed(database: Database) -> None:
    editor = Editor(database)

    # One to one, any module, and many to many with a field of the link.
    def add(layers):  # type: ignore[no-untyped-def]
        data = read_effective(layers, LEAD)
        taken = set(data["fields"])
        name, data = new_lookup(
            data, taken, label="Main site", to="organization", reverse_label="Main lead", unique=True
        )
        assert (name, data["fields"][name]["unique"]) == ("main_site", True)
        name, data = new_lookup(data, taken, label="About", to="*", on_delete="cascade")
        assert data["fields"][name] == {"type": "lookup", "label": "About", "to": ["*"], "on_delete": "cascade"}
        name, data = new_many(data, taken, {"name"}, label="合作伙伴", to="organization", reverse_label="Partner of")
        link = Link(module="lead", name=name, many=True)
        assert name == "he_zuo_huo_ban"
        entry = with_attribute(link.entry(data), "Share", {"type": "percent"})
        entry = with_attribute(entry, "Share", {"type": "text"})
        assert list(entry["attributes"]) == ["share", "share_2"]
        entry = change_link(
            without_attribute(entry, "share_2"), label="Partners", reverse_label="Partner of", on_delete=""
        )
        assert set(entry) == {"kind", "to", "label", "reverse", "reverse_label", "attributes"}
        return patch_document(layers, LEAD, link.with_entry(data, entry))

    editor.edit(add)
    # The related list on the other side: columns, sort, order, and which of them are shown.
    editor.edit(
        lambda layers: patch_document(
            layers,
            LAYOUT,
            order_related(
                with_related(
                    {"module": "organization", **read_effective(layers, LAYOUT)},
                    "partner_of", shown=True, columns=["name", "amount"], sort=["-amount"],
                ),
                ["partner_of", "lead_organization", "lead_about"], {"partner_of", "lead_organization"},
            ),
        )
    )  # fmt: skip
    editor.publish()
    assert editor.bench.models is not None
    layout = editor.bench.models.current.model.layouts["organization"]
    assert list(layout.related) == ["partner_of", "lead_organization", "lead_main_site"]
    assert (layout.related["partner_of"].columns, layout.related["partner_of"].sort) == (
        ("name", "amount"),
        ("-amount",),
    )
    editor.bench.save([{"name": "Vega"}, {"name": "Deneb"}], "organization")
    editor.bench.save([{"name": "Ann", "main_site": 1, "amount": "5"}, {"name": "Ben", "amount": "7"}])
    assert editor.refusal(record_id=2, main_site=1) == ["record.E013"]
    editor.bench.records.link(SYSTEM, "lead", 1, "he_zuo_huo_ban", [1, 2], {"share": "30"})
    editor.bench.records.link(SYSTEM, "organization", 1, "partner_of", [2])
    seen = editor.bench.records.related(
        SYSTEM, "organization", 1, "partner_of", Query(fields=("name",), limit=9, sort=("name",))
    )
    assert [record.values["name"] for record in seen.records] == ["Ann", "Ben"]

    # Removed, with the lists that named it; a rollback would bring the links back.
    editor.edit(lambda layers: remove_link(layers, Link(module="lead", name="he_zuo_huo_ban", many=True)))
    editor.edit(lambda layers: remove_link(layers, Link(module="lead", name="about")))
    assert read_effective(editor.layers, LAYOUT)["record"] == {"related": {"lead_organization": {}}, "hidden": []}
    editor.publish()
    model = editor.bench.models.refresh().model
    assert list(model.modules["organization"].relations) == ["lead_organization", "lead_main_site"]
