"""Modules: made from a starting kind or as a copy of another, described, hidden, taken out of use and brought back."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fieldstone.changes.editing.starting_kinds import STARTING_KINDS, VALUE_WORDS, WORDS, StartingKind
from fieldstone.changes.editing.whole import remove_document, removed_of, restore_document
from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import patch_document, read_effective
from fieldstone.metadata.documents import MODULE
from fieldstone.metadata.layers import Layer

Plain = dict[str, Any]

SOURCE_LANGUAGE = "en"
"""The language of the documents themselves."""
_HEAD = (
    "module", "label", "plural", "group", "icon", "help", "hidden", "removed", "searchable", "name_field", "number",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class NewModule:
    """What somebody asks for. `words`: language → part (label, plural) → text. `prefix` of its numbers; with none and
    a kind that numbers, it is made from the name."""

    name: str
    label: str
    plural: str
    group: str = ""
    icon: str = ""
    prefix: str = ""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def module_path(name: str) -> str:
    return f"modules/{name}.yaml"


def layout_path(name: str) -> str:
    return f"layouts/{name}.yaml"


def translation_path(language: str) -> str:
    return f"metadata/translations/{language}.yaml"


def create_module(layers: Sequence[Layer], kind_name: str, new: NewModule, languages: Collection[str]) -> Layer:
    """The site layer with a module of a starting kind, with its layout, its line items and the words of `languages`.
    Raises KeyError for a kind that does not exist."""
    kind = STARTING_KINDS[kind_name]
    writer = _Writer(layers)
    items = f"{new.name[:34]}_items"
    known = {path.removeprefix("modules/").removesuffix(".yaml") for layer in layers for path in layer.documents}
    writer.put(module_path(new.name), _headed(kind.module, kind, new, {"module": new.name}, known, (new.name, items)))
    writer.put(layout_path(new.name), _layout(kind.layout, kind, new.name, known))
    if kind.items:
        words = WORDS["items"]
        child = NewModule(
            name=items, label=f"{new.label} {words['en'].lower()[:-1]}", plural=f"{new.label} {words['en'].lower()}",
            group=new.group, icon="list-ol",
        )  # fmt: skip
        writer.put(module_path(items), _headed(kind.items, kind, child, {"module": items}, known, (new.name, items)))
        writer.put(layout_path(items), _layout(kind.items_layout, kind, items, known))
    for language in languages:
        said = new.words.get(language, {})
        wanted = _words(kind.module, kind.layout, language, said)
        picklists = _value_words(kind.module, language, new.name)
        modules = {new.name: wanted}
        if kind.items and language in WORDS["items"]:
            label = f"{said.get('label') or new.label}{WORDS['items'][language]}"
            modules[items] = _words(kind.items, kind.items_layout, language, {"label": label, "plural": label})
        writer.put_words(language, modules, picklists)
    return writer.site


def copy_module(layers: Sequence[Layer], source: str, new: NewModule, languages: Collection[str]) -> Layer:
    """The site layer with a module like another one: its fields, rules, layout and words, and no records.

    Its lookups to itself lead to the new one. What sums up or shows related lists that only the other has is left
    out, with all that reads it.
    """
    writer = _Writer(layers)
    data = read_effective(layers, module_path(source))
    fields = {name: _copied_field(entry, source, new.name) for name, entry in (data.get("fields") or {}).items()}
    own = {*(data.get("relations") or {}), *(each["reverse"] for each in fields.values() if each.get("reverse"))}
    gone = {name for name, each in fields.items() if each.get("type") == "rollup" and each.get("relation") not in own}
    while more := {name for name in fields.keys() - gone if _reads(fields[name], gone)}:
        gone |= more
    relations = {
        name: {key: value for key, value in each.items() if not key.startswith("reverse")}
        for name, each in (data.get("relations") or {}).items()
    }
    rules = {name: rule for name, rule in (data.get("rules") or {}).items() if not _reads(rule, gone)}
    wanted = {
        **data, "module": new.name, "label": new.label, "plural": new.plural, "group": new.group, "icon": new.icon,
        "fields": {name: each for name, each in fields.items() if name not in gone}, "relations": relations,
        "rules": rules,
    }  # fmt: skip
    if wanted.get("number"):
        wanted["number"] = {**wanted["number"], "prefix": new.prefix or _prefix(new.name)}
    wanted = {key: value for key, value in wanted.items() if value not in ("", {}, None)}
    writer.put(module_path(new.name), wanted)
    layout = read_effective(layers, layout_path(source))
    if layout:
        writer.put(layout_path(new.name), _copied_layout(layout, new.name, gone, own))
    for language in languages:
        said = read_effective(layers, translation_path(language))
        words = (said.get("modules") or {}).get(source) or {}
        kept = {key: value for key, value in words.items() if key not in ("label", "plural", "relations", "workflows")}
        for part in ("fields", "rules"):
            entries = {name: text for name, text in (kept.get(part) or {}).items() if name in wanted.get(part, {})}
            kept = {key: value for key, value in kept.items() if key != part} | ({part: entries} if entries else {})
        prefix = f"{source}_"
        picklists = {
            f"{new.name}_{name.removeprefix(prefix)}": text
            for name, text in (said.get("picklists") or {}).items()
            if name.removeprefix(prefix) in wanted["fields"] and "values" in wanted["fields"][name.removeprefix(prefix)]
        }
        writer.put_words(language, {new.name: {**new.words.get(language, {}), **kept}}, picklists)
    return writer.site


def describe_module(data: Mapping[str, Any], said: Mapping[str, Any]) -> Plain:
    """A module's document with other attributes; those that are None or "" are taken out of it."""
    wanted = {key: value for key, value in (dict(data) | dict(said)).items() if value not in (None, "")}
    return {key: wanted[key] for key in _HEAD if key in wanted} | wanted


def remove_module(layers: Sequence[Layer], name: str) -> Layer:
    """The site layer that takes a module out of use. Its records stay, and so does all that the documents say about
    it; the places that list it are passed over while it is gone."""
    return remove_document(layers, module_path(name))


def restore_module(layers: Sequence[Layer], name: str) -> Layer:
    """The site layer that brings a removed module back."""
    return restore_document(layers, module_path(name))


def removed_modules(layers: Sequence[Layer]) -> dict[str, Plain]:
    """Name → what the documents say of themselves (label, plural, icon) of the modules that are out of use."""
    return removed_of(layers, MODULE)


def with_module_words(data: Mapping[str, Any], module: str, words: Mapping[str, str]) -> Plain:
    """A language's document with other words for a module itself: part (label, plural, help) → text, "" takes it
    away."""
    modules = dict(data.get("modules") or {})
    said = {**(modules.get(module) or {}), **words}
    modules[module] = {key: value for key, value in said.items() if value}
    if not modules[module]:
        del modules[module]
    return {**data, "modules": modules} if modules else {key: value for key, value in data.items() if key != "modules"}


class _Writer:
    """Documents put into the site layer one after the other."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self._layers = layers
        self.site = layers[-1]

    def put(self, path: str, wanted: Mapping[str, Any]) -> None:
        self.site = patch_document(with_site_layer(self._layers, self.site), path, wanted)

    def put_words(self, language: str, modules: Mapping[str, Plain], picklists: Mapping[str, Any]) -> None:
        path = translation_path(language)
        said = read_effective(with_site_layer(self._layers, self.site), path)
        whole = {**said, "language": language, "modules": {**(said.get("modules") or {}), **modules}}
        whole["modules"] = {name: words for name, words in whole["modules"].items() if words}
        if picklists:
            whole["picklists"] = {**(said.get("picklists") or {}), **picklists}
        if modules and any(modules.values()):
            self.put(path, whole)


def _headed(
    data: Mapping[str, Any], kind: StartingKind, new: NewModule, head: Plain, known: Collection[str],
    names: tuple[str, str],
) -> Plain:  # fmt: skip
    module, items = names
    made: Plain = {**head, "label": new.label, "plural": new.plural, "group": new.group, "icon": new.icon or kind.icon}
    made |= _filled(dict(data), {"{module}": module, "{items}": items})
    left_out = _left_out(kind, known)
    made["fields"] = {name: each for name, each in made["fields"].items() if name not in left_out}
    if "number" in made:
        made["number"] = {"prefix": new.prefix or _prefix(new.name), **made["number"]}
    return {key: value for key, value in made.items() if value != ""}


def _layout(data: Mapping[str, Any], kind: StartingKind, name: str, known: Collection[str]) -> Plain:
    made: Plain = _listed_without(_filled(dict(data), {}), _left_out(kind, known))
    return {"module": name, **made}


def _left_out(kind: StartingKind, known: Collection[str]) -> set[str]:
    return {field for field, module in kind.needs.items() if module not in known}


def _filled(value: Any, names: Mapping[str, str], key: str = "") -> Any:
    """The data with its labels in the language of the documents and its places filled in."""
    if isinstance(value, Mapping):
        return {inner: _filled(each, names, inner) for inner, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, names) for each in value]
    if isinstance(value, str) and key in ("label", "reverse_label") and value in WORDS:
        return WORDS[value][SOURCE_LANGUAGE]
    return names.get(value, value) if isinstance(value, str) else value


def _listed_without(value: Any, gone: Collection[str]) -> Any:
    """A layout without the fields that are gone."""
    if isinstance(value, Mapping):
        return {key: _listed_without(each, gone) for key, each in value.items()}
    if isinstance(value, list):
        return [each for each in value if not isinstance(each, str) or each.lstrip("-") not in gone]
    return value


def _words(data: Mapping[str, Any], layout: Mapping[str, Any], language: str, said: Mapping[str, str]) -> Plain:
    """The words of a starting kind's module in a language."""
    found: Plain = {part: text for part, text in said.items() if text}
    fields = {name: _word(each, language) for name, each in data["fields"].items()}
    blocks = {name: _word(each, language) for name, each in ((layout.get("record") or {}).get("blocks") or {}).items()}
    rules = {
        name: VALUE_WORDS.get(language, {}).get(each["message"], "") for name, each in (data.get("rules") or {}).items()
    }
    for part, words in (("fields", fields), ("blocks", blocks), ("rules", rules)):
        known = {name: text for name, text in words.items() if text}
        if known:
            found[part] = known
    return found


def _word(entry: Mapping[str, Any], language: str) -> str:
    return WORDS.get(str(entry.get("label")), {}).get(language, "") if language != SOURCE_LANGUAGE else ""


def _value_words(data: Mapping[str, Any], language: str, module: str) -> Plain:
    words = VALUE_WORDS.get(language, {})
    found = {
        f"{module}_{name}": {"values": {key: words[value["label"]] for key, value in entry["values"].items()}}
        for name, entry in data["fields"].items()
        if "values" in entry and words
    }
    return dict(found)


def _prefix(name: str) -> str:
    """site_visit → SV-, quote → QUO-"""
    words = name.split("_")
    return ("".join(word[0] for word in words) if len(words) > 1 else name[:3]).upper() + "-"


def _copied_field(entry: Mapping[str, Any], source: str, name: str) -> Plain:
    made = {key: value for key, value in entry.items() if key != "after"}
    to = made.get("to")
    targets = [to] if isinstance(to, str) else list(to or ())
    if targets == [source]:
        return {**made, "to": name}
    if source in targets:
        made["to"] = [name if each == source else each for each in targets]
    return {key: value for key, value in made.items() if key not in ("reverse", "reverse_label")}


def _copied_layout(layout: Mapping[str, Any], name: str, gone: Collection[str], own: Collection[str]) -> Plain:
    made: Plain = {**_listed_without(dict(layout), gone), "module": name}
    record = dict(made.get("record") or {})
    if "related" in record:
        record["related"] = {each: shown for each, shown in record["related"].items() if each in own}
        made["record"] = {key: value for key, value in record.items() if value != {}}
    views = (made.get("list") or {}).get("views")
    if views:
        kept = {each: view for each, view in views.items() if not _reads({"if": view.get("filter", "")}, gone)}
        made["list"] = {**made["list"], "views": kept}
    return made


_READING = ("expression", "default_expression", "visible_when", "required_when", "read_only_when", "if", "field")


def _reads(entry: Mapping[str, Any], names: Collection[str]) -> bool:
    """Whether an expression of a field or a rule names one of the fields."""
    said = [str(entry.get(key, "")) for key in _READING] + [*map(str, (entry.get("options_when") or {}).values())]
    return any(name in re.findall(r"\w+", text) for text in said for name in names)
