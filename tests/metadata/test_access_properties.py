"""For any two roles: a change is told exactly where what they give differs."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from fieldstone.metadata.access_differences import BY_ITSELF, PresentNames, role_differences
from fieldstone.metadata.definitions import Grants, RoleDef
from fieldstone.metadata.rights import FIELD_ACCESS, RIGHTS, SCOPES, TOOLS

MODULES = ("deal", "note", "person")
FIELDS = ("name", "amount")

_rights = st.dictionaries(st.sampled_from(RIGHTS), st.sampled_from(SCOPES), max_size=4)
_modules = st.dictionaries(st.sampled_from(("*", *MODULES)), _rights, max_size=4)
_fields = st.dictionaries(
    st.sampled_from(MODULES), st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(FIELD_ACCESS)), max_size=3
)
_grants = st.builds(
    Grants, scope=st.just("own"), modules=_modules, fields=_fields, tools=st.frozensets(st.sampled_from(TOOLS))
)


def role(grants: Grants) -> RoleDef:
    return RoleDef(name="rep", label="Rep", grants=grants)


def given_by(grants: Grants) -> Mapping[str, str]:
    """Everything that the grants come to, in the words of a difference. "*" is a module that nobody names."""
    found = {
        f"modules.{module}.{right}": scope
        for module in ("*", *MODULES)
        for right, scope in grants.rights_on(module).items()
    }
    for module in MODULES:
        for name in FIELDS:
            found[f"fields.{module}.{name}"] = grants.fields.get(module, {}).get(name, "edit")
    return found | {f"tools.{tool}": "yes" for tool in grants.tools}


@given(_grants, _grants)
def test_what_is_told_is_what_differs(old: Grants, new: Grants) -> None:
    told = role_differences(role(old), role(new), PresentNames())
    before, now = given_by(old), given_by(new)
    differing = {key for key in (*before, *now) if before.get(key) != now.get(key)}
    of_tools = {key for key in differing if key.startswith("tools.")}
    # Modules that neither names share the line of the others.
    named = {"*", *old.modules, *new.modules}
    expected = {key for key in differing - of_tools if key.split(".")[0] == "fields" or key.split(".")[1] in named}
    as_others = {key for key, pair in told.items() if BY_ITSELF in pair}
    assert set(told) - as_others - {"tools"} == expected
    assert ("tools" in told) == bool(of_tools)
    for key in expected:
        none = "edit" if key.startswith("fields") else ""
        assert told[key] == [before.get(key, none), now.get(key, none)]
    for key in as_others:
        module = key.removeprefix("modules.")
        assert (module in old.modules) != (module in new.modules)
        assert old.rights_on(module) == new.rights_on(module)


@given(_grants)
def test_nothing_is_told_of_the_same(grants: Grants) -> None:
    assert role_differences(role(grants), role(grants), PresentNames()) == {}
