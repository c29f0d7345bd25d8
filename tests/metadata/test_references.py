"""Where documents say a name: every kind of document, every kind of name, and the whole standard CRM."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.compiler import Compilation, compile_model
from fieldstone.metadata.layers import Layer, standard_layer
from fieldstone.metadata.loader import parse_document
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.references.finding import find_references
from fieldstone.metadata.references.renames import Rename
from fieldstone.metadata.references.rewriting import rewrite
from fieldstone.metadata.references.settling import apply_renames, settle_moves
from fieldstone.metadata.writer import write_document
from fieldstone.workflows.actions.registry import ACTION_SCHEMAS
from fieldstone.workflows.triggers import TRIGGERS
from metadata.example import FIELD_TYPES, layer

NEW = "zz_"
STANDARD = standard_layer()


def compiled(*layers: Layer, catalogue: Catalogue | None = None) -> Compilation:
    return compile_model(
        layers,
        field_types=FIELD_TYPES,
        catalogue=catalogue or Catalogue(),
        actions=ACTION_SCHEMAS,
        triggers=TRIGGERS,
    )


@cache
def standard() -> Compilation:
    return compiled(STANDARD)


def renamed(path: str) -> str:
    owner, dot, last = path.rpartition(".")
    return f"{owner}{dot}{NEW}{last}"


def targets() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Kind and paths of everything in the standard CRM; the values of a picklist together."""
    model = standard().get_model()
    for module in model.modules.values():
        yield "module", (module.name,)
        parts = {"field": module.fields, "relation": module.relations, "record_type": module.record_types}
        for kind, names in parts.items():
            yield from ((kind, (f"{module.name}.{name}",)) for name in names)
    for picklist in model.picklists.values():
        yield "picklist", (picklist.name,)
        yield "picklist_value", tuple(f"{picklist.name}.{key}" for key in picklist.values)
    yield from (("role", (role,)) for role in model.roles)


def plain(value: Any) -> Any:
    """A model as plain data by the old names."""
    if isinstance(value, str):
        return re.sub(r"\bZz (\w)", lambda match: match.group(1).upper(), value.replace(NEW, ""))
    if isinstance(value, Mapping):
        return {plain(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, set | frozenset):
        return sorted(map(str, map(plain, value)))
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    return value


def parts_of(model: AppModel) -> Any:
    parts = ("app", "modules", "layouts", "picklists", "workflows", "roles", "emails", "texts")
    return {part: plain(getattr(model, part)) for part in parts}


def test_the_whole_standard_crm_can_be_renamed_one_by_one() -> None:
    """A site's move renames something of the layer below: nothing breaks, and only the name differs."""
    before = standard()
    expected = parts_of(before.get_model())
    for kind, paths in targets():
        moves = [
            {"id": f"m-{number}", "rename": {"kind": kind, "from": path, "to": renamed(path)}}
            for number, path in enumerate(paths)
        ]
        site = Layer(name="site", documents={"metadata/moves.yaml": write_document({"moves": moves})})
        settled = settle_moves([STANDARD, site], [STANDARD])
        assert not settled.problems
        assert settled.layers == (STANDARD, site)
        catalogue = apply_renames(before.catalogue, settled.renames)
        after = compiled(*settled.layers, catalogue=catalogue)
        assert [str(problem) for problem in after.diagnostics] == [], paths
        assert parts_of(after.get_model()) == expected, paths
        assert len(after.catalogue) == len(before.catalogue)
        assert any(settled.rewrites.values())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_renaming_there_and_back_gives_the_same_documents(data: st.DataObject) -> None:
    kind, paths = data.draw(st.sampled_from(list(targets())))
    there = [Rename(kind=kind, old=path, new=renamed(path)) for path in paths]
    back = [Rename(kind=kind, old=renamed(path), new=path) for path in paths]
    changed = rewrite([canonical()], there)
    assert changed != (canonical(),)
    assert rewrite(changed, back) == (canonical(),)


@cache
def canonical() -> Layer:
    """The standard CRM as the writer writes it."""
    texts = {}
    for path, text in STANDARD.documents.items():
        root = parse_document(text, path, Diagnostics())
        assert root is not None
        texts[path] = write_document(root.data())
    return Layer(name=STANDARD.name, documents=texts)


CITY = """\
module: city
fields:
  name: {type: text}
  region: {type: picklist, values: {north: North, south: South}}
  mayor: {type: lookup, to: person}
"""
PERSON = """\
module: person
name_field: name
record_types:
  adult: {picklists: {mood: [glad, sad]}}
  child: {label: Child}
fields:
  name: {type: text, default_expression: "concat(city.name, ' ', note)"}
  note: {type: text, visible_when: "old.mood == 'sad' and record_type == 'adult'"}
  mood: {type: picklist, picklist: mood, default: glad, after: name}
  moods: {type: multi_picklist, picklist: mood}
  next_mood:
    type: picklist
    picklist: mood
    default_expression: "'sad' if 'glad' == mood != 'sad' else coalesce(mood, 'glad')"
  city: {type: lookup, to: city, on_delete: clear}
  begins: {type: date}
  ends: {type: date}
  whole: {type: checkbox}
  residents: {type: rollup, relation: city_mayor, function: count, where: "mayor.mood in ('glad', 'sad')"}
  closest: {type: rollup, relation: friends, function: max, of: name, where: "link.role == 'good'"}
relations:
  friends:
    kind: many_to_many
    to: person
    reverse: friend_of
    attributes: {role: {type: picklist, values: {good: Good}}}
duplicates: {match: [name, mood]}
rules:
  happy:
    if: has(moods, 'sad') or changed_to(mood, 'sad') or user.role == 'rep' or has_role('rep')
    message: No
    field: mood
indexes: [[name, mood], [city]]
"""
MOOD = "picklist: mood\ndefault: glad\nvalues: {glad: Glad, sad: Sad}\n"
LAYOUT = """\
module: person
record:
  header: [mood, owner]
  path: mood
  blocks: {main: {fields: [name, mood], visible_when: "mood == 'glad'"}}
  related: {city_mayor: {columns: [name, region, mayor.mood], sort: [-region]}, friends: {columns: [mood]}}
  hidden: [note, friend_of]
quick_create: [name, mood]
list:
  columns: [name, city.region, mood]
  views: {glad: {filter: "mood == 'glad' and city.region != 'north'", columns: [mood], sort: [-mood]}}
kanban: {field: mood, card: [city], sum: residents}
calendar: {start: begins, end: ends, all_day: whole, colour: mood}
"""
WORKFLOWS = """\
module: person
workflows:
  w:
    on: updated
    fields: [mood]
    if: changed(mood)
    do:
      - {if: "mood == 'sad'", set_fields: {mood: "'glad'", next_mood: mood}}
      - set_fields: {record: city, region: "'north' if mood == 'sad' else 'south'"}
      - create_record: {module: city, values: {name: "concat(note, mood)", region: "'north'"}}
      - email: {to: [owner, "role:rep", "field:note"], template: hello}
      - email: {to: ["field:note"], subject: "{{ record.mood }}", body: "{% if record.city.mayor %}x{% endif %}"}
      - notify: {to: ["role:rep"], message: "{{ record.mood | upper }} record.mood"}
      - webhook: {url: "https://example.com", fields: [mood, city]}
      - assign: {round_robin: ["role:rep"]}
  s: {on: schedule, schedule: {field: mood, days_before: 1}, do: [{comment: {text: "{{ record.mood }}"}}]}
"""
HELLO = 'email: hello\nmodule: person\nsubject: "{{ record.mood }}"\nbody: "{{ record.city.region }}"\n'
ROLES = "roles:\n  rep: {modules: {person: [view], '*': []}}\n  boss: {parent: rep, modules: {city: [view]}}\n"
APP = "app: {groups: {main: {label: Main, modules: [person, city]}}}\n"
WORDS = """\
language: zh_CN
modules:
  person:
    fields: {mood: 心情}
    blocks: {main: 主}
    relations: {city_mayor: 市, friends: 友, friend_of: 友}
    record_types: {adult: 大}
    views: {glad: 高兴}
    rules: {happy: 不}
    workflows: {w: 流}
  city: {fields: {region: 地}}
picklists: {mood: {values: {glad: 高, sad: 悲}}, city_region: {values: {north: 北}}}
roles: {rep: 员}
emails: {hello: {subject: "{{ record.mood }}"}}
"""
SMALL = layer(
    {
        "modules/city.yaml": CITY,
        "modules/person.yaml": PERSON,
        "layouts/person.yaml": LAYOUT,
        "workflows/person.yaml": WORKFLOWS,
        "metadata/picklists/mood.yaml": MOOD,
        "metadata/emails/hello.yaml": HELLO,
        "metadata/roles.yaml": ROLES,
        "metadata/app.yaml": APP,
        "metadata/translations/zh_CN.yaml": WORDS,
    }
)


def after(kind: str, old: str, new: str) -> Mapping[str, str]:
    return rewrite([SMALL], [Rename(kind=kind, old=old, new=new)])[0].documents


def words(text: str, word: str) -> int:
    return len(re.findall(rf"\b{word}\b", text))


def test_a_field_is_renamed_wherever_it_is_named() -> None:
    documents = after("field", "person.mood", "person.zeal")
    left = {path: words(text, "mood") for path, text in documents.items() if words(text, "mood")}
    # What stays: the picklist of that name, and words outside the braces of a template.
    assert left == {
        "metadata/picklists/mood.yaml": 1,
        "metadata/translations/zh_CN.yaml": 1,
        "modules/person.yaml": 3,
        "workflows/person.yaml": 1,
    }
    assert words(documents["modules/person.yaml"], "picklist: mood") == 3
    assert "record.mood" in documents["workflows/person.yaml"]
    for path, text in SMALL.documents.items():
        assert words(documents[path], "zeal") == words(text, "mood") - left.get(path, 0), path


def test_a_path_changes_only_where_it_leads_to_the_field() -> None:
    documents = after("field", "city.name", "city.title")
    assert "concat(city.title, ' ', note)" in documents["modules/person.yaml"]
    assert words(documents["modules/person.yaml"], "title") == 1
    assert "columns: [title, region, mayor.mood]" in documents["layouts/person.yaml"]
    assert words(documents["layouts/person.yaml"], "title") == 1
    assert words(documents["workflows/person.yaml"], "title") == 1


def test_a_value_is_renamed_beside_the_fields_that_hold_it() -> None:
    documents = after("picklist_value", "mood.sad", "mood.low")
    assert not any(words(text, "sad") for text in documents.values())
    kept = after("picklist_value", "city_region.north", "city_region.upper")
    assert not any(words(text, "north") for text in kept.values())
    assert words(after("picklist_value", "mood.good", "mood.fine")["modules/person.yaml"], "good") == 2
    role = after("picklist_value", "person_friends_role.good", "person_friends_role.fine")
    assert "link.role == 'fine'" in role["modules/person.yaml"]
    assert not words(role["modules/person.yaml"], "good")


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("role", "rep", "seller"),
        ("record_type", "person.adult", "person.grown"),
        ("field", "person.note", "person.remark"),
        ("field", "person.city", "person.town"),
        ("field", "city.region", "city.area"),
        ("field", "person.friends.role", "person.friends.part"),
        ("relation", "person.friends", "person.mates"),
        ("relation", "person.friend_of", "person.mate_of"),
        ("picklist", "mood", "temper"),
    ],
)
def test_no_old_name_is_left(kind: str, old: str, new: str) -> None:
    documents = after(kind, old, new)
    assert documents != SMALL.documents
    references = find_references([layer(documents)], kind, old)
    assert references == []
    assert len(find_references([layer(documents)], kind, new)) == len(find_references([SMALL], kind, old))


def test_what_is_named_after_something_follows_it() -> None:
    field = after("field", "city.mayor", "city.head")
    assert not any("city_mayor" in text for text in field.values())
    assert "relation: city_head" in field["modules/person.yaml"]
    module = after("module", "city", "town")
    assert not any(words(text, "city_mayor") or words(text, "city_region") for text in module.values())
    assert "modules/city.yaml" not in module
    assert module["modules/town.yaml"].startswith("module: town\n")
    assert "city: {" not in module["metadata/translations/zh_CN.yaml"]
    assert "town_region:" in module["metadata/translations/zh_CN.yaml"]
    assert "concat(city.name" in module["modules/person.yaml"], "the lookup of that name is another thing"


def test_a_related_list_without_a_name_of_its_own_gets_one() -> None:
    documents = after("relation", "person.city_mayor", "person.cities")
    assert "reverse: cities" in documents["modules/city.yaml"]
    assert not any("city_mayor" in text for text in documents.values())


def test_references_tell_file_place_and_text() -> None:
    found = find_references([SMALL], "field", "city.region")
    assert [(each.file, each.location.line, each.path, each.text) for each in found[:3]] == [
        ("layouts/person.yaml", 6, "record.related.city_mayor.columns.1", "region"),
        ("layouts/person.yaml", 6, "record.related.city_mayor.sort.0", "-region"),
        ("layouts/person.yaml", 10, "list.columns.1", "city.region"),
    ]
    assert {each.file for each in found} == {
        "layouts/person.yaml", "metadata/emails/hello.yaml", "metadata/translations/zh_CN.yaml",
        "workflows/person.yaml",
    }  # fmt: skip


def test_what_cannot_be_read_stays_as_it_is() -> None:
    broken = {
        **SMALL.documents,
        "modules/broken.yaml": "module: [",
        "modules/odd.yaml": "module: odd\nfields: {x: 3, mood: {type: formula, expression: 'mood +'}}\n",
    }
    documents = rewrite([layer(broken)], [Rename(kind="field", old="odd.mood", new="odd.zeal")])[0].documents
    assert documents["modules/broken.yaml"] == "module: ["
    assert "zeal:" in documents["modules/odd.yaml"]
    assert '"mood +"' in documents["modules/odd.yaml"]
