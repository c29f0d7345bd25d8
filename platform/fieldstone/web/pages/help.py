"""The keyboard shortcuts."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from fieldstone.web.htmx import is_htmx
from fieldstone.web.i18n import gettext as _

page = Blueprint("help", __name__)


@page.get("/help/keys")
def keys() -> ResponseReturnValue:
    return render_template("help/dialog.html" if is_htmx() else "help/page.html", groups=_groups())


def _groups() -> list[tuple[str, list[tuple[list[str], str]]]]:
    return [
        (
            _("Everywhere"),
            [
                (["Ctrl", "K"], _("Commands: go to, create, do; on a Mac with ⌘")),
                (["/"], _("Search")),
                (["C"], _("Create")),
                (["G", "H"], _("Home")),
                (["G", "I"], _("Notifications")),
                (["G", "T"], _("My tasks")),
                (["G", "C"], _("Calendar")),
                (["?"], _("Keyboard shortcuts")),
            ],
        ),
        (
            _("List"),
            [
                (["J"], _("Next row")),
                (["K"], _("Previous row")),
                (["X"], _("Select the row; with Shift a range")),
                (["Enter"], _("Open")),
                (["Space"], _("Preview")),
                (["E"], _("Edit")),
                (["←", "→"], _("Cell of the row; Enter or F2 edits it, Tab goes to the next")),
                (["F"], _("Add a condition")),
                (["N"], _("New record")),
                (["Esc"], _("Clear the selection")),
            ],
        ),
        (
            _("Board and calendar"),
            [
                (["Space"], _("Pick up, and drop")),
                (["←", "→"], _("Another column or day")),
                (["↑", "↓"], _("In the calendar: another time or week; with Shift the end")),
                (["M"], _("On the board: choose a column from a menu")),
                (["Esc"], _("Put back")),
            ],
        ),
        (
            _("Record"),
            [
                (["E"], _("Edit")),
                (["M"], _("Comment")),
                (["J"], _("Next record")),
                (["K"], _("Previous record")),
                (["Enter"], _("On a pencil: edit the value where it stands")),
                (["Esc"], _("Give the old value back")),
            ],
        ),
        (
            _("Form"),
            [
                (["Ctrl", "S"], _("Save")),
                (["Ctrl", "Enter"], _("Save and new")),
                (["Esc"], _("Leave; asks when something was changed")),
            ],
        ),
    ]
