"""Roles, profiles and sharing: from documents to what the model says."""

from __future__ import annotations

import pytest

from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.definitions import Party, SharingDef
from fieldstone.metadata.explanation import find_explanation
from fieldstone.metadata.model import AppModel
from metadata.access_example import CRM, ROLES, SHARING, compile_access
from metadata.example import compile_base, compile_layers, layer, with_site


@pytest.fixture(scope="module")
def model() -> AppModel:
    compiled = compile_access()
    assert not list(compiled.diagnostics)
    return compiled.get_model()


def test_every_right_has_its_scope(model: AppModel) -> None:
    rep = model.roles["rep"]
    assert (rep.label, rep.parent, rep.setup, rep.profiles) == ("Seller", "boss", False, ("marketing",))
    assert rep.grants.modules == {"*": {"view": "own"}, "deal": {"view": "all", "edit": "team", "create": "own"}}
    assert rep.grants.fields == {"deal": {"amount": "read", "chance": "hidden"}}
    assert rep.grants.tools == {"share"}
    assert model.roles["boss"].setup
    assert set(model.roles["boss"].grants.modules["*"].values()) == {"all"}


def test_a_module_that_is_named_is_not_among_the_others(model: AppModel) -> None:
    grants = model.roles["rep"].grants
    assert grants.rights_on("organization") == {"view": "own"}
    assert "create" in grants.rights_on("deal")
    assert model.profiles["helper"].grants.rights_on("organization") == {}


def test_profiles_reach_what_is_theirs_unless_they_say_more(model: AppModel) -> None:
    assert model.profiles["marketing"].grants.modules == {"organization": {"view": "team", "export": "team"}}
    assert model.profiles["helper"].grants.modules == {"deal": {"view": "own"}}
    assert model.profiles["helper"].label == "Helper"


def test_sharing_is_built(model: AppModel) -> None:
    sharing = model.sharing
    assert [sharing.default_of(module) for module in ("deal", "organization")] == ["read", "private"]
    big = sharing.rules["big"]
    assert (big.label, big.module, big.access, big.where) == ("Big", "deal", "edit", "amount > 100 and stage == 'won'")
    assert big.owners == Party(kind="role", name="rep")
    assert big.to == (Party(kind="subtree", name="boss"), Party(kind="team", name="Far west"))
    assert sharing.rules["lent"].access == "read"
    assert sharing.inherit == {"deal": "organization"}
    assert sharing.portal == {"deal": (("organization",), ("organization", "parent")), "organization": ((),)}


def test_without_documents_nothing_is_shared() -> None:
    model = compile_base().get_model()
    assert (dict(model.roles), dict(model.profiles)) == ({}, {})
    assert model.sharing == SharingDef()
    assert model.sharing.default_of("deal") == "private"


def test_profiles_may_stand_alone() -> None:
    compiled = compile_base(metadata_roles="profiles: {some: {modules: {deal: [view]}}}\n")
    assert not list(compiled.diagnostics)
    assert set(compiled.get_model().profiles) == {"some"}


def test_all_of_it_has_an_identity_that_stays() -> None:
    first = compile_access()
    again = compile_layers(CRM, catalogue=first.catalogue).get_model()
    model = first.get_model()
    kept = [
        (model.profiles["marketing"].identity, again.profiles["marketing"].identity),
        (model.sharing.rules["big"].identity, again.sharing.rules["big"].identity),
    ]
    assert all(before and before == now for before, now in kept)
    catalogue = first.catalogue.rename("profile", "marketing", "adverts").rename("sharing_rule", "big", "large")
    renamed = compile_layers(
        layer(
            {
                **CRM.documents,
                "metadata/roles.yaml": ROLES.replace("marketing", "adverts"),
                "metadata/sharing.yaml": SHARING.replace("  big:", "  large:"),
            }
        ),
        catalogue=catalogue,
    ).get_model()
    assert renamed.profiles["adverts"].identity == model.profiles["marketing"].identity
    assert renamed.sharing.rules["large"].identity == model.sharing.rules["big"].identity


def test_a_catalogue_without_identities_of_them_makes_none_up() -> None:
    compiled = compile_access()
    kinds = ("role", "profile", "sharing_rule", "record_type", "picklist", "inline_picklist")
    older = Catalogue.of(entry for entry in compiled.catalogue if entry.kind not in kinds)
    model = compile_layers(CRM, catalogue=older).get_model()
    assert {item.identity for item in (*model.roles.values(), *model.profiles.values())} == {""}
    assert {rule.identity for rule in model.sharing.rules.values()} == {""}


def test_what_did_not_change_is_the_same_object() -> None:
    first = compile_access().get_model()
    second = compile_access(sharing=SHARING.replace("access: edit", "access: read")).get_model()
    assert second.profiles["helper"] is first.profiles["helper"]
    assert second.sharing.rules["lent"] == first.sharing.rules["lent"]
    assert second.sharing is not first.sharing
    assert compile_access().get_model().sharing is not second.sharing


def test_a_layer_patches_right_by_right() -> None:
    site = {
        "metadata_roles": """
roles:
  rep:
    scope: null
    modules: {deal: {edit: null, delete: own}, organization: [view]}
    fields: {deal: {chance: null}}
profiles: {helper: null}
""",
        "metadata_sharing": "defaults: {deal: null}\nrules: {lent: null, big: {access: read}}\ninherit: {deal: null}\n",
    }
    standard = layer(CRM.documents, "standard")
    documents = {f"metadata/{key.removeprefix('metadata_')}.yaml": text for key, text in site.items()}
    compiled = compile_layers(standard, layer(documents))
    assert not list(compiled.diagnostics)
    model = compiled.get_model()
    rep = model.roles["rep"].grants
    assert rep.modules["*"] == {"view": "all"}, "a role without a scope reaches all"
    assert rep.modules["deal"] == {"view": "all", "create": "own", "delete": "own"}
    assert rep.modules["organization"] == {"view": "all"}
    assert rep.fields == {"deal": {"amount": "read"}}
    assert set(model.profiles) == {"marketing"}
    assert (list(model.sharing.rules), model.sharing.rules["big"].access) == (["big"], "read")
    assert (model.sharing.default_of("deal"), dict(model.sharing.inherit)) == ("private", {})
    setters = [origin.layer for origin in model.provenance["sharing.rules.big.access"]]
    assert setters == ["standard", "site"]
    assert [origin.layer for origin in model.provenance["roles.rep.modules.deal.delete"]] == ["site"]
    assert "profiles.marketing.scope" in set(model.provenance)
    assert "sharing.defaults.*" in set(model.provenance)


def test_a_layer_replaces_a_list_of_rights_by_scopes() -> None:
    roles = "roles: {clerk: {scope: own, modules: {deal: [view, edit]}}}\n"
    standard = layer({**CRM.documents, "metadata/roles.yaml": roles, "metadata/sharing.yaml": "{}\n"}, "standard")
    patched = layer({"metadata/roles.yaml": "roles: {clerk: {modules: {deal: {view: all}}}}\n"})
    model = compile_layers(standard, patched).get_model()
    assert model.roles["clerk"].grants.modules == {"deal": {"view": "all"}}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("roles.rep.scope", "own"),
        ("roles.boss.scope", None),
        ("profiles.helper.scope", None),
        ("profiles.marketing.modules.organization", ["view", "export"]),
        ("roles.rep.fields.deal.chance", "hidden"),
        ("sharing.rules.big.access", "edit"),
        ("sharing.rules.lent.access", None),
        ("sharing.rules.big.from.role", "rep"),
        ("sharing.defaults.deal", "read"),
        ("sharing.portal.organization", "self"),
    ],
)
def test_it_is_explained(model: AppModel, path: str, value: object) -> None:
    found = find_explanation(model, [CRM], path)
    assert found is not None
    assert found.path == path
    if value is None:
        defaults = {"roles.boss.scope": "all", "profiles.helper.scope": "own", "sharing.rules.lent.access": "read"}
        assert (found.is_default, found.default) == (True, defaults[path])
    else:
        assert found.sayings[0].value == value


def test_what_is_not_there_is_not_explained(model: AppModel) -> None:
    for path in ("profiles.nobody.scope", "sharing.rules.small", "sharing.colour", "profiles.helper.setup"):
        assert find_explanation(model, [CRM], path) is None, path


def test_a_standard_layer_may_be_removed_from_piece_by_piece() -> None:
    """What a site takes away goes from the lists of the layers below."""
    compiled = with_site()
    assert not list(compiled.diagnostics)
    standard = layer(CRM.documents, "standard")
    gone = compile_layers(
        standard,
        layer(
            {
                "metadata/roles.yaml": "roles: {rep: null}\nprofiles: {marketing: null}\n",
                "modules/deal.yaml": "module: deal\nremoved: true\n",
            }
        ),
    )
    assert not list(gone.diagnostics)
    model = gone.get_model()
    # The rule of deals went with them; the one that was only for the role went with that.
    assert dict(model.sharing.rules) == {}
    assert dict(model.sharing.defaults) == {"*": "private"}
    assert dict(model.sharing.inherit) == {}
    assert dict(model.sharing.portal) == {"organization": ((),)}
    assert model.profiles["helper"].grants.modules == {}


def test_a_rule_whose_owners_are_gone_shares_nothing() -> None:
    """Without its `from` it would share what everybody owns."""
    standard = layer(CRM.documents, "standard")
    site = layer({"metadata/roles.yaml": "roles: {rep: null}\n"})
    compiled = compile_layers(standard, site)
    assert not list(compiled.diagnostics)
    assert dict(compiled.get_model().sharing.rules) == {}
