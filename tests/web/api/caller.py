"""A program that calls the API."""

from __future__ import annotations

import json
import re
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse


class Caller:
    """`api.post("/m/organization", {"name": "Acme"})`; every answer must have the status that is expected."""

    def __init__(self, app: Flask, token: str = "") -> None:
        self.client = app.test_client(use_cookies=False)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, status: int = 200, **options: Any) -> TestResponse:
        return self.send("GET", path, status=status, **options)

    def post(self, path: str, body: Any = None, status: int = 201, **options: Any) -> TestResponse:
        return self.send("POST", path, body, status=status, **options)

    def patch(self, path: str, body: Any = None, status: int = 200, **options: Any) -> TestResponse:
        return self.send("PATCH", path, body, status=status, **options)

    def delete(self, path: str, body: Any = None, status: int = 204, **options: Any) -> TestResponse:
        return self.send("DELETE", path, body, status=status, **options)

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        status: int,
        headers: dict[str, str] | None = None,
        query: dict[str, Any] | None = None,
        data: bytes | None = None,
        content_type: str = "application/json",
    ) -> TestResponse:
        if body is not None:
            data = json.dumps(body).encode()
        answer = self.client.open(
            f"/api/v1{path}",
            method=method,
            headers={**self.headers, **(headers or {})},
            query_string=query,
            data=data,
            content_type=content_type if data is not None else None,
            buffered=True,
        )
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        if answer.status_code >= 400:
            check_problem(answer)
        return answer

    def create(self, module: str, **values: Any) -> dict[str, Any]:
        """The record as it was created."""
        made: dict[str, Any] = self.post(f"/m/{module}", values).json
        return made


def check_problem(answer: TestResponse) -> None:
    """Every error is a problem document (RFC 9457) that says what happened and hides what is inside."""
    assert answer.content_type == "application/problem+json"
    problem = answer.json
    assert problem["status"] == answer.status_code
    assert problem["type"] == f"urn:fieldstone:{problem['code']}"
    assert problem["title"]
    assert "Traceback" not in answer.text
    for each in problem.get("errors", ()):
        assert each["message"], problem
        assert not re.search(r"\{\w+\}", each["message"]), problem
