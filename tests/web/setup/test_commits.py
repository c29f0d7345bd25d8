"""None of Flask-Admin's own commits can happen: create, update, delete and the action that deletes are ours."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_admin.model import BaseModelView

import fieldstone.web.setup as package
from fieldstone.runtime.site import Site
from fieldstone.web.setup import get_console
from fieldstone.web.setup.listed import Listed
from web.visitor import Visitor

THE_FOUR = ("create_model", "update_model", "delete_model", "action_delete")


@pytest.fixture
def views(app: Flask) -> list[BaseModelView]:
    with app.test_request_context("/setup/"):
        found = [view for view in get_console().admin._views if isinstance(view, BaseModelView)]
    assert len(found) > 8
    return found


def test_every_list_has_all_four_from_us(views: list[BaseModelView]) -> None:
    for view in views:
        assert isinstance(view, Listed)
        for name in THE_FOUR:
            owner = next(cls for cls in type(view).__mro__ if name in vars(cls))
            assert owner.__module__.startswith("fieldstone.web.setup."), (view.endpoint, name)


def test_no_view_knows_a_session_of_the_database(views: list[BaseModelView], admin: Visitor) -> None:
    for view in views:
        assert not hasattr(view, "session")
        assert not [cls for cls in type(view).__mro__ if cls.__module__.startswith("flask_admin.contrib")]
        assert admin.get(f"/setup/{view.endpoint}/").status_code == 200
    assert not [name for name in sys.modules if name.startswith("flask_admin.contrib")]


def test_no_file_of_setup_writes_to_the_database_itself() -> None:
    """Whatever is changed goes through the functions that the command line uses too."""
    for path in sorted(Path(inspect.getfile(package)).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("commit", "insert", "writer"), path.name
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names]
                assert not [name for name in names if name.split(".")[0] == "sqlalchemy"], path.name


@pytest.fixture
def written(site: Site) -> Iterator[list[str]]:
    """Statements that change anything, but for what notes that a session is used."""
    statements: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if (
            statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))
            and "fs_session SET seen_at" not in statement
        ):
            statements.append(statement)

    for engine in (site.database.writer, site.database.reader):
        sa.event.listen(engine, "before_cursor_execute", note)
    yield statements
    for engine in (site.database.writer, site.database.reader):
        sa.event.remove(engine, "before_cursor_execute", note)


def test_what_it_offers_goes_through_the_functions_of_the_command_line(
    admin: Visitor, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Create, update, delete and the action that deletes: nothing is changed but by these, and each says who did it."""
    called: list[tuple[str, object]] = []
    for name in ("add_user", "update_user", "revoke_token", "end_sessions"):
        monkeypatch.setattr(
            site.accounts, name, lambda *_a, _name=name, **k: called.append((_name, k["by"].user_id)) or 1
        )
    token = site.accounts.add_token("admin", label="Shop")
    me = site.accounts.find_user_id("admin") or 0
    (session, *_others) = site.accounts.list_sessions(me)
    admin.get("/setup/users/new/")
    admin.post("/setup/users/new/", {"label": "Anna", "username": "anna"})
    admin.post(f"/setup/users/edit/?id={me}", {"label": "Boss"})
    admin.post("/setup/tokens/delete/", {"id": str(token.id)})
    admin.post("/setup/sessions/action/", {"action": "delete", "id": str(session.id)})
    assert called == [("add_user", me), ("update_user", me), ("revoke_token", me), ("end_sessions", me)]
    assert site.accounts.get_user(me).label == "admin"
    assert [each.id for each in site.accounts.list_tokens()] == [token.id]


def test_what_a_list_does_not_offer_changes_nothing(
    views: list[BaseModelView], admin: Visitor, written: list[str]
) -> None:
    for view in views:
        base = f"/setup/{view.endpoint}"
        if not view.can_create:
            admin.post(f"{base}/new/", {"label": "x", "name": "x", "username": "x"})
        if not view.can_edit:
            admin.post(f"{base}/edit/?id=1", {"label": "x", "name": "x"})
        if not view.can_delete:
            admin.post(f"{base}/delete/", {"id": "1"})
            assert admin.post(f"{base}/action/", {"action": "delete", "id": "1"}).status_code == 404
        assert admin.post(f"{base}/ajax/update/", {"list_form_pk": "1", "label": "x"}).status_code == 404
        admin.get(f"{base}/export/csv/")
        admin.get(f"{base}/delete/?id=1")
    assert not written


def test_getting_a_page_changes_nothing(views: list[BaseModelView], admin: Visitor, written: list[str]) -> None:
    for view in views:
        for path in ("", "new/", "edit/?id=1", "details/?id=1"):
            admin.get(f"/setup/{view.endpoint}/{path}")
    for path in ("settings/", "health/", "revisions/1/back", "roles/of/sales_rep", "roles/add"):
        admin.get(f"/setup/{path}")
    assert not written
