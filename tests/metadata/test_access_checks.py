"""What roles, profiles and sharing may not say: each mistake with its code, at its place."""

# ruff: noqa: E501  (examples are easier to read on one line)

from __future__ import annotations

import re

import pytest

from metadata.example import DEAL, codes, compile_base, places

VIEW = "roles: {rep: {modules: {deal: [view], organization: [view], person: [view]}}, clerk: {scope: own, modules: {deal: [view]}, fields: {deal: {amount: hidden}}}}"
"""Roles for cases of sharing."""
MARK = "¦"
"""Stands where the mistake is to be found."""


def roles(text: str) -> tuple[str, str]:
    return "roles", text


def sharing(text: str) -> tuple[str, str]:
    return "sharing", text


def rule(text: str) -> tuple[str, str]:
    return sharing(f"rules:\n  some: {{module: deal, {text}}}\n")


TO = "to: [{role: rep}]"
CASES: dict[str, list[tuple[str, str]]] = {
    # schemas
    "role.E001": [roles("profiles: {a: {¦setup: true}}")],
    "role.E004": [
        roles("roles: {a: {modules: {¦deal: {veiw: own}}}}".replace("¦deal: {veiw", "deal: {¦veiw")),
        roles("roles: {a: {modules: {deal: {view: ¦mine}}}}"),
        roles("roles: {a: {modules: {deal: [¦veiw]}}}"),
        roles("roles: {a: {modules: {deal: [view]}, tools: [¦hammer]}}"),
        roles("roles: {a: {modules: {deal: [view]}, fields: {deal: {amount: ¦secret}}}}"),
        roles("profiles: {a: {scope: ¦mine}}"),
    ],
    "role.E005": [roles("profiles: {¦Great: {}}")],
    "sharing.E001": [sharing("¦sharing: {}"), rule("from: {role: rep}, to: [{¦user: anna}]")],
    "sharing.E002": [sharing("rules: {¦a: {module: deal, where: amount > 1}}")],
    "sharing.E003": [sharing("rules: ¦[a]"), rule("from: {role: rep}, to: ¦rep")],
    "sharing.E004": [sharing("defaults: {deal: ¦open}"), rule(f"from: {{role: rep}}, {TO}, access: ¦delete")],
    "sharing.E005": [
        rule("from: {role: rep}, to: [{team: ¦' x'}]"),
        sharing("portal: {deal: ¦organization..parent}"),
        sharing(f"rules: {{¦Big: {{module: deal, where: amount > 1, {TO}}}}}"),
    ],
    "sharing.E007": [rule("from: {role: rep}, to: ¦[]"), rule("from: {role: rep}, to: [¦{role: rep, team: x}]")],
    "sharing.E008": [sharing("portal: {deal: ¦[organization, organization], organization: self}")],
    # references of roles
    "role.E010": [
        roles("profiles: {a: {modules: {¦dael: [view]}}}"),
        roles("roles: {a: {modules: {deal: [view]}, fields: {¦dael: {amount: read}}}}"),
    ],
    "role.E013": [
        roles("roles: {a: {modules: {deal: [view]}, fields: {deal: {¦amuont: hidden}}}}"),
        roles("roles: {a: {modules: {deal: [view]}, fields: {deal: {¦id: hidden}}}}"),
    ],
    "role.E014": [roles("roles: {a: {modules: {}, profiles: [¦b]}}")],
    "role.E015": [roles("profiles: {a: {modules: {deal: [view]}, fields: {deal: {name: ¦hidden}}}}")],
    "role.W001": [
        roles("roles: {a: {modules: {¦deal: [edit]}}}"),
        roles("roles: {a: {modules: {'*': [view], ¦deal: [mass_edit, view]}}}"),
    ],
    "role.W002": [roles("roles: {a: {modules: {organization: [view]}, fields: {¦deal: {amount: read}}}}")],
    "role.W003": [
        roles("roles: {a: {modules: {¦deal: {view: related}}}}"),
        roles("roles: {a: {scope: related, modules: {¦'*': [view]}}}"),
    ],
    # references of sharing
    "sharing.E010": [
        sharing("defaults: {¦dael: read}"),
        sharing("inherit: {¦dael: organization}"),
        sharing("portal: {¦dael: self}"),
        sharing(f"rules: {{a: {{module: ¦dael, from: {{role: rep}}, {TO}}}}}"),
    ],
    "sharing.E011": [rule("from: {role: ¦reps}, to: [{role: rep}]"), rule("from: {team: X}, to: [{subtree: ¦reps}]")],
    "sharing.E012": [sharing(f"rules: {{¦a: {{module: deal, {TO}}}}}")],
    "sharing.E013": [
        sharing("inherit: {deal: ¦amount}"),
        sharing("inherit: {deal: ¦boss}"),
        sharing("portal: {deal: ¦organization.owner, organization: self}"),
    ],
    "sharing.E014": [sharing("portal: {deal: ¦any}"), sharing("portal: {deal: ¦about}")],
    "sharing.E015": [sharing("inherit: {organization: ¦parent}"), sharing("inherit: {deal: ¦buyer, person: deal}"), sharing("inherit: {deal: ¦any, person: deal}")],
    "sharing.E016": [sharing("portal: {deal: ¦organization}"), sharing("portal: {deal: [self, ¦organization]}")],
    "sharing.W001": [sharing("defaults: {¦note: edit}"), sharing(f"rules: {{a: {{¦module: note, from: {{role: rep}}, {TO}}}}}")],
    # conditions
    "sharing.E020": [rule(f"where: ¦organization.industry == 'it', {TO}")],
    "sharing.E021": [rule(f"where: ¦close_date > today(), {TO}"), rule(f"where: ¦late, {TO}")],
    "sharing.E022": [rule(f"where: ¦owner == user.id, {TO}"), rule(f"where: ¦has_role('rep'), {TO}")],
    "sharing.E023": [rule(f"where: \"¦matches(name, 'a+')\", {TO}".replace('"¦', '¦"'))],
    "sharing.W002": [rule("where: ¦amount > 5, to: [{role: clerk}]"), rule("where: ¦forecast > 5, to: [{subtree: clerk}]")],
}  # fmt: skip
MODULES = {
    "modules_deal": DEAL.replace(
        "rules:",
        "  any: {type: lookup, to: [organization, person]}\n  buyer: {type: lookup, to: person}\n  about: {type: lookup, to: '*'}\n  late: {type: formula, result: checkbox, expression: close_date < today()}\nrules:",
    ),
    "modules_person": "module: person\nfields: {name: {type: text}, deal: {type: lookup, to: deal}}\n",
    "modules_note": "module: note\nfields: {name: {type: text}}\n",
}


def prepared(case: tuple[str, str]) -> tuple[dict[str, str], str]:
    """The documents of a case, and the place that is marked in it."""
    document, marked = case
    before, _, after = marked.partition(MARK)
    place = f"{before.count(chr(10)) + 1}:{len(before.rpartition(chr(10))[2]) + 1}"
    documents = {**MODULES, f"metadata_{document}": before + after}
    if document == "sharing":
        documents["metadata_roles"] = VIEW
    return documents, place


@pytest.mark.parametrize(("code", "case"), [(code, case) for code, cases in CASES.items() for case in cases])
def test_a_mistake_is_found_at_its_place(code: str, case: tuple[str, str]) -> None:
    documents, place = prepared(case)
    compiled = compile_base(**documents)
    found = [item for item in compiled.diagnostics if item.code == code]
    assert [str(item.location) for item in found] == [f"metadata/{case[0]}.yaml:{place}"], places(compiled)
    assert (compiled.model is None) == code.partition(".")[2].startswith("E")
    assert found[0].hint
    assert not re.search(r"(?<!\{)\{[a-z_]+\}(?!\})", found[0].message + found[0].hint)


def test_one_mistake_is_one_diagnostic() -> None:
    for code, cases in CASES.items():
        for case in cases:
            documents, _ = prepared(case)
            assert set(codes(compile_base(**documents))) == {code}, case


def test_what_is_sound_is_not_complained_about() -> None:
    text = """
defaults: {"*": private, deal: edit}
rules:
  a: {module: deal, from: {team: Far west}, to: [{role: rep}, {subtree: clerk}, {team: 东区}], access: edit}
  b: {module: deal, where: "amount > 5 and stage in ('won', 'lost') and is_empty(close_date)", to: [{role: rep}]}
  c: {module: deal, where: "owner == 3 or created_at > date('2026-01-01')", to: [{role: rep}]}
inherit: {deal: organization}
portal: {deal: [organization, organization.parent], organization: self}
"""
    documents, _ = prepared(sharing(text))
    assert places(compile_base(**documents)) == []


def test_a_record_may_follow_one_of_several_modules() -> None:
    for text in (
        "inherit: {deal: any, person: organization}",
        "inherit: {deal: about, note: deal}",
        "inherit: {deal: about}",
    ):
        documents, _ = prepared(sharing(text))
        documents["modules_person"] = (
            documents["modules_person"].replace("to: deal", "to: organization").replace("deal:", "organization:")
        )
        documents["modules_note"] = "module: note\nfields: {name: {type: text}, deal: {type: lookup, to: deal}}\n"
        documents["metadata_roles"] = "roles: {rep: {modules: {'*': [view]}}}"
        assert places(compile_base(**documents)) == []


def test_what_a_formula_reveals_gives_nothing_away() -> None:
    documents, _ = prepared(rule("where: forecast > 5, to: [{role: clerk}]"))
    shown = documents["modules_deal"].replace("result: money\n", "result: money\n    reveals: true\n")
    assert codes(compile_base(**documents)) == ["sharing.W002"]
    assert codes(compile_base(**{**documents, "modules_deal": shown})) == []


def test_a_field_that_another_grant_lets_read_is_not_given_away() -> None:
    documents, _ = prepared(rule("where: amount > 5, to: [{role: clerk}]"))
    lent = (
        documents["metadata_roles"].replace("clerk: {", "clerk: {profiles: [more], ")
        + "\nprofiles: {more: {modules: {deal: [view]}}}"
    )
    assert codes(compile_base(**{**documents, "metadata_roles": lent})) == []
