"""What a path of a document holds: named entries, things that stand around them, or a field."""

from __future__ import annotations

from fieldstone.metadata.documents import MODULE, SHARING, TRANSLATION, WORKFLOW, DocumentKind

Steps = tuple[str, ...]


def holds_entries(kind: DocumentKind, steps: Steps) -> bool:
    """A mapping of named things, which keep an order and take `after:`."""
    return any(_matches(pattern, steps) for pattern in kind.entries)


def is_entry(kind: DocumentKind, steps: Steps) -> bool:
    return bool(steps) and holds_entries(kind, steps[:-1])


def is_field(kind: DocumentKind, steps: Steps) -> bool:
    """A field of a module, or of a link."""
    return kind is MODULE and is_entry(kind, steps) and steps[-2] in ("fields", "attributes")


def is_place(kind: DocumentKind, steps: Steps) -> bool:
    """`after:` of an entry."""
    return len(steps) > 1 and steps[-1] == "after" and is_entry(kind, steps[:-1])


def is_container(kind: DocumentKind, steps: Steps) -> bool:
    """A mapping that only holds other things: when it is absent, it is empty.

    Those inside an entry are not: the values of a field belong to the field.
    """
    if kind is TRANSLATION or (not steps and (kind.file or kind is WORKFLOW)):
        return True
    if kind is SHARING and len(steps) == 1:
        return True
    if any(is_entry(kind, steps[:length]) for length in range(1, len(steps) + 1)):
        return False
    return bool(steps) and any(_matches(pattern[: len(steps)], steps) for pattern in kind.entries)


def _matches(pattern: Steps, steps: Steps) -> bool:
    return len(pattern) == len(steps) and all(want in ("*", got) for want, got in zip(pattern, steps, strict=True))
