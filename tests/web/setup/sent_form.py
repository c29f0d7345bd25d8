"""What a browser would send of a form that nobody has touched."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from werkzeug.test import TestResponse


class _Form(HTMLParser):
    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.sent: list[tuple[str, str]] = []
        self._id = form_id
        self._inside = False
        self._area: tuple[str, str] | None = None
        self._select: dict[str, Any] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = values.get("id") == self._id
        elif self._inside and tag == "textarea":
            self._area = (values["name"], "")
        elif self._inside and tag == "select":
            self._select = {"name": values["name"], "several": "multiple" in values, "first": None, "chosen": []}
        elif self._select is not None and tag == "option":
            if self._select["first"] is None:
                self._select["first"] = values.get("value", "")
            if "selected" in values:
                self._select["chosen"].append(values.get("value", ""))
        elif self._inside and tag == "input" and "name" in values and _is_sent(values):
            self.sent.append((values["name"], values.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area = (self._area[0], self._area[1] + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea" and self._area is not None:
            self.sent.append((self._area[0], self._area[1].removeprefix("\n")))
            self._area = None
        elif tag == "select" and self._select is not None:
            chosen, first = self._select["chosen"], self._select["first"]
            if not self._select["several"]:
                chosen = chosen[-1:] or ([first] if first is not None else [])
            self.sent += [(self._select["name"], value) for value in chosen]
            self._select = None


def _is_sent(values: dict[str, str]) -> bool:
    return values.get("type") not in ("checkbox", "radio") or "checked" in values


def sent_form(page: TestResponse, form_id: str) -> dict[str, list[str]]:
    """Name → the values in their order."""
    reader = _Form(form_id)
    reader.feed(page.text)
    found: dict[str, list[str]] = {}
    for name, value in reader.sent:
        if name != "csrf_token":
            found.setdefault(name, []).append(value)
    return found
