"""Errors of the API as problem documents (RFC 9457).

`type` is a stable urn of the code, `title` says what happened, `detail` what to do. `errors` lists what is
wrong where: [{"field", "code", "message"}], with `row` in a batch and `column` in an expression.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Flask, Response, request
from werkzeug.exceptions import HTTPException

from fieldstone.expressions.errors import ExpressionError
from fieldstone.kernel.errors import FieldConflict, FieldProblem, FieldstoneError, StaleRecordError, ValidationError
from fieldstone.records.changes import DuplicateWarning, PossibleDuplicatesError
from fieldstone.web import errors as pages
from fieldstone.web.api.caller import challenge
from fieldstone.web.api.serialize import value_to_json

_log = logging.getLogger("fieldstone.api")

_PREFIXES = ("/api/", "/hooks/")


def problem_response(status: int, code: str, title: str, **more: Any) -> Response:
    body = {"type": f"urn:fieldstone:{code}", "title": title, "status": status, "code": code, **more}
    # Escaped: a message may quote half a surrogate pair, which UTF-8 cannot hold.
    return Response(json.dumps(body, ensure_ascii=True), status, content_type="application/problem+json")


def problems_to_json(problems: Iterable[FieldProblem], *, rows: bool = False) -> list[dict[str, Any]]:
    """`field` "" is the whole record; `rows`: say which record of the batch."""
    return [
        {**({"row": each.row} if rows else {}), "field": each.field, "code": each.code, "message": each.text}
        for each in problems
    ]


def duplicates_to_json(warnings: Iterable[DuplicateWarning], *, rows: bool = False) -> list[dict[str, Any]]:
    """The records that look the same; `hidden` counts those the caller may not see."""
    return [
        {
            **({"row": each.row} if rows else {}),
            "matches": [
                {"id": match.id, "label": match.label} if match.id else {"row": match.row} for match in each.matches
            ],
            "hidden": each.hidden,
        }
        for each in warnings
    ]


def error_response(error: FieldstoneError) -> Response:
    more: dict[str, Any] = {"detail": error.hint} if error.hint else {}
    status, rows = error.status, request.path.endswith("/batch")
    if isinstance(error, ValidationError):
        more["errors"] = problems_to_json(error.problems, rows=rows)
    elif isinstance(error, ExpressionError):
        where = "where" if request.args.get("where") else "group"
        more["detail"] = error.problems[0].hint or error.message
        more["errors"] = [
            {"field": where, "code": each.code, "message": each.message, "column": each.column}
            for each in error.problems
        ]
    elif isinstance(error, PossibleDuplicatesError):
        more["duplicates"] = duplicates_to_json(error.warnings, rows=rows)
    elif isinstance(error, StaleRecordError):
        more |= {"id": error.record_id, "version": error.version, "changed_by": error.changed_by}
        more["conflicts"] = [_conflict(error.module, each) for each in error.conflicts]
    elif isinstance(error.params.get("field"), str):
        more["errors"] = [{"field": error.params["field"], "code": error.code, "message": error.message}]
    if error.code == "record.E002":
        more.setdefault("version", error.params["version"])
        if request.headers.get("If-Match"):
            status = 412
    response = problem_response(status, error.code, error.message, **more)
    if status == 401:
        response.headers["WWW-Authenticate"] = challenge()
    if status in (429, 503):
        response.headers["Retry-After"] = str(error.params.get("wait", 5))
    return response


def _conflict(module: str, conflict: FieldConflict) -> dict[str, Any]:
    values = {"base": conflict.base, "theirs": conflict.theirs, "mine": conflict.mine}
    name = conflict.field
    return {"field": name, **{key: value_to_json(module, name, value, {}) for key, value in values.items()}}


def _http_response(error: HTTPException) -> Response:
    response = problem_response(error.code or 500, f"api.H{error.code}", error.name, detail=error.description or "")
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def add_problem_handlers(api: Blueprint) -> None:
    """Whatever goes wrong behind a door for programs is told as a problem document."""

    @api.errorhandler(FieldstoneError)
    def known(error: FieldstoneError) -> Response:
        if error.status == 500:
            return fault(error)
        if error.status == 503:
            _log.error("unavailable: %s", error)
        if error.status in (401, 403):
            pages.note_denial(error.code)
        return error_response(error)

    @api.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        return _http_response(error)

    @api.errorhandler(Exception)
    def fault(error: Exception) -> Response:
        reference = pages.new_reference()
        _log.error("fault %s at %s %r", reference, request.method, request.path, exc_info=error)
        title = "The fault is ours, and it has been noted."
        return problem_response(500, "api.H500", title, detail=f"Reference {reference}.", reference=reference)


def add_handlers(app: Flask, api: Blueprint) -> None:
    add_problem_handlers(api)

    # An address below /api that leads nowhere belongs to no blueprint.
    @app.errorhandler(404)
    @app.errorhandler(405)
    def lost(error: HTTPException) -> Response:
        if request.path.startswith(_PREFIXES):
            return _http_response(error)
        return pages.error_response(error.code or 404)
