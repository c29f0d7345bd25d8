"""type-changes.md: what becomes of the values when the type of a field changes, from any type to any other."""

from __future__ import annotations

from fieldstone.fields.base import FieldValueError
from fieldstone.fields.conversion import Conversion, conversion
from fieldstone.fields.conversion_context import ConversionContext
from fieldstone.fields.definition import FieldDef, PicklistDef, PicklistValueDef
from fieldstone.fields.registry import built_in_field_types
from reference_pages.markdown import code, page, table

_TYPES = built_in_field_types()
_LABELS = {"prospecting": "Prospecting", "won": "Closed won", "lost": "Closed lost"}
_PICKLISTS = {
    "sample": PicklistDef(
        name="sample",
        label="Sample",
        values={key: PicklistValueDef(key=key, label=label) for key, label in _LABELS.items()},
    )
}
_CONTEXT = ConversionContext(
    old_picklists=_PICKLISTS,
    new_picklists=_PICKLISTS,
    label_of=lambda target, record_id: "Kare-Tech",
    resolve=lambda target, text: 12,
    is_user=lambda principal: False,
    encrypt=lambda text: text,
)

_INTRODUCTION = (
    "A published field may get another type. What becomes of its values depends on both types. Nothing is rounded and "
    "nothing is cut off: a value that does not fit the new type is not converted, and the reason is given."
)

_LEGEND = (
    ("same", "Every value stays as it is, where it is."),
    ("converts", "Values are converted one by one; converted back, they are what they were."),
    ("converts what it can", "Some values do not fit and are not converted, or their spelling or detail goes."),
    ("recomputed", "The new field computes its values itself; what was entered is not taken over."),
    (
        "—",
        "Types that are not named: no value comes along. The field starts empty, which a person must allow; its former "
        "values stay in the database until they are purged, and a rollback shows them again.",
    ),
)

_NOTES = (
    "**Text** becomes anything that its words say: labels or keys of a picklist in any case, yes and no in English or "
    "Chinese, names of records and users (never their numbers), amounts with their currency, dates as in an import.",
    "**To text** a value goes as people write it, in the site's language: labels, names of countries, `75%`, "
    "`EUR 1200.50`, dates as 2026-03-14, moments with the offset of the site's zone. References become the name of the "
    "record.",
    "**Numbers** are never rounded: a value with more decimals than the new type keeps, or outside its range, is not "
    "converted. A duration is a number of seconds. An amount stays the same amount: currencies are not exchanged.",
    "**Checkboxes** become 1 and 0, or the one choice of a picklist whose label or key means yes or no.",
    "**Dates** become midnight in the site's time zone; a moment loses its time of day, or its day, in that zone.",
    "**Picklists**: a value is looked for by its key, then by its label. Several values do not become one.",
    "**Lookups**: when `to` changes, references to modules that are kept go along; the others do not. "
    "A lookup to quite another module is a new field. An owner that is a team is no user.",
    "**Names and addresses** become one line. A text becomes an address by its five parts, else all of it is the "
    "street.",
    "**Numbers of records** (auto_number) keep their text; a whole number gets the prefix and the digits. Records "
    "without one get one, and numbering goes on after the greatest. A formula in their place leaves them "
    "where they are.",
    "**A field that comes back** as another type than it went with is a change of type from what it was last.",
    "**Formulas and rollups** that become a plain field leave their last results as its values, converted from the "
    "type of the result. Shown here: a formula that gives money and a rollup that gives a whole number.",
    "**Secrets** cannot be read, so they become nothing else. A text that becomes a secret is encrypted.",
    "The number of `decimals`, the `to` of a lookup, the `picklist` of a field and the `result` of a formula are "
    "treated like a type. Limits (`max_length`, `min`, `pattern`) of the new type hold for converted values too.",
)


def render() -> str:
    fields = [_sample(kind.name) for kind in _TYPES]
    sections = [table(("Word", "Meaning"), _LEGEND), "## From, to", _matrix(fields), "## Notes"]
    return page("Changes of type", _INTRODUCTION, [*sections, "\n".join(f"- {note}" for note in _NOTES)])


def _matrix(fields: list[FieldDef]) -> str:
    """A row for each type that is left; a column for each type as well would be too wide to read."""
    words = [word for word, _ in _LEGEND]
    rows = []
    for old in fields:
        cells: dict[str, list[str]] = {word: [] for word in words}
        for new in fields:
            if new.type != old.type:
                cells[word_for(old, new)].append(code(new.type))
        rows.append(
            (f"[{code(old.type)}](field-types.md#{old.type})", *(", ".join(cells[word]) for word in words[:-1]))
        )
    return table(("From", *(word.capitalize() for word in words[:-1])), rows)


def word_for(old: FieldDef, new: FieldDef) -> str:
    found = conversion(old, new, _TYPES)
    if found is None:
        return "—"
    if found.how == "recompute":
        return "recomputed"
    if found.how == "same":
        return "same"
    return "converts" if found.exact and _takes_all(found, old) else "converts what it can"


def _takes_all(found: Conversion, old: FieldDef) -> bool:
    """Whether the samples of the old type all go along."""
    kind = _TYPES[old.result or old.type]
    try:
        for raw in kind.samples(old):
            found.convert(kind.parse(old, raw, _CONTEXT.reading), _CONTEXT)
    except FieldValueError:
        return False
    return True


def _sample(kind: str) -> FieldDef:
    """Lookups to the same module and lists of the same values, so that what can stay the same does."""
    result = {"formula": "money", "rollup": "integer"}.get(kind, "")
    to = ("organization",) if kind == "lookup" else ()
    picklist = "sample" if "picklist" in kind else ""
    return FieldDef(name="sample", type=kind, label="Sample", to=to, result=result, picklist=picklist, column="sample")
