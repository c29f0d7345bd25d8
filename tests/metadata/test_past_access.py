"""Access of today by the names of then."""

from __future__ import annotations

from fieldstone.metadata.model import AppModel
from fieldstone.metadata.past_access import with_access_of
from fieldstone.metadata.references.settling import apply_renames, settle_moves
from metadata.access_example import CRM, ROLES, SHARING, compile_access
from metadata.example import DEAL, STAGE, compile_layers, layer
from metadata.test_access_diff import MOVES


def today(**documents: str) -> AppModel:
    """The example as it is today, after the renames."""
    before = compile_access()
    found = settle_moves([layer({**CRM.documents, "metadata/moves.yaml": MOVES})], [CRM])
    catalogue = apply_renames(before.catalogue, found.renames)
    said = {**found.layers[0].documents}
    for name, (old, new) in documents.items():
        path = name.replace("__", "/") + ".yaml"
        assert old in said[path], (path, old)
        said[path] = said[path].replace(old, new)
    compiled = compile_layers(layer(said), catalogue=catalogue)
    assert compiled.model is not None, list(compiled.diagnostics)
    return compiled.get_model()


def test_renamed_names_are_those_of_then() -> None:
    past = compile_access().get_model()
    seen = with_access_of(today(), past)
    assert set(seen.roles) == {"chief", "agent"}, "people have the roles of today"
    agent = seen.roles["agent"]
    assert agent.grants.modules == {"*": {"view": "own"}, "deal": {"view": "all", "edit": "team", "create": "own"}}
    assert agent.grants.fields == {"deal": {"amount": "read", "chance": "hidden"}}
    assert set(seen.profiles) == {"adverts", "helper"}
    assert seen.sharing.defaults == {"*": "private", "deal": "read"}
    assert (seen.sharing.rules["large"].module, seen.sharing.rules["large"].where) == (
        "deal",
        "amount > 100 and stage == 'won'",
    )
    assert seen.sharing.inherit == {"deal": "organization"}
    assert seen.sharing.portal == {"deal": (("organization",), ("organization", "parent")), "organization": ((),)}
    assert seen.modules is past.modules


def test_the_rights_of_today_count() -> None:
    model = today(metadata__roles=("chance: hidden", "chance: read"))
    seen = with_access_of(model, compile_access().get_model())
    assert seen.roles["agent"].grants.fields["deal"]["chance"] == "read"


def test_of_a_field_that_is_gone_the_rights_are_those_of_then() -> None:
    crm = layer({**CRM.documents, "modules/deal.yaml": DEAL.replace("rules:", "  secret: {type: text}\nrules:")})
    hiding = ROLES.replace("chance: hidden", "chance: hidden, secret: hidden")
    before = compile_layers(layer({**crm.documents, "metadata/roles.yaml": hiding}))
    now = compile_layers(CRM, catalogue=before.catalogue)
    seen = with_access_of(now.get_model(), before.get_model())
    assert seen.roles["rep"].grants.fields["deal"] == {"amount": "read", "chance": "hidden", "secret": "hidden"}


def test_a_module_that_is_gone_is_for_those_who_reach_all() -> None:
    before = compile_layers(
        layer({**CRM.documents, "modules/note.yaml": "module: note\nfields: {name: {type: text}}\n"})
    )
    now = compile_layers(CRM, catalogue=before.catalogue)
    seen = with_access_of(now.get_model(), before.get_model())
    assert seen.roles["rep"].grants.rights_on("note") == {"view": "own"}
    assert seen.profiles["helper"].grants.rights_on("note") == {}


def test_a_rule_over_what_was_not_there_shares_nothing() -> None:
    past = compile_access().get_model()
    fields = DEAL.replace("rules:", "  rank: {type: text}\nrules:")
    stages = STAGE + "  asked: Asked\n"
    crm = {**CRM.documents, "modules/deal.yaml": fields, "metadata/picklists/stage.yaml": stages}

    def rules(where: str) -> list[str]:
        text = SHARING.replace("amount > 100 and stage == 'won'", where)
        catalogue = compile_access().catalogue
        now = compile_layers(layer({**crm, "metadata/sharing.yaml": text}), catalogue=catalogue)
        assert not list(now.diagnostics)
        return list(with_access_of(now.get_model(), past).sharing.rules)

    assert rules("amount > 5") == ["big", "lent"]
    assert rules("owner == 3") == ["big", "lent"]
    assert rules("rank == 'a'") == ["lent"]
    assert rules("stage == 'asked'") == ["lent"]


def test_a_rule_over_what_was_another_thing_shares_nothing() -> None:
    before = compile_access()
    past = DEAL.replace("amount: {type: money, min: 0, index: true}", "amount: {type: text}")
    past = past.replace("expression: amount * chance / 100", "expression: chance / 100")
    catalogue = before.catalogue
    then = compile_layers(
        layer({**CRM.documents, "modules/deal.yaml": past, "metadata/sharing.yaml": "{}\n"}), catalogue=catalogue
    )
    seen = with_access_of(before.get_model(), then.get_model())
    assert list(seen.sharing.rules) == ["lent"]
