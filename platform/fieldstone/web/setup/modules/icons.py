"""The icons that a module may have: those of Bootstrap Icons, by their names."""

from __future__ import annotations

import re
from functools import cache

from fieldstone.kernel.folding import fold
from fieldstone.web.static_files import vendor_file

_NAME = re.compile(r"\.bi-([a-z0-9-]+)::?before")


@cache
def icon_names() -> tuple[str, ...]:
    """All of them, in the order of the alphabet."""
    text = vendor_file("vendor/font/bootstrap-icons.min.css").read_text("utf-8")
    return tuple(sorted(set(_NAME.findall(text))))


def find_icons(typed: str, most: int = 120) -> list[str]:
    """Those whose names have all the words that were typed; without any the ones that modules mostly have."""
    words = fold(typed).split()
    if not words:
        return [name for name in USUAL if name in icon_names()]
    return [name for name in icon_names() if all(word in name for word in words)][:most]


USUAL = (
    "building", "buildings", "person", "people", "person-vcard", "bullseye", "briefcase", "receipt",
    "file-earmark-text", "file-earmark", "folder", "box-seam", "cart", "bag", "truck", "shop", "tag", "tags",
    "cash-coin", "credit-card", "wallet2", "bank", "graph-up-arrow", "bar-chart", "pie-chart", "megaphone",
    "envelope", "telephone", "chat-dots", "headset", "life-preserver", "ticket-perforated", "tools", "wrench", "gear",
    "cpu", "hdd", "phone", "laptop", "calendar-event", "calendar-check", "clock", "check2-square", "list-check",
    "kanban", "flag", "geo-alt", "map", "house", "hospital", "heart-pulse", "mortarboard", "book", "journal-text",
    "clipboard-check", "award", "trophy", "star", "gift", "cup-hot", "airplane", "car-front", "bicycle", "tree",
    "droplet", "lightning", "sun", "camera", "image", "music-note", "puzzle", "shield-check", "key", "lock", "globe",
    "translate", "link-45deg", "diagram-3",
)  # fmt: skip
