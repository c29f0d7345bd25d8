"""Pictures of pages for a person to look at, in `.artefacts`: taken while a test has a page open anyway, and only when
`FIELDSTONE_PICTURES` is set, since hundreds of them take a minute."""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.sync_api import Page

ARTEFACTS = Path(__file__).parents[2] / ".artefacts"
WANTED = bool(os.environ.get("FIELDSTONE_PICTURES"))

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1440, "height": 900}


def take_picture(page: Page, path: str, look: str) -> None:
    """`path` is that of the page, `look` says what it is seen in: light, dark, phone-en, zh."""
    if WANTED:
        name = re.sub(r"\W+", "-", path).strip("-") or "home"
        ARTEFACTS.mkdir(exist_ok=True)
        page.screenshot(path=ARTEFACTS / f"{name}-{look}.png")
