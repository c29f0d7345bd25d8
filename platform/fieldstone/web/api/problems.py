"""Errors of the API as problem documents (RFC 9457)."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from flask import Blueprint, Response, json, request
from werkzeug.exceptions import HTTPException

from fieldstone.expressions.errors import ExpressionError
from fieldstone.kernel.errors import FieldProblem, FieldstoneError, StaleRecordError, ValidationError
from fieldstone.records.changes import PossibleDuplicatesError

_log = logging.getLogger("fieldstone.api")


def problem_response(status: int, code: str, title: str, **more: Any) -> Response:
    """`type` is a stable urn of the code; `errors` holds field, code and message."""
    body = {"type": f"urn:fieldstone:{code}", "title": title, "status": status, "code": code, **more}
    return Response(json.dumps(body), status, content_type="application/problem+json")


def field_errors(problems: list[FieldProblem]) -> list[dict[str, Any]]:
    return [
        {"field": each.field, "code": each.code, "message": each.text, **({"row": each.row} if each.row else {})}
        for each in problems
    ]


def error_response(error: FieldstoneError) -> Response:
    more: dict[str, Any] = {"detail": error.hint} if error.hint else {}
    status = error.status
    if isinstance(error, ValidationError):
        more["errors"] = field_errors(error.problems)
    elif isinstance(error, ExpressionError):
        more["errors"] = [
            {"field": "where", "code": each.code, "message": each.message, "column": each.column}
            for each in error.problems
        ]
    elif isinstance(error, PossibleDuplicatesError):
        more["duplicates"] = [
            {"row": each.row, "matches": [{"id": match.id, "label": match.label} for match in each.matches]}
            for each in error.warnings
        ]
    elif isinstance(error, StaleRecordError):
        more |= {"version": error.version, "conflicts": _conflicts(error)}
    if error.code == "record.E002" and request.headers.get("If-Match"):
        status = 412
    response = problem_response(status, error.code, error.message, **more)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _conflicts(error: StaleRecordError) -> list[dict[str, Any]]:
    return [
        {"field": each.field, "base": each.base, "theirs": each.theirs, "mine": each.mine} for each in error.conflicts
    ]


def add_handlers(api: Blueprint) -> None:
    @api.errorhandler(FieldstoneError)
    def known(error: FieldstoneError) -> Response:
        return error_response(error)

    @api.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        return problem_response(error.code or 500, f"api.H{error.code}", error.name, detail=error.description)

    @api.errorhandler(Exception)
    def unknown(error: Exception) -> Response:
        reference = secrets.token_hex(4).upper()
        _log.exception("reference %s: %s %s", reference, request.method, request.path)
        title = "The fault is ours, and it has been noted."
        return problem_response(500, "api.H500", title, detail=f"Reference {reference}.")
