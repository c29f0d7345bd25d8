"""A person at a browser, without the browser: keeps cookies and sends the CSRF token of the page before."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Visitor:
    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.token = ""

    def get(self, url: str, **options: Any) -> TestResponse:
        return self._noted(self.client.get(url, buffered=True, **options))

    def post(self, url: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        return self._noted(
            self.client.post(url, data={"csrf_token": self.token, **(data or {})}, buffered=True, **options)
        )

    def htmx(self, url: str, data: dict[str, Any] | None = None) -> TestResponse:
        """As htmx asks: a GET, or with `data` a POST."""
        headers = {"HX-Request": "true"}
        return self.get(url, headers=headers) if data is None else self.post(url, data, headers=headers)

    def log_in(self, username: str = "admin", password: str = "a long password") -> TestResponse:
        self.get("/login")
        answer = self.post("/login", {"username": username, "password": password})
        assert answer.status_code == 303, answer.text
        self.get("/more")
        return answer

    def _noted(self, response: TestResponse) -> TestResponse:
        if response.mimetype == "text/html" and (found := _TOKEN.search(response.text)):
            self.token = found[1]
        return response


def text_of(response: TestResponse) -> str:
    """What a person reads: without tags, entities resolved, spaces folded."""
    import html

    plain = re.sub(r"<[^>]+>", " ", response.text)
    return " ".join(html.unescape(plain).split())
