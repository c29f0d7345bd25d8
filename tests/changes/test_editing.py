"""Modules, fields and rules changed by the functions of editors, published, and taken back with their values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from fieldstone.changes.editing.fields import copied_field, order_fields, remove_field, with_field
from fieldstone.changes.editing.modules import (
    NewModule,
    copy_module,
    create_module,
    describe_module,
    remove_module,
    removed_modules,
    restore_module,
    with_module_words,
)
from fieldstone.changes.editing.removal import parts_of, remove_with_parts, restore_with_parts
from fieldstone.changes.editing.rules import with_duplicates, with_indexes, with_rule
from fieldstone.changes.editing.starting_kinds import STARTING_KINDS
from fieldstone.changes.editing.words import with_texts
from fieldstone.changes.former_fields import find_former_fields
from fieldstone.changes.site_patch import patch_document, read_effective
from fieldstone.kernel.actors import SYSTEM
from fieldstone.metadata.layers import Layer
from fieldstone.records.changes import RecordChange
from fieldstone.runtime.site import Site

Edit = Callable[[Sequence[Layer]], Layer]
QUOTE = "modules/quote.yaml"
WORDS = {"zh_CN": {"label": "报价", "plural": "报价单"}}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest, new_site: Callable[[str], Site]) -> Site:
    return new_site(request.param)


def _document(path: str, edited: Callable[[dict[str, Any]], dict[str, Any]]) -> Edit:
    return lambda layers: patch_document(layers, path, edited(read_effective(layers, path)))


def test_a_module_with_lines_lives_changes_goes_and_comes_back(site: Site) -> None:
    """As a draft of which every step compiles, published step by step with records in it."""
    user = site.accounts.find_user_id("admin") or 0
    actor = site.accounts.operator()

    def edit(change: Edit) -> None:
        draft = site.drafts.edit(user, "step", change)
        assert not [each for each in site.drafts.compile(draft).diagnostics if each.severity == "error"]

    def publish() -> None:
        plan = site.publishing.plan(site.drafts.current(user).site)
        assert not plan.breaches
        site.publishing.publish(plan, SYSTEM, allow_destructive=True)

    def values(module: str, id: int, *fields: str) -> list[Any]:
        found = site.records.get(actor, module, id, fields=fields).values
        return [found[name] for name in fields]

    quote = NewModule(name="quote", label="Quote", plural="Quotes", group="sales", words=WORDS)
    edit(lambda layers: create_module(layers, "document", quote, ["zh_CN"]))
    publish()
    model = site.models.refresh().model
    assert model.modules["quote"].number is not None
    assert model.modules["quote"].number.prefix == "QUO-"
    assert model.texts["zh_CN"]["module.quote.plural"] == "报价单"
    assert model.texts["zh_CN"]["field.quote_items.quantity.label"] == "数量"
    assert model.texts["zh_CN"]["picklist.quote_status.draft"] == "草稿"
    assert model.modules["quote_items"].hidden

    head = (
        site.records.save(
            actor, [RecordChange(module="quote", values={"subject": "Pumps", "tax_rate": "20", "description": "12"})]
        )
        .records[0]
        .id
    )
    lines = [
        {"document": head, "name": "Pump", "quantity": "2", "price": "100", "discount": "10"},
        {"document": head, "name": "Valve", "price": "20"},
    ]
    site.records.save(actor, [RecordChange(module="quote_items", values=line) for line in lines])
    assert [str(each) for each in values("quote", head, "net", "total")] == ["200.0000", "240.0000"]

    # A field of another type, with its consequences in the plan; a copy; another order.
    def retyped(data: dict[str, Any]) -> dict[str, Any]:
        return with_field(data, "description", {"type": "integer", "label": "Weight"})

    edit(_document(QUOTE, retyped))
    copy = copied_field({"type": "lookup", "to": "contact", "reverse": "x", "label": "Contact"}, "Second contact")
    assert "reverse" not in copy
    edit(_document(QUOTE, lambda data: with_field(data, "second", copy, after="contact")))
    # A field goes with its places.
    site.records.save(actor, [RecordChange(module="quote", id=head, values={"valid_until": "2031-05-01"})])
    edit(lambda layers: remove_field(layers, "quote", "valid_until"))
    plan = site.publishing.plan(site.drafts.current(user).site)
    lost = {(change.kind, change.target): change.lost for change in plan.changes if change.kind != "add_field"}
    assert lost["change_type", "quote.description"] == 0
    assert lost["remove_field", "quote.valid_until"] == 1
    publish()
    assert values("quote", head, "description") == [12]
    assert list(site.models.refresh().model.modules["quote"].fields)[1:5] == [
        "organization", "contact", "second", "status",
    ]  # fmt: skip
    assert "valid_until" not in site.models.current.model.modules["quote"].fields

    # It comes back with its values.
    with site.models.read() as (conn, _published):
        former = find_former_fields(conn, "quote")
    assert [(each.name, each.label) for each in former] == [("valid_until", "Valid until")]
    edit(_document(QUOTE, lambda data: with_field(data, "valid_until", former[0].entry)))
    publish()
    assert str(values("quote", head, "valid_until")[0]) == "2031-05-01"
    with site.models.read() as (conn, _published):
        assert not find_former_fields(conn, "quote")

    # The module goes with its lines, which have no sense without it, and both come back as they were.
    layers = site.publishing.published_layers()
    assert parts_of(layers, "quote") == (["quote_items"], [])
    before = dict(layers[-1].documents)
    edit(lambda layers: remove_with_parts(layers, "quote"))
    publish()
    assert {"quote", "quote_items"}.isdisjoint(site.models.refresh().model.modules)
    assert removed_modules(site.publishing.published_layers()).keys() == {"quote", "quote_items"}
    edit(lambda layers: restore_with_parts(layers, "quote"))
    publish()
    assert dict(site.publishing.published_layers()[-1].documents) == before
    assert [str(each) for each in values("quote", head, "net", "total")] == ["200.0000", "240.0000"]


def test_every_kind_and_every_copy_compiles(new_site: Callable[[str], Site]) -> None:
    """In one draft; nothing of the standard modules is lost but what the copy cannot have."""
    site = new_site("sqlite")
    user = site.accounts.find_user_id("admin") or 0
    for number, kind in enumerate(STARTING_KINDS):
        new = NewModule(name=f"kind_{number}", label=f"K {number}", plural=f"Ks {number}", words=WORDS)
        site.drafts.edit(user, kind, lambda layers, kind=kind, new=new: create_module(layers, kind, new, ["zh_CN"]))
    standard = list(site.models.current.model.modules)
    for source in standard:
        new = NewModule(name=f"like_{source}", label=f"L {source}", plural=f"Ls {source}", group="sales", words=WORDS)
        site.drafts.edit(
            user, source, lambda layers, source=source, new=new: copy_module(layers, source, new, ["zh_CN"])
        )
    compilation = site.drafts.compile(site.drafts.current(user))
    assert [each for each in compilation.diagnostics if "kind_" in each.path or "like_" in each.path] == []
    modules = compilation.get_model().modules
    assert modules["kind_5"].number is not None
    assert modules["kind_5"].number.prefix == "K5-"
    assert modules["like_organization"].fields["parent"].to == ("like_organization",)
    assert set(modules["organization"].fields) - set(modules["like_organization"].fields) == {
        "open_opportunities", "won_amount", "last_won",
    }  # fmt: skip
    assert compilation.get_model().texts["zh_CN"]["field.like_organization.industry.label"] == "行业"

    # A standard module goes by one line, and what looks it up goes along.
    site.drafts.discard(user)
    site.drafts.edit(user, "Remove", lambda layers: remove_with_parts(layers, "lead"))
    draft = site.drafts.current(user)
    assert not [each for each in site.drafts.compile(draft).diagnostics if each.severity == "error"]
    assert "removed: true" in draft.site.documents["modules/lead.yaml"]
    site.drafts.edit(user, "Restore", lambda layers: restore_module(layers, "lead"))
    assert "modules/lead.yaml" not in site.drafts.current(user).site.documents


def test_documents_are_edited_as_plain_data() -> None:
    data: dict[str, Any] = {"module": "x", "label": "X", "fields": {"a": {"type": "text"}, "b": {"type": "date"}}}
    assert list(with_field(data, "c", {"type": "url", "after": "a"}, after="a")["fields"]) == ["a", "c", "b"]
    assert list(with_field(data, "c", {"type": "url"}, after="")["fields"]) == ["c", "a", "b"]
    assert list(with_field(data, "c", {"type": "url"})["fields"]) == ["a", "b", "c"]
    assert with_field(data, "a", {"type": "url"}, after="b")["fields"] == {"a": {"type": "url"}, "b": {"type": "date"}}
    assert list(order_fields(data, ["b", "nowhere", "b"])["fields"]) == ["b", "a"]
    described = describe_module(data, {"label": "Y", "plural": "Ys", "help": "", "hidden": True, "group": None})
    assert described == {**data, "label": "Y", "plural": "Ys", "hidden": True}
    assert list(described) == ["module", "label", "plural", "hidden", "fields"]
    assert describe_module(described, {"hidden": None, "plural": ""}) == {**data, "label": "Y"}

    ruled = with_rule(data, "late", {"if": "b < today()", "message": "Too late", "field": ""})
    assert ruled["rules"] == {"late": {"if": "b < today()", "message": "Too late"}}
    assert with_rule(ruled, "late", None) == data
    alike = with_duplicates(data, ["a", "b", "a"], "block")
    assert alike["duplicates"] == {"match": ["a", "b"], "on_match": "block"}
    assert with_duplicates(alike, [], "warn") == data
    assert with_indexes(data, [["a", "b"], []])["indexes"] == [["a", "b"]]
    assert with_indexes(with_indexes(data, [["a"]]), []) == data
    words = with_texts({"language": "zh_CN"}, {"rule.x.late": "太晚了"})
    assert words["modules"] == {"x": {"rules": {"late": "太晚了"}}}
    assert with_texts(words, {"rule.x.late": ""}) == {"language": "zh_CN"}
    named = with_module_words(words, "x", {"label": "叉", "plural": ""})
    assert named["modules"]["x"] == {"rules": {"late": "太晚了"}, "label": "叉"}
    assert with_module_words({"language": "zh_CN", "modules": {"x": {"label": "叉"}}}, "x", {"label": ""}) == {
        "language": "zh_CN"
    }
    site = Layer(name="site", documents={"modules/x.yaml": "module: x\nlabel: X\nfields: {a: {type: text}}\n"})
    gone = remove_module([site], "x")
    assert removed_modules([gone])["x"]["label"] == "X"
    assert read_effective([restore_module([gone], "x")], "modules/x.yaml") == read_effective([site], "modules/x.yaml")
