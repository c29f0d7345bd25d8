"""References, expressions, names, cycles: example documents in, diagnostics with their places out."""

# ruff: noqa: E501  (examples are easier to read on one line)

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fieldstone.kernel.codes import all_codes
from metadata.example import DEAL, ORGANIZATION, STAGE, codes, compile_base, places

AREAS = (
    "yaml", "document", "layer", "app", "role", "sharing", "picklist", "module", "field", "relation", "layout", "workflow",
    "email", "translation", "template",
)  # fmt: skip


def deal(*, fields: str = "", more: str = "") -> str:
    """The example module with more fields (one a line) and more attributes."""
    lines = "".join(f"  {line}\n" for line in fields.splitlines())
    return DEAL.replace("rules:", f"{lines}rules:") + more


def layout(text: str) -> dict[str, str]:
    return {"layouts_deal": f"module: deal\n{text}\n"}


def workflow(text: str) -> dict[str, str]:
    lines = "\n".join(f"    {line}" for line in text.splitlines())
    return {"workflows_deal": f"module: deal\nworkflows:\n  w:\n{lines}\n"}


def module(**documents: str) -> dict[str, str]:
    return documents


SET = "do: [{set_fields: {chance: 1}}]"
CASES: dict[str, list[tuple[dict[str, str], str]]] = {
    "module.E010": [
        ({"modules_user": "module: user\nfields: {name: {type: text}}"}, "modules/user.yaml:1:9"),
        ({"modules_fs_x": "module: fs_x\nfields: {name: {type: text}}"}, "modules/fs_x.yaml:1:9"),
        ({"modules_class": "module: class\nfields: {name: {type: text}}"}, "modules/class.yaml:1:9"),
    ],
    "module.E011": [(module(modules_deal=deal(more="name_field: nmae\n")), "21:13")],
    "module.E012": [({"modules_x": "module: x\nfields: {day: {type: date}}"}, "modules/x.yaml:1:9")],
    "module.E013": [(module(modules_deal=deal(more="name_field: close_date\n")), "21:13")],
    "module.E014": [
        (module(modules_deal=deal(more="duplicates: {match: [name, emial]}\n")), "21:28"),
        (module(modules_deal=deal(more="indexes: [[stage, amuont]]\n")), "21:19"),
        (module(modules_deal=DEAL.replace("field: amount", "field: amuont")), "20:12"),
        (module(modules_deal=deal(more="record_types: {a: {picklists: {stge: [won]}}}\n")), "21:32"),
    ],
    "module.E015": [(module(modules_deal=DEAL.replace("group: sales", "group: slaes")), "3:8")],
    "module.E016": [(module(modules_deal=deal(more="record_types: {a: {picklists: {name: [won]}}}\n")), "21:32")],
    "module.E017": [(module(modules_deal=deal(more="record_types: {a: {picklists: {stage: [won, lots]}}}\n")), "21:45")],
    "module.E018": [(module(modules_deal=deal(more="duplicates: {match: [forecast]}\n")), "21:14")],
    "module.E020": [(module(modules_deal=deal(more="activity: {about: organisation}\n")), "21:19")],
    "module.E021": [(module(modules_deal=deal(more="reminder: {at: close_date, before: amount}\n")), "21:36")],
    "field.E010": [(module(modules_deal=deal(fields="owner: {type: text}")), "16:3")],
    "field.E011": [(module(modules_deal=deal(fields="extra: {type: dat}")), "16:17")],
    "field.E012": [(module(modules_deal=deal(fields="extra: {type: lookup, to: organisation}")), "16:29")],
    "field.E013": [(module(modules_deal=deal(fields="extra: {type: picklist, picklist: stages}")), "16:37")],
    "field.E014": [(module(modules_deal=deal(fields="extra: {type: multi_picklist}")), "16:3")],
    "field.E015": [(module(modules_deal=deal(fields="extra: {type: picklist, picklist: stage, values: {a: A}}")), "16:44")],
    "field.E016": [
        (module(modules_deal=deal(fields="extra: {type: date, default: someday}")), "16:32"),
        (module(modules_deal=deal(fields="extra: {type: picklist, picklist: stage, default: wonn}")), "16:53"),
    ],
    "field.E017": [
        (module(modules_deal=deal(fields="extra: {type: integer, default: 1, default_expression: '2'}")), "16:58")
    ],
    "field.E018": [
        (module(modules_deal=deal(fields="extra: {type: integer, min: 5, max: 4}")), "16:39"),
        (module(modules_deal=deal(fields="extra: {type: text, min_length: 5, max_length: 4}")), "16:50"),
    ],
    "field.E029": [(module(modules_deal=deal(fields="extra: {type: text, max_length: 700, index: true}")), "16:47")],
    "field.E019": [(module(modules_deal=deal(fields="extra: {type: text, pattern: '(a+)+'}")), "16:32")],
    "field.E020": [(module(modules_deal=deal(fields="extra: {type: lookup, to: ['*', deal]}")), "16:25")],
    "field.E021": [(module(modules_deal=deal(fields="extra: {type: date, min: soon}")), "16:28")],
    "field.E022": [
        (
            module(
                modules_deal=deal(
                    fields="extra: {type: picklist, picklist: stage, default_expression: \"'won' if chance > 1 else 'lots'\"}"
                )
            ),
            "16:64",
        )
    ],
    "field.E030": [(module(modules_deal=deal(fields="extra: {type: formula, result: lookup, expression: amount}")), "16:34")],
    "field.E031": [(module(modules_deal=deal(fields="extra: {type: formula, expression: user.name}")), "16:38")],
    "field.E036": [
        (module(modules_deal=deal(fields="due: {type: formula, expression: 'add_working_days(close_date, 3)'}")), "16:36")
    ],
    "field.E032": [
        (
            module(modules_organization=ORGANIZATION + "  total: {type: rollup, relation: deal, function: count}\n"),
            "modules/organization.yaml:8:35",
        )
    ],
    "field.E033": [
        (
            module(modules_organization=ORGANIZATION + "  total: {type: rollup, relation: deals, function: sum, of: x}\n"),
            "modules/organization.yaml:8:61",
        )
    ],
    "field.E034": [
        (
            module(modules_organization=ORGANIZATION + "  total: {type: rollup, relation: deals, function: sum}\n"),
            "modules/organization.yaml:8:3",
        )
    ],
    "field.E035": [
        (
            module(
                modules_organization=ORGANIZATION + "  total: {type: rollup, relation: deals, function: sum, of: name}\n"
            ),
            "modules/organization.yaml:8:61",
        )
    ],
    "field.E040": [
        (
            module(
                modules_deal=deal(fields="a: {type: formula, expression: b + 1}\nb: {type: formula, expression: a + 1, result: decimal}"),
            ),
            "16:34",
        ),
        (
            module(
                modules_deal=deal(fields="share: {type: formula, result: money, expression: organization.total / 2}"),
                modules_organization=ORGANIZATION + "  total: {type: rollup, relation: deals, function: sum, of: share}\n",
            ),
            "modules/deal.yaml:16:53",
        ),
    ],
    "relation.E001": [
        (
            module(modules_deal=deal(fields="buyer: {type: lookup, to: organization, reverse: deals}")),
            "16:3",
        )
    ],
    "relation.E002": [
        (module(modules_deal=deal(fields="buyer: {type: lookup, to: organization, reverse: industry}")), "16:3"),
        (module(modules_deal=deal(more="relations: {amount: {kind: many_to_many, to: organization}}\n")), "21:13"),
    ],
    "relation.E003": [
        (module(modules_deal=deal(fields="buyer: {type: lookup, to: organization, reverse: history}")), "16:52"),
        (module(modules_deal=deal(more="relations: {links: {kind: many_to_many, to: organization}}\n")), "21:13"),
    ],
    "relation.E010": [(module(modules_deal=deal(more="relations: {others: {kind: many_to_many, to: org}}\n")), "21:46")],
    "picklist.E012": [
        ({"metadata_picklists_stage": STAGE.replace("  won:", "  held: {roles: [rpe]}\n  won:")}, ":5:18"),
        (module(modules_deal=deal(more="record_types: {a: {roles: [rpe]}}\n")), "21:28"),
    ],
    "field.E042": [
        (module(modules_deal=deal(fields="k: {type: picklist, values: {a: A}, depends_on: {field: name, options: {}}}")), "16:59"),
        (module(modules_deal=deal(fields="k: {type: picklist, values: {a: A}, depends_on: {field: stgae, options: {}}}")), "16:59"),
    ],
    "field.E043": [
        (module(modules_deal=deal(fields="k: {type: picklist, values: {a: A}, options_when: {b: stage == 'won'}}")), "16:57"),
        (module(modules_deal=deal(fields="k: {type: picklist, values: {a: A}, depends_on: {field: stage, options: {wno: [a]}}}")), "16:76"),
        (module(modules_deal=deal(fields="k: {type: picklist, values: {a: A}, depends_on: {field: stage, options: {won: [b]}}}")), "16:82"),
    ],
    "field.E044": [
        (module(modules_deal=deal(fields="k: {type: picklist, values: {a: A}, depends_on: {field: l, options: {}}}\nl: {type: picklist, values: {a: A}, depends_on: {field: k, options: {}}}")), "16:59"),
    ],
    "field.E045": [
        (module(modules_deal=deal(more="relations: {r: {kind: many_to_many, to: organization, attributes: {k: {type: picklist, values: {a: A}, depends_on: {field: stage, options: {}}}}}}\n")), "21:104"),
    ],
    "field.E009": [
        (module(modules_deal=deal(fields=f"k: {{type: text, label: {'x' * 121}}}")), "16:26"),
        (module(modules_deal=deal(fields=f"k: {{type: text, help: {'x' * 401}}}")), "16:25"),
        (module(modules_deal=deal(fields=f"k: {{type: picklist, values: {{a: {'x' * 121}}}}}")), "16:35"),
    ],
    "module.E009": [(module(modules_deal=deal(more=f"record_types: {{a: {{label: {'x' * 121}}}}}\n")), "21:27")],
    "translation.E009": [
        (module(metadata_translations_zh_CN=f"language: zh_CN\nmodules: {{deal: {{label: {'x' * 121}}}}}"), "2:25"),
    ],
    "field.E046": [
        (module(modules_deal=deal(fields="k: {type: picklist, values: {a: A}, options_when: {a: k == 'a'}}")), "16:57"),
    ],
    "picklist.E010": [(module(metadata_picklists_stage=STAGE.replace("default: open", "default: opne")), "2:10")],
    "picklist.E011": [
        (module(metadata_picklists_organization_industry="picklist: organization_industry\nvalues: {a: A}"), "1:11")
    ],
    "app.E012": [
        (module(metadata_app="app: {currency: USX, groups: {sales: {}}}"), "1:17"),
        (module(metadata_app="app: {currencies: [EUR, XXX], groups: {sales: {}}}"), "1:25"),
    ],
    "app.E013": [(module(metadata_app="app: {hours: {monday: 18:00-09:00}, groups: {sales: {}}}"), "1:23")],
    "app.E014": [(module(metadata_app="app: {holidays: {2026-02-30: Never}, groups: {sales: {}}}"), "1:30")],
    "app.E015": [(module(metadata_app="app: {holidays: {02-29: Leap, 2028-02-29: Leap day}, groups: {sales: {}}}"), "1:43")],
    "app.E017": [(module(metadata_app="app: {currencies: [EUR], rates: {EUR: 1.08, CHF: 1.05}, groups: {sales: {}}}"), "1:50")],
    "app.E016": [(module(metadata_app="app: {accent: '#ffcc00', groups: {sales: {}}}"), "1:15")],
    "picture.E001": [(module(metadata_app="app: {logo: PHN2Zy8+, groups: {sales: {}}}"), "1:13")],
    "app.E011": [(module(metadata_app="app: {groups: {sales: {modules: [deel]}}}"), "1:34")],
    "app.E010": [(module(metadata_app="app: {zone: Asia/Peking, groups: {sales: {}}}"), "1:13")],
    "role.E010": [(module(metadata_roles="roles: {rep: {modules: {dael: [view]}}}"), "1:25")],
    "role.E011": [(module(metadata_roles="roles: {rep: {modules: {}, parent: boss}}"), "1:36")],
    "role.E012": [
        (module(metadata_roles="roles: {a: {modules: {}, parent: b}, b: {modules: {}, parent: a}}"), "1:34")
    ],
    "email.E010": [
        (module(metadata_emails_hi="email: hi\nmodule: dael\nsubject: x\nbody: y"), "2:9")
    ],
    "template.W001": [
        (module(metadata_emails_hi="email: hi\nmodule: deal\nsubject: Hello {{ record.nmae }}\nbody: y"), "3:19")
    ],
    "translation.W001": [
        (
            module(metadata_translations_zh_CN="language: zh_CN\nmodules:\n  deal: {label: 商机, fields: {amuont: 金额}}"),
            "3:30",
        )
    ],
    "layout.E010": [({"layouts_dael": "module: dael\n"}, "layouts/dael.yaml:1:9")],
    "layout.E011": [
        (layout("record: {header: [amuont]}"), "2:19"),
        (layout("record: {blocks: {a: {fields: [name, amuont]}}}"), "2:38"),
        (layout("quick_create: [name, stage, amuont]"), "2:29"),
        (
            layout("variants: {a: {role: rep, record: {blocks: {b: {fields: [amuont]}}}}}")
            | {"metadata_roles": "roles: {rep: {modules: {'*': [view]}}}"},
            "2:58",
        ),
        (layout("list: {columns: [name, organization.indsutry]}"), "2:24"),
        (layout("list: {views: {a: {sort: [-amuont]}}}"), "2:27"),
        (layout("list: {views: {a: {columns: [amuont]}}}"), "2:30"),
        (layout("kanban: {field: stge}"), "2:17"),
        (layout("kanban: {field: stage, sum: amuont}"), "2:29"),
        (layout("kanban: {field: stage, card: [amuont]}"), "2:31"),
        (layout("calendar: {start: close_dtae}"), "2:19"),
        ({"layouts_organization": "module: organization\nrecord: {related: {deals: {columns: [amuont]}}}"}, "2:38"),
    ],
    "layout.E012": [({"layouts_organization": "module: organization\nrecord: {related: {dael: {}}}"}, "2:20")],
    "layout.E013": [
        (
            {
                "layouts_deal": "module: deal\nlist: {views: {a: {sort: [data2]}}}",
                "modules_deal": deal(fields="data2: {type: json}"),
            },
            "layouts/deal.yaml:2:27",
        )
    ],
    "layout.E014": [(layout("record: {path: amount}"), "2:16"), (layout("kanban: {field: name}"), "2:17")],
    "layout.E015": [(layout("kanban: {field: stage, sum: name}"), "2:29")],
    "layout.E016": [(layout("list: {views: {a: {default: true}, b: {default: true}}}"), "2:49")],
    "layout.E017": [
        (layout("calendar: {start: name}"), "2:19"),
        (layout("calendar: {start: close_date, end: created_at}"), "2:36"),
        (layout("calendar: {start: close_date, colour: amount}"), "2:39"),
    ],
    "layout.E018": [
        (
            {
                "layouts_deal": "module: deal\ncalendar: {start: close_date, end: close_date, duration: length}",
                "modules_deal": deal(fields="length: {type: duration}"),
            },
            "layouts/deal.yaml:2:58",
        )
    ],
    "layout.E019": [(layout("record: {blocks: {a: {fields: [name], tab: more}}}"), "2:44")],
    "layout.E020": [(layout("variants: {a: {record_type: tender}}"), "2:29")],
    "layout.E021": [(layout("variants: {a: {role: bos}}"), "2:22")],
    "layout.E022": [(layout("variants: {a: {record: {header: [name]}}}"), "2:12")],
    "layout.W001": [(layout("record: {blocks: {a: {fields: [name]}, b: {fields: [name]}}}"), "2:53")],
    "layout.W002": [(layout("quick_create: [amount]"), "2:1")],
    "workflow.E010": [({"workflows_dael": "module: dael\nworkflows: {}"}, "workflows/dael.yaml:1:9")],
    "workflow.E011": [
        (workflow(f"on: updated\nfields: [stge]\n{SET}"), "5:14"),
        (workflow(f"on: schedule\nschedule: {{field: close, days_before: 1}}\n{SET}"), "5:23"),
    ],
    "workflow.E012": [(workflow("on: created\ndo: [{set_field: {chance: 1}}]"), "5:11")],
    "workflow.E013": [
        (workflow("on: created\ndo: [{if: amount > 1}]"), "5:10"),
        (workflow("on: created\ndo: [{set_fields: {chance: 1}, email: {to: []}}]"), "5:10"),
    ],
    "workflow.E014": [(workflow(f"on: schedule\n{SET}"), "4:9")],
    "workflow.E015": [
        (workflow(f"on: schedule\nschedule: {{field: close_date}}\n{SET}"), "5:5"),
        (workflow(f"on: schedule\nschedule: {{cron: '* * * * *', days_after: 1}}\n{SET}"), "5:5"),
    ],
    "workflow.E016": [
        (workflow(f"on: schedule\nschedule: {{cron: '99 * * * *'}}\n{SET}"), "5:22"),
        (workflow(f"on: schedule\nschedule: {{cron: '* *'}}\n{SET}"), "5:22"),
    ],
    "workflow.E017": [(workflow(f"on: schedule\nschedule: {{field: name, days_after: 1}}\n{SET}"), "5:23")],
    "workflow.E018": [(workflow(f"on: becomes_true\n{SET}"), "4:9")],
    "workflow.E019": [(workflow("on: saved\nwhen: before_save\ndo: [{email: {to: [owner]}}]"), "6:11")],
    "workflow.E020": [(workflow(f"on: created\nfields: [stage]\n{SET}"), "5:5")],
    "workflow.E021": [(workflow("on: created\ndo: [{email: {to: [owner], template: hullo}}]"), "5:42")],
    "workflow.E022": [(workflow("on: created\ndo: [{answer: approved, set_fields: {chance: 1}}]"), "5:19")],
    "workflow.E023": [(workflow("on: created\ndo: [{answer: maybe, set_fields: {chance: 1}}]"), "5:19")],
    "workflow.E024": [(workflow("on: deleted\ndo: [{wait: {for: {days: 1}}}]"), "5:11")],
    "workflow.E030": [
        (workflow("on: created\ndo: [{set_fields: {chnce: 1}}]"), "5:24"),
        (workflow("on: created\ndo: [{set_fields: {record: organisation, name: name}}]"), "5:32"),
        (workflow("on: created\ndo: [{create_record: {module: organization, values: {nmae: name}}}]"), "5:58"),
    ],
    "workflow.E031": [
        (workflow("on: created\ndo: [{set_fields: {forecast: 1}}]"), "5:34"),
        (workflow("on: created\ndo: [{set_fields: {created_at: now()}}]"), "5:36"),
    ],
    "workflow.E032": [(workflow("on: created\ndo: [{create_record: {module: dael, values: {}}}]"), "5:35")],
    "workflow.E033": [(workflow("on: created\ndo: [{set_fields: {record: amount, name: name}}]"), "5:32")],
    "workflow.E040": [
        (workflow("on: saved\ndo: [{set_fields: {amount: amount + 1}}]"), "5:32"),
        (workflow("on: updated\nfields: [amount]\ndo: [{set_fields: {amount: old.amount + 1}}]"), "6:32"),
    ],
    "workflow.E041": [(workflow("on: created\ndo: [{create_record: {module: deal, values: {name: name}}}]"), "5:35")],
    "workflow.E050": [(workflow(f"on: stage_entered\n{SET}"), "4:9"), (workflow(f"on: webhook\n{SET}"), "4:9")],
    "workflow.E051": [(workflow(f"on: created\nstage: {{field: stage, to: [won]}}\n{SET}"), "5:5")],
    "workflow.E052": [(workflow(f"on: stage_entered\nstage: {{field: amount, to: [won]}}\n{SET}"), "5:20")],
    "workflow.E053": [(workflow(f"on: stage_entered\nstage: {{field: stage, to: [wonn]}}\n{SET}"), "5:32")],
    "workflow.E054": [
        (workflow(f"on: stage_entered\nstage: {{field: stage, to: [won], record_types: [tender]}}\n{SET}"), "5:53"),
    ],
    "workflow.E055": [(workflow(f"on: linked\nrelation: contacts\n{SET}"), "5:15")],
    "workflow.E056": [(workflow(f"on: webhook\nwebhook: {{as: 'role:boss', values: {{name: name}}}}\n{SET}"), "5:19")],
    "workflow.E057": [
        (workflow(f"on: webhook\nwebhook: {{as: 'user:anna', values: {{forecast: name}}}}\n{SET}"), "5:51"),
    ],
    "workflow.E058": [
        (workflow(f"on: webhook\nwebhook: {{as: 'user:anna', mode: save, values: {{name: name}}}}\n{SET}"), "5:5"),
    ],
    "workflow.E059": [
        (
            workflow(f"on: webhook\nwebhook: {{as: 'user:anna', mode: save, key: amount, values: {{amount: sum}}}}\n{SET}"),
            "5:49",
        )
    ],
    "workflow.E060": [
        (
            workflow(
                f"on: webhook\nwebhook: {{as: 'user:anna', mode: find, key: name, values: {{name: a, amount: b}}}}\n{SET}"
            ),
            "5:81",
        )
    ],
    "workflow.W001": [(workflow("on: updated\nfields: [chance]\ndo: [{set_fields: {chance: 1}}]"), "6:32")],
    "yaml.E013": [(module(modules_deal=DEAL.replace("amount * chance / 100", "concat('a #b', name)")), "15:17")],
    "yaml.E014": [(module(modules_deal=deal(fields="extra: {type: formula, expression: coalesce(amount, 0)}")), "16:38")],
}  # fmt: skip


@pytest.mark.parametrize(
    ("code", "documents", "place"), [(code, *case) for code, cases in CASES.items() for case in cases]
)
def test_a_mistake_is_found_at_its_place(code: str, documents: dict[str, str], place: str) -> None:
    compiled = compile_base(**documents)
    found = [item for item in compiled.diagnostics if item.code == code]
    assert [str(item.location) for item in found if str(item.location).endswith(place)], places(compiled)
    assert (compiled.model is None) == code.partition(".")[2].startswith("E")
    text = found[0].message + found[0].hint
    assert not re.search(r"(?<!\{)\{[a-z_]+\}(?!\})", text), text


def test_one_mistake_is_one_diagnostic() -> None:
    allowed = {"layer.W001", "layout.W002", "expression.E010"}
    for code, cases in CASES.items():
        for documents, _ in cases:
            others = set(codes(compile_base(**documents))) - {code} - allowed
            assert not others, (code, documents, others)


def test_every_code_of_the_package_is_provoked_by_a_test() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    package = Path(__file__).parents[2] / "platform" / "fieldstone" / "metadata"
    ours = "".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py"))
    missing = [
        code.code
        for code in all_codes()
        if code.code.partition(".")[0] in AREAS and f'"{code.code}"' in ours and code.code not in sources
    ]
    assert not missing


def test_problems_in_expressions_stand_at_their_column() -> None:
    compiled = compile_base(modules_deal=DEAL.replace("amount * chance / 100", "amount * chnce / 100"))
    assert places(compiled) == ["expression.E010 modules/deal.yaml:15:26"]
    block = DEAL.replace(
        "    expression: amount * chance / 100\n", "    expression: |-\n      amount *\n        chnce\n"
    )
    assert places(compile_base(modules_deal=block)) == ["expression.E010 modules/deal.yaml:17:9"]


@pytest.mark.parametrize(
    ("documents", "code"),
    [
        (module(modules_deal=DEAL.replace("amount * chance / 100", "name")), "expression.E025"),
        (module(modules_deal=DEAL.replace("if: stage", "if: stge")), "expression.E010"),
        (module(modules_deal=DEAL.replace("'won'", "'wonn'")), "expression.E022"),
        (module(modules_deal=deal(fields="extra: {type: date, visible_when: amuont > 1}")), "expression.E010"),
        (module(modules_deal=deal(fields="extra: {type: date, required_when: amount}")), "expression.E025"),
        (module(modules_deal=deal(fields="extra: {type: date, default_expression: amount}")), "expression.E025"),
        (layout('list: {views: {a: {filter: "amuont > 1"}}}'), "expression.E010"),
        (layout("record: {blocks: {a: {fields: [name], visible_when: amuont > 1}}}"), "expression.E010"),
        (workflow(f"on: created\nif: amuont > 1\n{SET}"), "expression.E010"),
        (workflow("on: created\ndo: [{set_fields: {chance: 1}, if: amuont > 1}]"), "expression.E010"),
        (workflow("on: created\ndo: [{set_fields: {chance: name}}]"), "expression.E025"),
        (
            module(
                modules_organization=ORGANIZATION
                + "  n: {type: rollup, relation: deals, function: count, where: amuont > 1}\n"
            ),
            "expression.E010",
        ),
    ],
)
def test_every_expression_is_typed(documents: dict[str, str], code: str) -> None:
    assert code in codes(compile_base(**documents))


def test_a_cycle_is_told_by_its_path_once() -> None:
    documents = CASES["field.E040"][1][0]
    found = compile_base(**documents).diagnostics.errors
    assert [item.message for item in found] == [
        "The field depends on itself: deal.share → organization.total → deal.share."
    ]


def test_a_broken_type_is_told_once() -> None:
    text = DEAL.replace("amount: {type: money, min: 0, index: true}", "amount: {type: monney}")
    assert codes(compile_base(modules_deal=text)) == ["field.E011"]


def test_workflows_with_a_condition_or_before_the_save_may_set_what_they_watch() -> None:
    for text in (
        "on: saved\nif: is_empty(amount)\ndo: [{set_fields: {amount: 1}}]",
        "on: saved\nwhen: before_save\ndo: [{set_fields: {amount: 1}}]",
        "on: updated\nfields: [stage]\ndo: [{set_fields: {amount: amount + 1}}]",
        "on: saved\ndo: [{set_fields: {record: organization, revenue: 1}}]",
        "on: saved\ndo: [{set_fields: {amount: 1}, if: is_empty(amount)}]",
    ):
        assert codes(compile_base(**workflow(text))) == []
