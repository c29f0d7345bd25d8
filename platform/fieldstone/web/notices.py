"""Notifications as the pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fieldstone.web import times
from fieldstone.web.show import Shower
from fieldstone.workflows.notifications import Notification


@dataclass(frozen=True, kw_only=True)
class Notice:
    id: int
    message: str
    url: str
    unread: bool
    time: str
    title: str


def notices(items: Iterable[Notification], shower: Shower) -> list[Notice]:
    return [
        Notice(
            id=item.id,
            message=item.message,
            url=f"/m/{item.module}/{item.record_id}" if item.module and item.record_id is not None else "",
            unread=item.read_at is None,
            time=times.short_moment(item.at, shower.zone, shower.today, shower.language, shower.date_format),
            title=times.full_moment(item.at, shower.zone, shower.language, shower.date_format),
        )
        for item in items
    ]
