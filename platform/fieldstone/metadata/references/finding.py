"""Where something is used, for a person who is about to change it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fieldstone.kernel.diagnostics import Location
from fieldstone.metadata.documents import MOVES
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.references.documents import names_of
from fieldstone.metadata.references.mention import LISTED, USED, Mention
from fieldstone.metadata.references.reading import read_documents


@dataclass(frozen=True, kw_only=True)
class Reference:
    """`path` is the dotted place in the document (`record.header.2`), `text` what stands there. `listed`: it is one of
    a list, which does without it when it goes."""

    file: str
    location: Location
    path: str
    text: str
    listed: bool = False


def find_references(layers: Sequence[Layer], kind: str, path: str) -> list[Reference]:
    """Every place that refers to something, in the order of the layers and their files; one that does so several
    times is named once. What declares or
    patches the thing itself is not among them. Documents that cannot be read are passed over."""
    sources = [read_documents(layer) for layer in layers]
    names = names_of(sources)
    found: dict[tuple[str, str, str], Reference] = {}
    for layer in sources:
        for document in layer:
            if document.kind is MOVES:
                continue

            def note(mention: Mention, file: str = document.file) -> str:
                if (mention.kind, mention.path) == (kind, path) and mention.role in (LISTED, USED):
                    place = ".".join(mention.steps)
                    listed = mention.role == LISTED
                    reference = Reference(
                        file=file, location=mention.location, path=place, text=mention.text, listed=listed
                    )
                    found.setdefault((file, place, mention.text), reference)
                return mention.last

            document.visited(names, note)
    return list(found.values())
