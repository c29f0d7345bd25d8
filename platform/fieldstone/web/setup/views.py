"""All views of Setup, each group of the menu in its order."""

from __future__ import annotations

from fieldstone.web.setup.audit import audit_view
from fieldstone.web.setup.backups import backups_view
from fieldstone.web.setup.categories import place_of
from fieldstone.web.setup.clashes import clashes_view, conflicts_view
from fieldstone.web.setup.company.view import company_view
from fieldstone.web.setup.documents import documents_view
from fieldstone.web.setup.draft import draft_view
from fieldstone.web.setup.emails.view import emails_view
from fieldstone.web.setup.expressions.view import expressions_view
from fieldstone.web.setup.health import health_view
from fieldstone.web.setup.jobs import jobs_view, outbox_view
from fieldstone.web.setup.layouts.view import layout_view
from fieldstone.web.setup.list_views.view import list_views_view
from fieldstone.web.setup.listed import Listed
from fieldstone.web.setup.logins import log_ins_view
from fieldstone.web.setup.mail import mail_view
from fieldstone.web.setup.modules.view import modules_view
from fieldstone.web.setup.navigation import navigation_view
from fieldstone.web.setup.origin import origin_view
from fieldstone.web.setup.picklists.view import options_view, own_values_view, picklists_view
from fieldstone.web.setup.preview import preview_view
from fieldstone.web.setup.record_types.view import record_types_view
from fieldstone.web.setup.relations.view import relations_view
from fieldstone.web.setup.retention import retention_view
from fieldstone.web.setup.revisions import revisions_view
from fieldstone.web.setup.roles import profiles_view, roles_view
from fieldstone.web.setup.runs import runs_view
from fieldstone.web.setup.sessions import sessions_view
from fieldstone.web.setup.settings import settings_view
from fieldstone.web.setup.sharing import sharing_view
from fieldstone.web.setup.teams import teams_view
from fieldstone.web.setup.tokens import tokens_view
from fieldstone.web.setup.translations import translations_view
from fieldstone.web.setup.users import users_view
from fieldstone.web.setup.view import Page
from fieldstone.web.setup.workflows.view import workflows_view


def all_views() -> list[Listed | Page]:
    views: list[Listed | Page] = [
        modules_view(), picklists_view(), own_values_view(), options_view(), relations_view(), record_types_view(),
        list_views_view(), layout_view(), expressions_view(),
        users_view(), teams_view(), roles_view(), profiles_view(), sharing_view(), sessions_view(), tokens_view(),
        log_ins_view(), audit_view(),
        workflows_view(), emails_view(), runs_view(), jobs_view(), outbox_view(),
        draft_view(), clashes_view(), conflicts_view(), preview_view(), origin_view(), revisions_view(),
        company_view(), navigation_view(), translations_view(), documents_view(), settings_view(), mail_view(),
        backups_view(), retention_view(), health_view(),
    ]  # fmt: skip
    return sorted(views, key=lambda view: place_of(view.category))
