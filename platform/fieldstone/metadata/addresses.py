"""Addresses: which document, and where in it. Written as `modules.opportunity.fields.amount.label`."""

from __future__ import annotations

from dataclasses import dataclass

from fieldstone.metadata.documents import KINDS, DocumentKind, document_path

_BY_SECTION = {section: kind for kind in KINDS for section in kind.holds or (kind.section,)}


@dataclass(frozen=True, kw_only=True)
class Address:
    """`steps` are the keys from the root of the document that `name` names; () is the document itself."""

    kind: DocumentKind
    name: str
    steps: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The dotted form that provenance uses. The name of a single document is not in it; what it `holds` stands
        for its section."""
        if not self.kind.file:
            return ".".join((self.kind.section, self.name, *self.steps))
        is_held = self.steps and self.steps[0] in self.kind.holds
        return ".".join(self.steps if is_held else (self.kind.section, *self.steps))

    @property
    def path(self) -> str:
        """Where the document lies in its layer."""
        return document_path(self.kind, self.name)


def find_address(key: str) -> Address | None:
    """The address of a dotted key; None when it starts like no kind of document, or lacks the name of one."""
    section, *rest = key.split(".")
    kind = _BY_SECTION.get(section)
    if kind is None or not all(rest):
        return None
    if kind.file:
        return Address(kind=kind, name=kind.key, steps=(section, *rest) if kind.holds else tuple(rest))
    return Address(kind=kind, name=rest[0], steps=tuple(rest[1:])) if rest else None
