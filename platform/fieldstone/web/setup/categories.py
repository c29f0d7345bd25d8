"""The groups of the menu of Setup."""

from __future__ import annotations

from fieldstone.web.setup.view import later as _

DATA = _("Data")
ACCESS = _("Access")
AUTOMATION = _("Automation")
SITE = _("Site")
