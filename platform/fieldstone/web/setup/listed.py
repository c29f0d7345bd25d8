"""Lists of things, on Flask-Admin's model views: searching, sorting, paging, forms.

Flask-Admin's model views for a database commit by themselves, in four places: create, update, delete and the
action that deletes. These here know no database session at all. Whatever they change goes through the functions that
the command line uses; `create_model`, `update_model`, `delete_model` and `action_delete` are refused unless a view
says what they call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from flask import abort, request
from flask.typing import ResponseReturnValue
from flask_admin.actions import action
from flask_admin.model import BaseModelView
from wtforms import Form

from fieldstone.kernel.errors import FieldstoneError
from fieldstone.web.i18n import gettext
from fieldstone.web.numbers import find_number
from fieldstone.web.security import local_path
from fieldstone.web.setup.columns import Column
from fieldstone.web.setup.view import Guarded, back_to, later
from fieldstone.web.words import explain

_MOST_PAGES = 1_000_000


class Listed(Guarded, BaseModelView):  # type: ignore[misc]
    """A list that is read whole and shown page by page. A view says which `columns` it has and overrides `find`."""

    columns: ClassVar[Sequence[Column]] = ()
    searchable: ClassVar[bool] = True
    delete_label: ClassVar[object] = ""
    delete_question: ClassVar[object] = ""
    new_label: ClassVar[object] = ""
    empty_title: ClassVar[object] = ""
    empty_text: ClassVar[object] = ""
    about: ClassVar[object] = ""
    icon: ClassVar[str] = ""
    row_template: ClassVar[str] = ""

    can_create = can_edit = can_delete = can_export = False
    page_size = 50
    list_template = "setup/list.html"
    form_class: ClassVar[type[Form]] = Form

    def __init__(self, model: type, name: object, *, endpoint: str, category: object) -> None:
        super().__init__(model, name, category, endpoint=endpoint, menu_icon_type="bi", menu_icon_value=self.icon)

    # What a view overrides

    def find(self, text: str) -> list[Any]:
        """All rows that hold the text, in their usual order."""
        raise NotImplementedError

    def filters(self) -> Sequence[Filter]:
        """Choices above the list; their values are in `request.args`."""
        return ()

    def create_model(self, form: Form) -> Any:
        abort(404)

    def update_model(self, form: Form, model: Any) -> bool:
        abort(404)

    def delete_model(self, model: Any) -> bool:
        abort(404)

    @action("delete", later("Delete"))  # type: ignore[untyped-decorator]
    def action_delete(self, ids: list[str]) -> None:
        """Those that are ticked, one after the other, each as `delete_model` does it."""
        if not self.can_delete:
            abort(404)
        for key in ids:
            row = self.find_one(key)
            if row is not None:
                self.delete_model(row)

    # What Flask-Admin asks for

    def handle_action(self, return_view: str | None = None) -> ResponseReturnValue:
        """The boxes that are ticked are called `id` here, as in every list."""
        found = self._actions_data.get(request.form.get("action", ""))
        if found is None or not self.is_action_allowed(request.form["action"]):
            abort(404)
        found[0](request.form.getlist("id"))
        return back_to(local_path(request.form.get("url"), self.get_url(".index_view")))

    def is_action_allowed(self, name: str) -> bool:
        return bool(self.can_delete)

    def scaffold_list_columns(self) -> list[str]:
        return [column.name for column in self.columns]

    def scaffold_sortable_columns(self) -> dict[str, str]:
        return {column.name: column.name for column in self.columns if column.key is not None}

    def scaffold_form(self) -> type[Form]:
        return self.form_class

    def init_search(self) -> bool:
        return self.searchable

    def get_pk_value(self, model: Any) -> Any:
        return model.id

    def get_list(
        self, page: int, sort_field: str | None, sort_desc: object, search: str | None, filters: object, page_size: int
    ) -> tuple[int | None, list[Any]]:
        rows = self.find((search or "").strip()[:200])
        column = next((each for each in self.columns if each.name == sort_field), None)
        if column is not None and column.key is not None:
            rows = sorted(rows, key=column.key, reverse=bool(sort_desc))
        start = min(max(0, page), _MOST_PAGES) * page_size
        return len(rows), rows[start : start + page_size]

    def find_one(self, key: Any) -> Any:
        """The row with an id as a request brings it; None when there is none."""
        number = find_number(str(key))
        return next((row for row in self.find("") if row.id == number), None)

    def get_one(self, id: Any) -> Any:
        return self.find_one(id) or abort(404)

    def attempt(self, form: Form, work: Callable[[], Any]) -> Any:
        """What `work` gives; False with the reason on the form when it cannot be done so."""
        try:
            return work()
        except FieldstoneError as error:
            if error.status >= 500:
                raise
            form.form_errors.append(explain(error))
            return False

    def render(self, template: str, **values: Any) -> str:
        values.setdefault("older_url", "")
        return super().render(template, **values)


class Filter:
    """A choice above a list: `name` in the address, and (value, label) of each; "" is all of them."""

    def __init__(self, name: str, label: str, choices: Iterable[tuple[str, str]]) -> None:
        self.name = name
        self.label = label
        self.choices = [("", gettext("All")), *choices]

    @property
    def value(self) -> str:
        chosen = request.args.get(self.name, "")
        return chosen if any(chosen == value for value, _ in self.choices) else ""


class Endless(Listed):
    """A list that grows without end, the newest first: pages go on from the last id. A view overrides `find_before`."""

    searchable = False

    def find_before(self, before: int | None, limit: int) -> list[Any]:
        """The newest rows, those with ids below `before`; at most `limit`."""
        raise NotImplementedError

    def get_list(
        self, page: int, sort_field: str | None, sort_desc: object, search: str | None, filters: object, page_size: int
    ) -> tuple[int | None, list[Any]]:
        rows = self.find_before(find_number(request.args.get("before", "")), page_size + 1)
        return None, rows

    def render(self, template: str, **values: Any) -> str:
        rows = values.get("data")
        if template == self.list_template and rows is not None and len(rows) > self.page_size:
            values["data"] = rows = rows[: self.page_size]
            kept = {name: value for name, value in request.args.items() if name != "before"}
            values["older_url"] = self.get_url(".index_view", **kept, before=self.get_pk_value(rows[-1]))
        return super().render(template, **values)
