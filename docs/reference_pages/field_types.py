"""field-types.md: every field type with its attributes, operators, columns and what it reads."""

from __future__ import annotations

import json
from typing import Any

from fieldstone.fields.base import FieldType
from fieldstone.fields.definition import FieldDef
from fieldstone.fields.registry import built_in_field_types
from fieldstone.metadata.schemas.field import COMMON, COMPUTED, WRITTEN, field_schema
from reference_pages.markdown import block, code, codes, page, paragraph, table
from reference_pages.samples import FIELD_SAMPLES

_LONGEST_SAMPLE = 60


def render() -> str:
    types = list(built_in_field_types())
    overview = table(
        ("Type", "Label", "For"),
        ((f"[{code(each.name)}](#{each.name})", each.label, paragraph(each.help)) for each in types),
    )
    introduction = (
        "Attributes that every field may have are on the page of [documents](schemas.md#fields). "
        "*Attributes* below are those of the type itself. *Operators* are those of the "
        "[condition builder](operators.md). *Column* is what the database keeps."
    )
    return page("Field types", introduction, [overview, *(_section(each) for each in types)])


def _section(kind: FieldType) -> str:
    field = _example_field(kind)
    own = [name for name in field_schema(kind)["properties"] if name not in COMMON | WRITTEN | COMPUTED]
    facts = [
        ("Attributes", codes(own)),
        ("Needs", codes(name for name in sorted(kind.required_attributes))),
        ("Operators", codes(kind.operators)),
        ("Column", ", ".join(f"{code(field.name + each.suffix)} {each.kind}" for each in kind.columns(field))),
        ("Parts", codes(f"{field.name}.{part}" for part in kind.parts(field))),
        ("Reads", codes(_shown(kind.samples(field)))),
        ("Refuses", codes(_shown(kind.bad_samples(field)))),
    ]
    notes = [text for text in ("People cannot write it." * kind.computed, _sorting(kind), _searching(kind)) if text]
    return "\n\n".join(
        (
            f"## {kind.name}",
            f"{kind.label}. {paragraph(kind.help)} {' '.join(notes)}".strip(),
            block("yaml", FIELD_SAMPLES[kind.name]),
            "\n".join(f"- {label}: {text}" for label, text in facts if text),
        )
    )


def _sorting(kind: FieldType) -> str:
    return "" if kind.sortable else "Lists are not sorted by it."


def _searching(kind: FieldType) -> str:
    return "Searched, unless `searchable: false`." if kind.searchable else ""


def _example_field(kind: FieldType) -> FieldDef:
    name = FIELD_SAMPLES[kind.name].partition(":")[0]
    return FieldDef(name=name, type=kind.name, label=kind.label, to=("organization",), result="money", column=name)


def _shown(samples: Any) -> list[str]:
    """Samples that can be read on a page, as JSON writes them."""
    texts = []
    for sample in samples:
        try:
            text = json.dumps(sample, ensure_ascii=False, allow_nan=False)
        except (TypeError, ValueError):
            continue
        if len(text) <= _LONGEST_SAMPLE and text.isprintable() and "\\u" not in text:
            texts.append(text)
    return texts
