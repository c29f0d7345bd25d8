"""Sessions: browsers that are logged in, of everybody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from flask.typing import ResponseReturnValue

from fieldstone.kernel.folding import fold
from fieldstone.records.accounts.sessions import SessionInfo
from fieldstone.web.browsers import name_browser
from fieldstone.web.current import current_actor, current_site
from fieldstone.web.i18n import gettext
from fieldstone.web.setup.categories import ACCESS
from fieldstone.web.setup.columns import Column, moment, someone
from fieldstone.web.setup.listed import Listed
from fieldstone.web.setup.people import all_users, may_answer_for, names_of_users
from fieldstone.web.setup.view import back_to, change, told
from fieldstone.web.setup.view import later as _


def _browser(session: SessionInfo) -> str:
    return name_browser(session.agent) or gettext("Unknown browser")


class SessionsView(Listed):
    icon = "laptop"
    about = _("Browsers that are logged in now")
    empty_title = _("Nobody is logged in")
    empty_text = _("Whoever logs in is listed here until they log out or stay away for eight hours.")
    can_delete = True
    delete_label = _("Log out")
    delete_question = _("They are logged out there at once. What they have typed and not saved is lost.")
    row_template = "setup/session_tools.html"
    columns: ClassVar[Sequence[Column]] = (
        Column(
            name="user", label=_("Person"), slot="title", show=lambda s: someone(s.user_id, names_of_users()),
            key=lambda s: names_of_users().get(s.user_id, ""),
        ),
        Column(name="browser", label=_("Browser"), slot="sub", show=_browser, key=_browser),
        Column(name="address", label=_("Address"), show=lambda s: s.address, key=lambda s: s.address),
        Column(name="created", label=_("Logged in"), slot="status", width="w-9", show=lambda s: moment(s.created_at),
               key=lambda s: s.created_at),
        Column(name="seen", label=_("Last used"), slot="date", width="w-9", show=lambda s: moment(s.seen_at),
               key=lambda s: s.seen_at),
    )  # fmt: skip

    def find(self, text: str) -> list[SessionInfo]:
        wanted = fold(text)
        fitting = {user.id for user in all_users() if wanted in fold(f"{user.label} {user.username}")}
        return [each for each in current_site().accounts.list_sessions(None) if each.user_id in fitting]

    def may_end(self, session: SessionInfo) -> bool:
        return may_answer_for(session.user_id)

    def delete_model(self, model: SessionInfo) -> bool:
        def work() -> None:
            current_site().accounts.end_sessions(model.user_id, only=model.id, by=current_actor())

        return told(work, gettext("%(name)s is logged out there", name=names_of_users().get(model.user_id, "")))

    @change("/<int:number>/end")
    def end(self, number: int) -> ResponseReturnValue:
        self.delete_model(self.get_one(number))
        return back_to(self.get_url(".index_view"))


def sessions_view() -> SessionsView:
    return SessionsView(SessionInfo, _("Sessions"), endpoint="sessions", category=ACCESS)
