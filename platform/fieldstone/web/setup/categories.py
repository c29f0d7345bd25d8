"""The groups of the menu of Setup."""

from __future__ import annotations

from fieldstone.web.setup.view import later as _

DATA = _("Data")
AUTOMATION = _("Automation")
ACCESS = _("Access")
SITE = _("Site")

ORDER = (DATA, AUTOMATION, ACCESS, SITE)
"""As the menu shows them."""


def place_of(category: object) -> int:
    """Where a group stands in the menu; after all of them what belongs to none."""
    return next((place for place, each in enumerate(ORDER) if each is category), len(ORDER))
