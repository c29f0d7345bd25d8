"""The properties of a field as a form: made from the schema of its type, so that a plugin's types have one too.

`property_groups` gives what `setup/_properties.html` draws, `read_properties` the entry of the document that a
submitted form says, `read_words` what it says in other languages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

from werkzeug.datastructures import MultiDict

from fieldstone.fields.base import FieldType
from fieldstone.fields.definition import FieldDef
from fieldstone.metadata.builders.words import label_from
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.scalars import resolve_plain
from fieldstone.metadata.schemas.field import field_schema
from fieldstone.web.i18n import LANGUAGES, current_language
from fieldstone.web.setup.property_choices import property_choices
from fieldstone.web.setup.property_values import read_lines, show_lines
from fieldstone.web.setup.property_words import GROUPS, property_words

PREFIX = "p."
WORDS_PREFIX = "w."
TRANSLATED = ("label", "help", "placeholder")
SOURCE_LANGUAGE = "en"
"""What the documents themselves are mostly written in: its words stand on the field."""

_OWN_KINDS = {
    "type": "choice", "help": "lines", "values": "values", "to": "several", "picklist": "choice", "result": "choice",
    "relation": "choice", "of": "choice", "searchable": "choice", "pattern": "code", "reverse": "code",
}  # fmt: skip
_ELSEWHERE = frozenset({"depends_on", "options_when"})
"""Properties with an editor of their own."""
_DEFAULTS = {
    each.name: each.default if each.default is not MISSING else None for each in fields(FieldDef)
} | {"to": (), "values": {}}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Property:
    """`kind` says which control asks for it: text, lines, code (a name or a pattern), expression, flag, whole,
    scalar, choice, several, values. `value` is what the control holds: a text, a list for `several`, a bool for
    `flag`. `choices` are (value, words); `said`: the documents say it. `hint` is what holds while it is empty. `scope`
    is the module that an expression is about."""

    name: str
    kind: str
    label: str
    help: str
    value: Any
    required: bool = False
    said: bool = False
    choices: Sequence[tuple[str, str]] = ()
    low: int | None = None
    high: int | None = None
    longest: int | None = None
    scope: str = ""
    hint: str = ""

    @property
    def key(self) -> str:
        """Its name in the form."""
        return PREFIX + self.name


@dataclass(frozen=True, kw_only=True)
class PropertyGroup:
    label: str
    properties: Sequence[Property]


@dataclass(frozen=True, kw_only=True)
class WordRow:
    """What a field is called in one more language: `values` by part (label, help, placeholder)."""

    language: str
    label: str
    tag: str
    values: Mapping[str, str] = field(default_factory=dict)

    def key(self, part: str) -> str:
        return f"{WORDS_PREFIX}{self.language}.{part}"


def property_groups(
    field_type: FieldType, said: Mapping[str, Any], *, model: AppModel, module: str, name: str = ""
) -> list[PropertyGroup]:
    """All properties that a field of this type may have, with what its entry in the documents says (`said`).

    `module` is the one the field is of, `name` what it is called ("" when it is new); groups that would be empty are
    left out, as are values of its own beside a picklist.
    """
    schema = field_schema(field_type)
    known: dict[str, Mapping[str, Any]] = schema["properties"]
    required = set(schema.get("required", ()))
    named = {each for _label, names in GROUPS for each in names}
    groups = []
    for position, (label, names) in enumerate(GROUPS):
        wanted = [each for each in names if each in known and not (each == "values" and "picklist" in said)]
        if position == len(GROUPS) - 1:
            wanted += [each for each in known if each not in named and each not in _ELSEWHERE]
        found = [
            _property(each, known[each], field_type, said, model, (module, name), each in required and each != "type")
            for each in wanted
        ]
        if found:
            groups.append(PropertyGroup(label=str(label), properties=found))
    return groups


def word_rows(model: AppModel, module: str, name: str) -> list[WordRow]:
    """What the field is called in the other languages of the interface, the reader's first; "" where nothing."""
    languages = [each for each in LANGUAGES if each != SOURCE_LANGUAGE or model.texts.get(each)]
    languages.sort(key=lambda each: each != current_language())
    rows = []
    for language in languages:
        texts = model.texts.get(language, {})
        values = {part: texts.get(f"field.{module}.{name}.{part}", "") for part in TRANSLATED}
        rows.append(
            WordRow(language=language, label=LANGUAGES[language], tag=language.replace("_", "-"), values=values)
        )
    return rows


def read_properties(form: MultiDict[str, str], field_type: FieldType, said: Mapping[str, Any]) -> dict[str, Any]:
    """The field's entry as the form wants it: `said` with what the form shows changed, in the same order.

    What is the default is left out, as is what the type has no use for; what the form does not show stays. Nothing is
    refused: what cannot be read stays as it was typed, for `check` to say so.
    """
    properties: dict[str, Mapping[str, Any]] = field_schema(field_type)["properties"]
    wanted = {key: value for key, value in said.items() if key in properties or key == "after"}
    wanted["type"] = field_type.name
    for name, schema in properties.items():
        if name == "type" or PREFIX + name not in form:
            continue
        value = _read(name, schema, form, said.get(name))
        if value is None or value == _default(name):
            wanted.pop(name, None)
        else:
            wanted[name] = value
    if "picklist" in wanted and "values" in wanted:
        wanted.pop("values" if wanted["picklist"] != said.get("picklist") else "picklist")
    return wanted


def read_words(form: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Language → part → what the form says in it; "" takes the translation away."""
    found: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        for part in TRANSLATED:
            key = f"{WORDS_PREFIX}{language}.{part}"
            if key in form:
                found.setdefault(language, {})[part] = form[key].strip()
    return found


def kind_of(name: str, schema: Mapping[str, Any]) -> str:
    """The kind of control that asks for a property, by what its schema takes."""
    if name in _OWN_KINDS:
        return _OWN_KINDS[name]
    if schema.get("format") == "expression":
        return "expression"
    if "enum" in schema:
        return "choice"
    if schema.get("type") in ("boolean", "integer"):
        return {"boolean": "flag", "integer": "whole"}[schema["type"]]
    if schema.get("type") in ("object", "array"):
        return "values" if schema["type"] == "object" else "several"
    return "scalar" if name == "default" or schema.get("type") == ["string", "number"] else "text"


def _property(
    name: str,
    schema: Mapping[str, Any],
    field_type: FieldType,
    said: Mapping[str, Any],
    model: AppModel,
    place: tuple[str, str],
    required: bool,
) -> Property:
    module, field_name = place
    label, help_ = property_words(name, str(schema.get("description", "")))
    choices = property_choices(name, schema, field_type, said, model, module, field_name)
    kind = "choice" if name == "default" and choices else kind_of(name, schema)
    scope = module
    if name == "where":
        relation = (
            model.modules[module].relations.get(str(said.get("relation", ""))) if module in model.modules else None
        )
        scope = relation.to if relation else module
    hint = label_from(field_name) if name == "label" and field_name else ""
    return Property(
        hint=hint, name=name, kind=kind, label=label, help=help_, value=_shown(name, kind, said), required=required,
        said=name in said, choices=choices, low=schema.get("minimum"), high=schema.get("maximum"),
        longest=schema.get("maxLength"), scope=scope,
    )  # fmt: skip


def _shown(name: str, kind: str, said: Mapping[str, Any]) -> Any:
    value = said.get(name)
    if kind == "flag":
        return bool(_default(name) if value is None else value)
    if kind == "values":
        return show_lines(value)
    if kind == "several":
        return [str(each) for each in value] if isinstance(value, list) else [str(value)] if value is not None else []
    if name == "on_delete" and value is None:
        return str(_default(name))
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value).strip("\n")


def _read(name: str, schema: Mapping[str, Any], form: MultiDict[str, str], before: Any) -> Any:
    kind = kind_of(name, schema)
    typed = [text.replace("\r\n", "\n") for text in form.getlist(PREFIX + name)]
    if kind == "flag":
        return typed[-1] == "1"
    if kind == "several":
        chosen = [text for text in dict.fromkeys(typed) if text]
        if len(chosen) == 1 and name == "to" and not isinstance(before, list):
            return chosen[0]
        return chosen or None
    if kind == "values":
        return read_lines(typed[-1], before)
    text = typed[-1].strip()
    if before is not None and text == _text(before).strip():
        return before  # as it was written, whatever it was read as
    if not text:
        return None
    if name == "searchable" or (name == "default" and isinstance(before, bool)):
        return text in ("1", "true")
    if kind == "whole" or name in ("min", "max", "default"):
        value = resolve_plain(text)
        return text if value is None else value
    return text


def _default(name: str) -> Any:
    return _DEFAULTS.get(name)
