"""Merges of the past on the pages: what went into a record, where a deleted one went, and taking it back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from fieldstone.web import times
from fieldstone.web.current import current_actor, current_records
from fieldstone.web.described import DescribedModule
from fieldstone.web.i18n import gettext, ngettext
from fieldstone.web.labels import find_labels
from fieldstone.web.numbers import grouped
from fieldstone.web.rights import may_merge
from fieldstone.web.words import explain


@dataclass(frozen=True, kw_only=True)
class ShownMerge:
    """`when` as the history says it. `undo_url` gets a POST; "" when it cannot be undone, then `reason` says why."""

    title: str
    when: str
    undo_url: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Gone:
    """Where a record of the recycle bin went by a merge: `link` to the one that stayed, "" when it is out of reach."""

    link: Markup
    undo_url: str


def merges_into(module: DescribedModule, record_id: int) -> list[ShownMerge]:
    """Those of a record that is there and that have not been undone, newest first."""
    actor, mine = current_actor(), may_merge(module.name)
    return [
        ShownMerge(
            title=ngettext(
                "%(num)s %(noun)s merged into this one",
                "%(num)s %(nouns)s merged into this one",
                len(each.others),
                noun=module.noun,
                nouns=module.nouns,
            ),
            when=gettext(
                "by %(name)s, %(day)s",
                name=each.by_label or gettext("The system"),
                day=times.full_moment(each.at, actor.zone, actor.language, actor.date_format).rpartition(" ")[0],
            ),
            undo_url=f"/merges/{each.id}/undo" if mine and each.obstacle is None else "",
            reason=explain(each.obstacle) if mine and each.obstacle is not None else "",
        )
        for each in current_records().merges(actor, module.name, record_id)
        if each.undone_at is None
    ]


def gone_into(module: DescribedModule, ids: Collection[int]) -> Mapping[int, Gone]:
    """Record of the recycle bin → where it went, of those that were merged."""
    found = current_records().merged_into(current_actor(), module.name, ids)
    labels = find_labels((module.name, each.keep) for each in found.values())
    mine, shown = may_merge(module.name), {}
    for id, each in found.items():
        label = labels.get((module.name, each.keep))
        link = Markup('<a href="/m/{}/{}">{}</a>').format(module.name, each.keep, label or f"#{grouped(each.keep)}")
        shown[id] = Gone(
            link=Markup("") if label is None else link,
            undo_url=f"/merges/{each.merge}/undo" if mine and label is not None else "",
        )
    return shown
