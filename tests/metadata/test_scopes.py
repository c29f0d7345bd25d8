"""What expressions may name."""

# ruff: noqa: E501  (examples are easier to read on one line)

from __future__ import annotations

import pytest

from fieldstone.metadata.model import AppModel
from fieldstone.metadata.scopes import ModuleScope
from metadata.example import DEAL, compile_base


@pytest.fixture(scope="module")
def model() -> AppModel:
    text = (
        DEAL
        + "record_types: {sale: {label: Sale}}\nrelations: {partners: {kind: many_to_many, to: organization, attributes: {share: {type: percent}}}}\n"
    )
    text = text.replace("rules:", "  about: {type: lookup, to: [deal, organization]}\n  place: {type: address}\nrules:")
    return compile_base(modules_deal=text).get_model()


def scope(model: AppModel, *, old: bool = False, link: bool = False) -> ModuleScope:
    relation = model.modules["deal"].relations["partners"] if link else None
    return ModuleScope(model.modules, "deal", model.picklists, model.field_types, old=old, link=relation)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("amount", "number"), ("stage", "choice"), ("organization", "reference"), ("organization.name", "text"),
        ("organization.parent.parent.name", "text"), ("organization.parent.parent.parent.name", None),
        ("owner", "reference"), ("id", "reference"), ("created_at", "datetime"), ("record_type", "choice"),
        ("organization.record_type", None), ("organization.id", "reference"), ("user.id", "reference"), ("user.role", "text"), ("user.nope", None),
        ("user", None), ("place.city", "text"), ("place.nope", None), ("place.city.x", None), ("about.name", None),
        ("old.amount", None), ("link.share", None), ("nope", None), ("amount.x", None), ("forecast", "number"),
    ],
)  # fmt: skip
def test_names_have_types(model: AppModel, path: str, kind: str | None) -> None:
    found = scope(model).find_type(tuple(path.split(".")))
    assert (found.kind if found else None) == kind


def test_choices_and_targets_are_known(model: AppModel) -> None:
    stage = scope(model).find_type(("stage",))
    assert stage is not None
    assert stage.choices == {"open", "won", "lost"}
    organization = scope(model).find_type(("organization",))
    assert organization is not None
    assert organization.targets == ("organization",)


def test_old_values_and_link_attributes_where_they_belong(model: AppModel) -> None:
    old = scope(model, old=True)
    assert old.find_type(("old", "amount")) is not None
    assert old.find_type(("old", "place", "city")) is not None
    assert old.find_type(("old", "organization", "name")) is None
    assert "amount" in old.names_under(("old",))
    assert list(scope(model).names_under(("old",))) == []
    assert scope(model, link=True).find_type(("link", "share")) is not None
    assert list(scope(model, link=True).names_under(("link",))) == ["share"]


def test_names_are_offered(model: AppModel) -> None:
    offered = list(scope(model, old=True, link=True).names_under(()))
    assert {"amount", "owner", "record_number", "user", "old", "link"} <= set(offered)
    assert "industry" in scope(model).names_under(("organization",))
    assert "city" in scope(model).names_under(("place",))
    assert "name" in scope(model).names_under(("user",))
    assert list(scope(model).names_under(("amount",))) == []
    assert list(scope(model).names_under(("nope", "x"))) == []
