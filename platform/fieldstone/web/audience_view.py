"""Who sees a record, grouped by the ways that lead to it, as the page shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fieldstone.kernel.folding import fold
from fieldstone.records.access.audience import Audience, PersonExplained, Witness
from fieldstone.records.access.explain import Reason
from fieldstone.records.query_types import Labels
from fieldstone.web.i18n import gettext
from fieldstone.web.reasons import ICONS, labels_of, word_reason, word_refusal

_FEW = 12
"""So many people are listed openly; a longer group is folded up."""

_MOST = 50
"""So many of a group are listed at all; the others are found by their name."""


@dataclass(frozen=True, kw_only=True)
class Seeing:
    id: int
    name: str
    may: str


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way, and the first of the people who come by it, `count` in all. `open`: they are listed at once."""

    kind: str
    icon: str
    title: str
    people: Sequence[Seeing]
    count: int
    open: bool

    @property
    def more(self) -> int:
        """How many are not listed."""
        return self.count - len(self.people)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """About one right: the sentences that tell why, or why not; those of a parent are one level deeper."""

    right: str
    allowed: bool
    lines: Sequence[tuple[int, str, str]]


def ways_of(audience: Audience, text: str) -> list[Way]:
    """Those with people whose names hold the text, in the order in which people ask."""
    wanted = fold(text)
    found: dict[tuple[str, Reason], list[Seeing]] = {}
    for each in audience.people:
        if wanted in fold(each.actor.name):
            for key in _keys(audience, each):
                found.setdefault(key, []).append(_seeing(each))
    labels = labels_of(reason for _kind, reason in found)
    order = list(ICONS)
    return [
        Way(
            kind=kind, icon=ICONS[kind], people=people[:_MOST], count=len(people),
            open=bool(wanted) or len(people) <= _FEW,
            title=gettext("Owns it") if kind == "owner" else word_reason(reason, labels),
        )
        for (kind, reason), people in sorted(found.items(), key=lambda item: order.index(item[0][0]))
    ]  # fmt: skip


def answers_of(explained: PersonExplained) -> list[Answer]:
    words = {
        "view": gettext("View"), "edit": gettext("Edit"), "delete": gettext("Delete"), "export": gettext("Export"),
        "mass_edit": gettext("Mass edit"),
    }  # fmt: skip
    labels = labels_of(reason for each in explained.rights.values() for reason in each.reasons)
    return [
        Answer(
            right=words[right],
            allowed=each.allowed,
            lines=list(_lines(each.reasons, labels)) if each.allowed else [(0, "dash-circle", word_refusal(each))],
        )
        for right, each in explained.rights.items()
    ]


def _keys(audience: Audience, witness: Witness) -> Iterator[tuple[str, Reason]]:
    """The groups of a person; for the owner's own record the role that gives it is not told."""
    owns = audience.owner is not None and witness.actor.user_id == audience.owner
    if owns:
        yield "owner", Reason(kind="owner")
    for reason in witness.view.reasons:
        if not (owns and reason.kind == "scope" and reason.scope != "all"):
            yield reason.kind, _bare(reason)


def _bare(reason: Reason) -> Reason:
    """Without what leads to the parent: people who come by one parent are one group."""
    if reason.kind != "parent":
        return reason
    return Reason(kind="parent", module=reason.module, record_id=reason.record_id)


def _seeing(witness: Witness) -> Seeing:
    may = gettext("View and edit") if witness.edit.allowed else gettext("View")
    return Seeing(id=witness.actor.user_id or 0, name=witness.actor.name, may=may)


def _lines(reasons: Sequence[Reason], labels: Labels, depth: int = 0) -> Iterator[tuple[int, str, str]]:
    for reason in reasons:
        yield depth, ICONS[reason.kind], word_reason(reason, labels)
        yield from _lines(reason.reasons, labels, depth + 1)
