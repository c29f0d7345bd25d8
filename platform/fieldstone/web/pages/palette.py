"""The command palette: everything that can be gone to and created, to be found by typing."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from fieldstone.web.commands import command_groups
from fieldstone.web.htmx import is_htmx

page = Blueprint("palette", __name__)


@page.get("/commands")
def show() -> ResponseReturnValue:
    """The dialog; without scripts a page of links."""
    template = "palette/dialog.html" if is_htmx() else "palette/page.html"
    return render_template(template, here="commands", groups=command_groups())
