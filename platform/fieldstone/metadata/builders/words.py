"""Words made from names, where a document leaves them out."""

from __future__ import annotations


def label_from(name: str) -> str:
    """close_date → "Close date"."""
    return name.replace("_", " ").strip().capitalize() or name


def plural_of(label: str) -> str:
    """The plain English plural of a label: "Deal" → "Deals", "Company" → "Companies"."""
    if not label.isascii():
        return label
    lower = label.lower()
    if lower.endswith("y") and lower[-2:-1] not in tuple("aeiou"):
        return label[:-1] + "ies"
    if lower.endswith(("s", "x", "z", "ch", "sh")):
        return label + "es"
    return label + "s"
