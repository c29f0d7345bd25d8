"""Every door of the site, each with ways to try for a record out of reach through it.

A new address of the application is listed here, or the test that compares the two fails.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

GONE = frozenset({403, 404})
SHOWN = frozenset({200})
REFUSED = frozenset({400, 403, 404, 409, 422})
BACK = frozenset({303, 400, 403, 404, 422})
"""A page that says no on the next page."""


@dataclass(frozen=True)
class Knock:
    """A try. `path` and the texts of `data` name records by `World.names`."""

    method: str
    path: str
    statuses: frozenset[int] = GONE
    data: Mapping[str, Any] | None = None

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api/v1")


def _get(path: str, statuses: frozenset[int] = GONE) -> Knock:
    return Knock("GET", path, statuses)


def _post(path: str, statuses: frozenset[int] = GONE, /, **data: Any) -> Knock:
    return Knock("POST", path, statuses, {name.replace("__", "."): value for name, value in data.items()})


def _api(method: str, path: str, statuses: frozenset[int] = GONE, body: Any = None) -> Knock:
    return Knock(method, f"/api/v1{path}", statuses, body)


ORGANIZATION = "/m/organization/{hidden_organization}"
OPPORTUNITY = "/m/opportunity/{hidden_opportunity}"
MINE = "/m/opportunity/{my_opportunity}"

DOORS: Mapping[str, Sequence[Knock]] = {
    # Pages
    "approvals.show": [_get("/approvals", SHOWN), _get("/approvals?show=asked", SHOWN)],
    "audience.show": [
        _get(f"{ORGANIZATION}/audience"),
        _get(f"{ORGANIZATION}/audience?user=1"),
        _get("/m/organization/{hidden_deleted}/audience"),
        _get(f"{MINE}/audience", SHOWN),
    ],
    "board.figures": [
        _get("/m/opportunity/board/figures?view=all", SHOWN),
        _get("/m/opportunity/board/figures?where=organization == {hidden_organization}", SHOWN),
    ],
    "board.cards": [_get("/m/opportunity/board/cards?view=all&lane=prospecting", SHOWN)],
    "board.fold": [_post("/m/opportunity/board/lane?view=all", SHOWN, lane="prospecting")],
    "board.move": [_post(f"{OPPORTUNITY}/board", to="won")],
    "board.undo": [_post(f"{OPPORTUNITY}/board/undo", id="1")],
    "calendar.show": [_get("/calendar?whose=all&span=agenda", SHOWN), _get("/calendar?whose=team&hue=owner", SHOWN)],
    "calendar.move": [_post(f"{OPPORTUNITY}/calendar", day="2026-03-14")],
    "calendar.undo": [_post(f"{OPPORTUNITY}/calendar/undo", id="1")],
    "cells.edit": [_get(f"{ORGANIZATION}/cell/name")],
    "cells.save": [
        _post(f"{ORGANIZATION}/cell/name", f__name="Taken"),
        _post(f"{MINE}/cell/product", REFUSED, f__product="{hidden_organization}", t__product="x"),
    ],
    "activity.show": [_get(f"{ORGANIZATION}/activity"), _get(f"{MINE}/activity?show=comments", SHOWN)],
    "comments.add": [_post(f"{ORGANIZATION}/comments", text="hello")],
    "comments.edit": [
        _get(f"{ORGANIZATION}/comments/{{hidden_comment}}/edit"),
        _get(f"{MINE}/comments/{{hidden_comment}}/edit"),
    ],
    "comments.change": [
        _post(f"{ORGANIZATION}/comments/{{hidden_comment}}/edit", text="mine"),
        _post(f"{MINE}/comments/{{hidden_comment}}/edit", text="mine"),
    ],
    "comments.delete": [_post(f"{MINE}/comments/{{hidden_comment}}/delete")],
    "comments.people": [_get(f"{ORGANIZATION}/people?q=a")],
    "conditions.show": [
        _get("/m/opportunity/conditions?where=contains(name, 'anzib')", SHOWN),
        _get("/m/opportunity/conditions?where=organization == {hidden_organization}", SHOWN),
    ],
    "conditions.row": [_get("/m/opportunity/conditions/row?field=organization&value={hidden_organization}", SHOWN)],
    "conditions.group": [_get("/m/opportunity/conditions/group", SHOWN)],
    "conditions.text": [
        _get(
            "/m/opportunity/conditions/text?row=1&c.1.field=organization&c.1.op=any_of&c.1.value={hidden_organization}",
            SHOWN,
        )
    ],
    "conditions.apply": [
        _get(
            "/m/opportunity/filter?row=1&c.1.field=organization&c.1.op=any_of&c.1.value={hidden_organization}",
            SHOWN | BACK,
        )
    ],
    "columns.show": [_get("/m/opportunity/columns?where=organization == {hidden_organization}", SHOWN)],
    "columns.apply": [_get("/m/opportunity/columns/apply?columns=organization.name&sort.0=organization", BACK)],
    "groups.rows": [
        _get("/m/opportunity/group?where=organization == {hidden_organization}", SHOWN),
        _get("/m/organization/group?where=contains(name, 'anzib')", SHOWN),
    ],
    "preview.show": [_get(f"{ORGANIZATION}/preview"), _get("/m/organization/{hidden_deleted}/preview")],
    "star.star": [
        _post("/m/organization/star", record="{hidden_organization}"),
        _post("/m/organization/star", record="{hidden_deleted}"),
    ],
    "views.ask_new": [_get("/m/opportunity/views/new?where=organization == {hidden_organization}", SHOWN)],
    "views.create": [_post("/m/opportunity/views/new", REFUSED, label="x", audience="public")],
    "views.change": [_post("/m/opportunity/views/{hidden_view}", where="amount > 1")],
    "views.ask_rename": [_get("/m/opportunity/views/{hidden_view}/edit")],
    "views.rename": [_post("/m/opportunity/views/{hidden_view}/edit", label="x", audience="private")],
    "views.ask_delete": [_get("/m/opportunity/views/{hidden_view}/delete")],
    "views.delete": [_post("/m/opportunity/views/{hidden_view}/delete")],
    "views.ask_order": [_get("/m/opportunity/views/order", SHOWN)],
    "views.order": [_post("/m/opportunity/views/order", BACK, key="{hidden_view}", first="{hidden_view}")],
    "views.widen": [_post("/m/opportunity/views/widths", REFUSED, view="{hidden_view}", widths="[]")],
    "delete.ask": [
        _get("/m/organization/delete?id={hidden_organization}", SHOWN | GONE),
        _get("/m/organization/delete?id={hidden_deleted}", SHOWN | GONE),
    ],
    "delete.delete": [_post("/m/organization/delete", id="{hidden_organization}")],
    "delete.restore": [_post("/m/organization/restore", id="{hidden_deleted}")],
    "duplicates.show": [
        _get("/m/organization/duplicates?field=name", SHOWN),
        _get("/m/opportunity/duplicates?field=organization&where=organization == {hidden_organization}", SHOWN),
    ],
    "export.ask": [_get("/m/organization/export?id={hidden_organization}", SHOWN)],
    "export.choose": [
        _get("/m/organization/export/file?format=csv&rows=chosen&id={hidden_organization}", SHOWN),
        _post("/m/organization/export/file", SHOWN, format="csv", rows="chosen", id="{hidden_organization}"),
        _get("/m/organization/export/file?format=csv&rows=page&where=contains(name, 'anzib')", SHOWN),
        _get("/m/contact/export/file?format=vcf&rows=all&fields=all", SHOWN),
    ],
    "jobs.mine": [_get("/jobs", SHOWN)],
    "jobs.show": [_get("/jobs/{hidden_mass}")],
    "jobs.progress": [_get("/jobs/{hidden_mass}/progress")],
    "jobs.cancel": [_post("/jobs/{hidden_mass}/cancel")],
    "jobs.resume": [_post("/jobs/{hidden_mass}/resume")],
    "jobs.undo": [_post("/jobs/{hidden_mass}/undo")],
    "mass.ask": [
        _get("/m/organization/mass/edit?id={hidden_organization}", SHOWN | GONE),
        _post("/m/organization/mass/email/ask", SHOWN | GONE, id="{hidden_organization}"),
        _get("/m/organization/mass/delete?all=1&where=contains(name, 'anzib')", SHOWN | GONE),
        _get("/m/organization/mass/purge?id={hidden_deleted}", SHOWN | GONE),
    ],
    "mass.field": [_get("/m/opportunity/mass/field?set=organization", SHOWN | GONE)],
    "mass.start": [
        _post("/m/organization/mass/edit", BACK, id="{hidden_organization}", set="description", f__description="x"),
        _post("/m/organization/mass/owner", BACK, id="{hidden_organization}", set="owner", f__owner="1"),
        _post("/m/organization/mass/tag", BACK, id="{hidden_organization}", f__add="x"),
        _post("/m/organization/mass/comment", BACK, id="{hidden_organization}", text="x"),
        _post(
            "/m/organization/mass/email", SHOWN | BACK, id="{hidden_organization}", subject="x", body="x", preview="1"
        ),
        _post("/m/organization/mass/workflow", BACK, id="{hidden_organization}", workflow="touch"),
        _post("/m/organization/mass/delete", BACK, id="{hidden_organization}"),
        _post("/m/organization/mass/delete", BACK, all="1", where="contains(name, 'anzib')"),
        _post("/m/organization/mass/restore", BACK, id="{hidden_deleted}"),
        _post("/m/organization/mass/purge", BACK, id="{hidden_deleted}"),
    ],
    "merge.ask": [
        _get("/m/organization/merge?id={hidden_organization}"),
        _get("/m/organization/merge?id={my_organization}&id={hidden_organization}"),
    ],
    "merge.merge": [
        _post(
            "/m/organization/merge",
            BACK,
            id=["{hidden_organization}", "{my_organization}"],
            keep="{my_organization}",
            f__name="{hidden_organization}",
        )
    ],
    "merge.undo": [_post("/merges/{hidden_merge}/undo", BACK)],
    "export.file": [
        _get("/m/organization/export.csv", SHOWN),
        _get("/m/organization/export.csv?id={hidden_organization}", SHOWN),
        _get("/m/opportunity/export.csv?columns=name,organization,organization.name,contact&view=all", SHOWN),
    ],
    "follow.following": [_get("/following", SHOWN)],
    "follow.follow": [_post(f"{ORGANIZATION}/follow", follow="1"), _post(f"{ORGANIZATION}/follow", follow="0")],
    "form.new": [
        _get("/m/organization/new?copy={hidden_organization}"),
        _get("/m/opportunity/new?organization={hidden_organization}&contact={hidden_contact}", SHOWN),
        _get("/m/task/new?related_to=organization:{hidden_organization}", SHOWN),
    ],
    "form.create": [
        _post("/m/opportunity/new", REFUSED, f__name="x", f__organization="{hidden_organization}", t__organization="x"),
        _post("/m/opportunity/new", REFUSED, f__name="x", f__external_id="zanzibar-1"),
    ],
    "form.edit": [
        _get(f"{ORGANIZATION}/edit"),
        _get(f"{MINE}/edit", SHOWN),
        _get(f"{MINE}/edit?organization={{hidden_organization}}", SHOWN),
    ],
    "form.update": [_post(f"{ORGANIZATION}/edit", f__name="Taken")],
    "form.address": [_get("/m/opportunity/form-address/address?from=organization&id={hidden_organization}")],
    "form.alike": [
        _post("/m/organization/form-alike", SHOWN, f__name="Acme"),
        _post("/m/contact/form-alike?record=1", SHOWN, f__email="x@x.example"),
    ],
    "form.state": [
        _post("/m/organization/form-state?record={hidden_organization}", f__name="x"),
        _post("/m/opportunity/form-state", SHOWN, f__name="x", f__organization="{hidden_organization}"),
    ],
    "history.show": [
        _get(f"{ORGANIZATION}/history"),
        _get("/m/organization/{hidden_deleted}/history"),
        _get(f"{MINE}/history", SHOWN),
    ],
    "home.show": [_get("/", SHOWN)],
    "navigation.arrange": [
        _post(
            "/navigation", BACK, star="organization/{hidden_organization}/", keep="organization/{hidden_organization}/"
        ),
    ],
    "navigation.ask": [_get("/navigation", SHOWN)],
    "palette.show": [_get("/commands", SHOWN)],
    "hooks.call": [_post("/hooks/{hidden_organization}", name="x")],
    "imports.choose_file": [_get("/m/organization/import")],
    "imports.choose_sheet": [_post("/imports/{hidden_import}/sheet")],
    "imports.upload": [_post("/m/organization/import")],
    "imports.show": [_get("/imports/{hidden_import}")],
    "imports.save_columns": [_post("/imports/{hidden_import}/columns")],
    "imports.check": [_get("/imports/{hidden_import}/check")],
    "imports.save_values": [_post("/imports/{hidden_import}/values")],
    "imports.run": [_post("/imports/{hidden_import}/run")],
    "imports.progress": [_get("/imports/{hidden_import}/progress")],
    "imports.use_map": [_post("/imports/{hidden_import}/map")],
    "imports.undo": [_post("/imports/{hidden_import}/undo")],
    "inline.edit": [_get(f"{ORGANIZATION}/field/name")],
    "inline.value": [_get(f"{ORGANIZATION}/field/name/value"), _get(f"{MINE}/field/organization/value", SHOWN)],
    "inline.save": [
        _post(f"{ORGANIZATION}/field/name", f__name="Taken"),
        _post(f"{MINE}/field/product", REFUSED, f__product="{hidden_organization}", t__product="x"),
    ],
    "list.show": [
        _get("/m/organization", SHOWN),
        _get("/m/opportunity?view=all&columns=name,organization,organization.name,contact&sort=organization", SHOWN),
        _get("/m/opportunity?where=contains(organization.name, 'anzib')", SHOWN),
        _get("/m/opportunity?where=organization == {hidden_organization}", SHOWN),
        _get("/m/opportunity?view=all&as=kanban", SHOWN),
        _get("/m/opportunity?view=all&as=calendar", SHOWN),
        _get("/m/task?view=all&as=calendar&span=agenda", SHOWN),
        _get("/m/task", SHOWN),
    ],
    "list.count": [_get("/m/opportunity/count?view=all&last=2", SHOWN)],
    "list.totals": [_get("/m/opportunity/totals?view=all", SHOWN)],
    "list.find": [_get("/m/opportunity/find?q.organization=anzib", SHOWN | BACK)],
    "notifications.show": [_get("/notifications", SHOWN)],
    "past.show": [_get(f"{ORGANIZATION}/past"), _get("/m/organization/{hidden_deleted}/past")],
    "quick.show": [_get("/m/opportunity/quick?organization={hidden_organization}", frozenset({302}))],
    "quick.create": [
        _post(
            "/m/opportunity/quick", REFUSED, f__name="x", f__organization="{hidden_organization}", t__organization="x"
        )
    ],
    "record.show": [_get(ORGANIZATION), _get("/m/organization/{hidden_deleted}"), _get(MINE, SHOWN)],
    "recycle_bin.show": [_get("/m/organization/recycle-bin", SHOWN)],
    "related.show": [
        _get(f"{ORGANIZATION}/related/contacts"),
        _get("/m/organization/{my_organization}/related/subsidiaries", SHOWN),
        _get(f"{MINE}/related/contacts", SHOWN),
    ],
    "related.choose": [_get(f"{OPPORTUNITY}/related/contacts/link")],
    "related.link": [
        _post(f"{MINE}/related/contacts/link", other="{hidden_contact}"),
        _post(f"{OPPORTUNITY}/related/contacts/link", other="{hidden_contact}"),
        _post("/m/organization/{my_organization}/related/opportunities/link", BACK, other="{hidden_opportunity}"),
    ],
    "related.unlink": [_post(f"{MINE}/related/contacts/unlink", other="{hidden_contact}")],
    "occurrence.show": [_get(f"{OPPORTUNITY}/occurrence/2026-03-14")],
    "occurrence.edit": [_post(f"{OPPORTUNITY}/occurrence/2026-03-14/edit", scope="one")],
    "occurrence.delete": [_post(f"{OPPORTUNITY}/occurrence/2026-03-14/delete", scope="all")],
    "reminders.ask": [_get(f"{ORGANIZATION}/remind")],
    "reminders.add": [_post(f"{ORGANIZATION}/remind", when="tomorrow", note="x")],
    "search.show": [_get("/search?q=zanzibar", SHOWN), _get("/search?q=zanzibar&module=organization", SHOWN)],
    "search.suggest": [_get("/search/suggest?q=zanzibar", SHOWN)],
    "setup.open_console": [
        _get("/setup/"),
        _get("/setup/runs/"),
        _get("/setup/runs/1"),
        _get("/setup/users/"),
        _get("/setup/modules/organization/layout/"),
        _post("/setup/modules/organization/layout/do", do="hide", item="field:name"),
        _post("/setup/users/1/link"),
        _post("/setup/draft/publish"),
        _post(
            "/setup/expressions/try",
            source="name",
            scope="value",
            module="organization",
            record="{hidden_organization}",
        ),
        _post("/setup/modules/organization/remove", parts="1"),
        _get("/setup/workflows/opportunity/hot_deal/test?record={hidden_opportunity}"),
        _post("/setup/workflows/opportunity/hot_deal/rehearse", days="7"),
        _post("/setup/emails/hot_deal", act="preview", record="{hidden_opportunity}"),
        _post("/setup/backups/make"),
        _post("/setup/backups/fieldstone-20260314-090000.zip/download"),
        _post("/setup/mail/", host="mail.example.com", port="25", tls="none", address="crm@example.com"),
        _post("/setup/mail/test"),
        _post("/setup/retention/", act="save", audit_log_days="30"),
    ],
    "share.show": [_get(f"{ORGANIZATION}/share"), _get(f"{MINE}/share", SHOWN | GONE)],
    "share.suggest": [_get(f"{ORGANIZATION}/share/with?q=a")],
    "share.share": [_post(f"{ORGANIZATION}/share", who="1", access="edit")],
    "share.unshare": [_post(f"{ORGANIZATION}/unshare", share="1")],
    "stage.move": [_post(f"{OPPORTUNITY}/stage", value="lost")],
    "tags.suggest": [_get("/m/organization/tags/tags?q=zanz", SHOWN)],
    "undo.undo": [_post(f"{ORGANIZATION}/undo", entry="1")],
    "suggest.suggest": [_get("/suggest/organization?q=zanzi", SHOWN), _get("/suggest/contact?q=", SHOWN)],
    "workflows.run": [_post(f"{ORGANIZATION}/run/touch")],
    # The API
    "api.list_records": [
        _api("GET", "/m/organization?count=true", SHOWN),
        _api("GET", "/m/organization?deleted=true&count=true", SHOWN),
        _api("GET", "/m/opportunity?fields=name,organization,contact,organization.name,organization.owner", SHOWN),
        _api("GET", "/m/opportunity?where=contains(organization.name, 'anzib')&sort=organization", SHOWN),
        _api("GET", "/m/task?fields=subject,related_to", SHOWN),
    ],
    "api.suggest": [_api("GET", "/m/organization/suggest?q=anzib", SHOWN)],
    "api.aggregate": [
        _api("GET", "/m/organization/aggregate?group=name", SHOWN),
        _api("GET", "/m/opportunity/aggregate?group=organization.name&measure=count,sum(amount)", SHOWN),
        _api("GET", "/m/opportunity/aggregate?group=organization,contact", SHOWN),
        _api("GET", "/m/opportunity/aggregate?measure=max(organization.name)", SHOWN | REFUSED),
    ],
    "api.create": [
        _api("POST", "/m/opportunity", REFUSED, {"name": "x", "organization": "{hidden_organization}"}),
        _api("POST", "/m/opportunity", REFUSED, {"name": "x", "organization": "zanzibar ltd"}),
        _api("POST", "/m/task", REFUSED, {"subject": "x", "related_to": "organization:{hidden_organization}"}),
        _api("POST", "/m/comment", REFUSED, {"text": "x", "related_to": "organization:{hidden_organization}"}),
    ],
    "api.read": [_api("GET", ORGANIZATION), _api("GET", "/m/organization/{hidden_deleted}?deleted=true")],
    "api.change": [
        _api("PATCH", ORGANIZATION, GONE, {"name": "Taken", "base_version": 1}),
        _api("PATCH", ORGANIZATION, GONE, {"owner": "anna", "base_version": 1}),
    ],
    "api.delete": [_api("DELETE", ORGANIZATION)],
    "api.restore": [_api("POST", "/m/organization/{hidden_deleted}/restore")],
    "api.act": [_api("POST", f"{ORGANIZATION}/actions/touch")],
    "api.create_many": [
        _api("POST", "/m/opportunity/batch", REFUSED, {"records": [{"name": "x", "contact": "{hidden_contact}"}]}),
    ],
    "api.change_many": [
        _api("PATCH", "/m/organization/batch", GONE, {"records": [{"id": "{hidden_organization}", "name": "Taken"}]}),
        _api(
            "PATCH",
            "/m/organization/batch?partial=true",
            SHOWN,
            {"records": [{"id": "{hidden_organization}", "name": "Taken"}]},
        ),
    ],
    "api.delete_many": [
        _api("DELETE", "/m/organization/batch", GONE, {"ids": ["{hidden_organization}"]}),
        _api("DELETE", "/m/organization/batch?partial=true", SHOWN, {"ids": ["{hidden_organization}"]}),
    ],
    "api.history": [_api("GET", f"{ORGANIZATION}/history"), _api("GET", f"{MINE}/history", SHOWN)],
    "api.related": [
        _api("GET", f"{ORGANIZATION}/links/opportunities"),
        _api("GET", f"{MINE}/links/contacts?count=true", SHOWN),
    ],
    "api.link": [
        _api("POST", f"{MINE}/links/contacts", GONE, {"ids": ["{hidden_contact}"]}),
        _api("POST", f"{ORGANIZATION}/links/opportunities", REFUSED, {"ids": ["{my_opportunity}"]}),
    ],
    "api.unlink": [
        _api("DELETE", f"{MINE}/links/contacts/{{hidden_contact}}"),
        _api("DELETE", f"{ORGANIZATION}/links/opportunities/{{my_opportunity}}"),
    ],
    "api.audience": [_api("GET", f"{ORGANIZATION}/audience"), _api("GET", f"{MINE}/audience", SHOWN)],
    "api.explain_person": [_api("GET", f"{ORGANIZATION}/audience/{{anna}}")],
    "api.shares": [_api("GET", f"{ORGANIZATION}/shares")],
    "api.share": [_api("POST", f"{ORGANIZATION}/shares", GONE, {"principal": "{anna}", "access": "edit"})],
    "api.unshare": [_api("DELETE", f"{ORGANIZATION}/shares/1")],
    "api.comments": [_api("GET", f"{ORGANIZATION}/comments"), _api("GET", f"{MINE}/comments", SHOWN)],
    "api.comment": [
        _api("POST", f"{ORGANIZATION}/comments", GONE, {"text": "hello"}),
        _api("POST", f"{MINE}/comments", GONE, {"text": "hello", "reply_to": "{hidden_comment}"}),
    ],
    "api.change_comment": [
        _api("PATCH", f"{ORGANIZATION}/comments/{{hidden_comment}}", GONE, {"text": "mine"}),
        _api("PATCH", f"{MINE}/comments/{{hidden_comment}}", GONE, {"text": "mine"}),
    ],
    "api.remove_comment": [_api("DELETE", f"{MINE}/comments/{{hidden_comment}}")],
    "api.following": [_api("GET", f"{ORGANIZATION}/following")],
    "api.follow": [_api("PUT", f"{ORGANIZATION}/following")],
    "api.unfollow": [_api("DELETE", f"{ORGANIZATION}/following")],
    "api.followed": [_api("GET", "/following", SHOWN)],
    "api.record_reminders": [_api("GET", f"{ORGANIZATION}/reminders")],
    "api.remind": [_api("POST", f"{ORGANIZATION}/reminders", GONE, {"at": "2099-01-01T00:00:00Z"})],
    "api.notifications": [_api("GET", "/notifications", SHOWN)],
    "api.views": [_api("GET", "/m/opportunity/views", SHOWN)],
    "api.view": [_api("GET", "/m/opportunity/views/{hidden_view}")],
    "api.tags": [_api("GET", "/m/organization/tags/tags?q=zanz", SHOWN)],
    "api.duplicates": [
        _api("GET", "/m/organization/duplicates?match=name", SHOWN),
        _api("GET", "/m/opportunity/duplicates?match=organization&where=organization=={hidden_organization}", SHOWN),
    ],
    "api.merge": [
        _api(
            "POST",
            "/m/organization/merge",
            GONE,
            {
                "keep": "{my_organization}",
                "others": ["{hidden_organization}"],
                "versions": {"{my_organization}": 1, "{hidden_organization}": 1},
            },
        ),
    ],
    "api.approvals": [_api("GET", "/approvals", SHOWN)],
    "api.merges": [_api("GET", f"{ORGANIZATION}/merges")],
    "api.undo_merge": [_api("POST", "/merges/{hidden_merge}/undo", REFUSED)],
    "api.search": [_api("GET", "/search?q=zanzibar", SHOWN), _api("GET", "/search?q=zanzibar&module=contact", SHOWN)],
}

WITHOUT_RECORDS = frozenset(
    {
        "api.approve", "api.cancel_reminder", "api.mark_read", "api.mark_unread", "api.reject", "api.reminders",
        "approvals.answer",
        "account.add_token", "account.begin_second_factor", "account.change_password", "account.confirm_second_factor",
        "account.end_session", "account.log_ins", "account.look", "account.new_recovery_codes", "account.password_page",
        "account.remove_second_factor", "account.revoke_token", "account.save", "account.second_factor",
        "account.second_factor_set_up", "account.notices_page", "account.save_notices", "account.show",
        "account.tokens", "api.metadata", "api.openapi", "assets.serve", "brand.accent", "brand.logo",
        "healthz", "help.keys", "impersonate.ask", "impersonate.start", "impersonate.stop",
        "login.arrive", "login.choose_language", "login.choose_password", "login.depart", "login.forgotten",
        "login.forgotten_page", "login.link_page", "login.log_in", "login.log_in_page", "login.log_out",
        "login.password_page", "login.second_page", "login.second_step", "login.use_link", "more.create", "more.show",
        "navigation.close", "notifications.latest", "notifications.mark_read", "notifications.mark_unread",
        "notifications.snooze", "readyz", "reminders.cancel",
    }
)  # fmt: skip
"""Doors that lead to no record."""
