"""The first page of Setup: how the site is at a glance, and the way to everything."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from fieldstone.jobs.job import FAILED, OPEN_STATES
from fieldstone.web.current import current_actor, current_published, current_site
from fieldstone.web.i18n import gettext
from fieldstone.web.rights import setup_reach
from fieldstone.web.setup.clashes import open_conflicts
from fieldstone.web.setup.columns import moment
from fieldstone.web.setup.drafting import user_of_draft
from fieldstone.web.setup.guarded_parts import may_open
from fieldstone.web.setup.people import all_users, names_of_users
from fieldstone.web.setup.view import Page, show
from fieldstone.web.setup.view import later as _

_REVISIONS = 5


class HomeView(Page):
    def __init__(self) -> None:
        super().__init__(_("Overview"), endpoint="home", url="/setup")

    @show()
    def index(self) -> ResponseReturnValue:
        site = current_site()
        counts = site.jobs.counts()
        waiting, failed = sum(counts.get(state, 0) for state in OPEN_STATES), counts.get(FAILED, 0)
        figures = [
            (
                gettext("People who may log in"),
                sum(user.active for user in all_users()),
                "/setup/users/?state=active",
                False,
            ),
            (gettext("Jobs under way"), waiting, "/setup/jobs/", False),
            (gettext("Jobs that failed"), failed, "/setup/jobs/?state=failed", bool(failed)),
            (gettext("Revision in force"), current_published().version, "/setup/revisions/", False),
        ]
        conflicts = len(open_conflicts())
        if conflicts:
            figures.append((gettext("Upgrade conflicts"), conflicts, "/setup/conflicts/", True))
        reach = setup_reach(current_published(), current_actor())
        figures = [each for each in figures if may_open(each[2].split("/")[2], reach)]
        names = names_of_users()
        drafts = [(names.get(user, ""), moment(at)) for user, at in site.drafts.all() if user != user_of_draft()]
        revisions = [(each, moment(each.at)) for each in site.publishing.revisions(limit=_REVISIONS)]
        return self.render(
            "setup/home.html", figures=figures, drafts=drafts, revisions=revisions, failed=failed, conflicts=conflicts
        )  # fmt: skip
