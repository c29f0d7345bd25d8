"""What a form holds for a field: the text somebody sees and types, before it is a value.

A raw value is a str; a list of str for multi-picklists and tags; a dict of parts for addresses, names of
people and lookups (`id`, `text`, and `module` when there are several targets).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import MultiDict

from fieldstone.fields.values import RecordRef
from fieldstone.records.query_types import PRINCIPAL
from fieldstone.web import times
from fieldstone.web.described import DescribedField
from fieldstone.web.forms.repeat import parts_of_rule, read_parts, rule_of_parts
from fieldstone.web.numbers import find_number
from fieldstone.web.show import Shower

Raw = str | list[str] | dict[str, str]

_LISTS = ("multiselect", "tags")
_PARTS = ("address", "person_name")
_REFERENCES = ("lookup", "user", "owner")


def has_module(field: DescribedField) -> bool:
    """Whether the form asks which module a lookup points to."""
    return field.control == "lookup" and (len(field.field.to) != 1 or field.field.to == ("*",))


def to_raw(field: DescribedField, value: Any, shower: Shower) -> Raw:
    """What the form shows for a stored value."""
    control = field.control
    if control in _LISTS:
        return list(value or ())
    if control in _PARTS:
        return {part: (value or {}).get(part) or "" for part in field.type.parts(field.field)}
    if control in _REFERENCES:
        return _reference(field, value, shower)
    if control == "recurrence":
        return parts_of_rule(value)
    if control == "checkbox":
        return "1" if value else ""
    if value is None or control == "secret":
        return ""
    if control == "select":
        return str(value)
    if isinstance(value, Decimal):
        return _plain(value)
    if isinstance(value, datetime):
        return f"{times.local(value, shower.zone):%Y-%m-%dT%H:%M}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return field.type.export(field.field, value, shower.context)


def read_raw(field: DescribedField, form: MultiDict[str, str]) -> Raw | None:
    """What was sent for a field; None when the form did not have it."""
    key = f"f.{field.name}"
    control = field.control
    if control in _PARTS:
        parts = list(field.type.parts(field.field))
        if f"{key}.{parts[0]}" not in form:
            return None
        return {part: form.get(f"{key}.{part}", "") for part in parts}
    if control == "recurrence":
        return read_parts(key, form)
    if key not in form:
        return None
    if control == "checkbox":
        return "1" if "1" in form.getlist(key) else ""
    if control == "multiselect":
        return [text for text in form.getlist(key) if text]
    if control == "tags":
        typed = ",".join(form.getlist(key)).replace("，", ",").replace(";", ",").split(",")
        return list(dict.fromkeys(tag.strip() for tag in typed if tag.strip()))
    if control in _REFERENCES:
        raw = {"id": form.get(key, ""), "text": form.get(f"t.{field.name}", "").strip()}
        if has_module(field):
            raw["module"] = form.get(f"m.{field.name}", "")
        return raw
    return form.get(key, "")


def to_value(field: DescribedField, raw: Raw) -> Any:
    """What `Records.save` is given: text as typed, an id for a choice, a name for a lookup without one."""
    if field.control == "checkbox":
        return raw == "1"
    if field.control in _REFERENCES and isinstance(raw, dict):
        if not raw["text"]:
            return None
        number = find_number(raw["id"])
        if number is not None:
            return RecordRef(raw["module"], number) if "module" in raw else number
        text = f"“{raw['text']}”" if raw["text"].isdigit() else raw["text"]  # bare digits would be taken for an id
        return f"{raw['module']}:{text}" if "module" in raw else text
    if field.control == "recurrence" and isinstance(raw, dict):
        return rule_of_parts(raw)
    if field.control in _PARTS and isinstance(raw, dict):
        return raw if any(raw.values()) else None
    return raw


def same(field: DescribedField, one: Raw | None, other: Raw | None) -> bool:
    """Whether two raw values mean the same: of a lookup only what was chosen counts."""
    if isinstance(one, dict) and isinstance(other, dict) and field.control in _REFERENCES:
        if one["id"] and other["id"]:
            return (one.get("module"), one["id"]) == (other.get("module"), other["id"])
        return one["text"] == other["text"] and one["id"] == other["id"]
    return one == other


def shown(raw: Raw) -> str:
    """A raw value in one line, for a page that compares."""
    if isinstance(raw, list):
        return ", ".join(raw)
    if isinstance(raw, dict):
        if "freq" in raw:
            return rule_of_parts(raw) or ""
        return raw["text"] if "text" in raw else " ".join(part for part in raw.values() if part)
    return raw


def _reference(field: DescribedField, value: Any, shower: Shower) -> Raw:
    several = has_module(field)
    if value is None:
        return {"id": "", "text": "", "module": ""} if several else {"id": "", "text": ""}
    if isinstance(value, RecordRef):
        text = shower.labels.get((value.module, value.id), f"#{value.id}")
        return {"id": str(value.id), "text": text, "module": value.module}
    target = field.field.to[0] if field.control == "lookup" else PRINCIPAL
    return {"id": str(value), "text": shower.labels.get((target, value), f"#{value}")}


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def parts_of(raw: Raw) -> Mapping[str, str]:
    return raw if isinstance(raw, dict) else {}
