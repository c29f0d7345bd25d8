"""Errors become a status and a page: the person's mistakes with a remedy, ours with a reference."""

from __future__ import annotations

import logging
import secrets
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, jsonify, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from fieldstone.kernel.errors import FieldstoneError, MetadataError, NotAuthenticatedError, ValidationError
from fieldstone.kernel.security_log import log_security
from fieldstone.web import times, words
from fieldstone.web.i18n import current_language, current_zone
from fieldstone.web.i18n import gettext as _

log = logging.getLogger("fieldstone.web")

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No letters or digits that are mistaken for each other when read out."""


def new_reference() -> str:
    """What a person quotes to the administrator, such as F7K2-9QX3; it stands in the log."""
    text = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    return f"{text[:4]}-{text[4:]}"


def _titles() -> dict[int, str]:
    return {
        400: _("This request cannot be used"),
        401: _("You are not logged in"),
        403: _("You may not do this"),
        404: _("This page does not exist"),
        405: _("This request cannot be used"),
        409: _("Somebody else was faster"),
        413: _("This is too large"),
        422: _("Not saved"),
        429: _("Too many attempts"),
        500: _("This page could not be shown"),
        503: _("Fieldstone is not available right now"),
    }


def _texts() -> dict[int, str]:
    return {
        400: _("The address or the form holds something that cannot be read. Go back and try again."),
        403: _("An administrator can give you the right to."),
        404: _("It may have been deleted, or you may not be allowed to see it."),
        405: _("The address or the form holds something that cannot be read. Go back and try again."),
        413: _("Send less at once, or split the file."),
        429: _("Wait a minute and try again."),
        500: _(
            "The fault is ours, and it has been noted. Nothing you saved before is lost. "
            "If it happens again, send the reference to your administrator."
        ),
        503: _("Nothing you saved is lost. Try again in a minute."),
    }


def error_response(
    status: int, *, title: str = "", text: str = "", details: list[str] | None = None, reference: str = ""
) -> Response:
    """The error as a page, as a toast for htmx, or as JSON for a script of ours."""
    title = title or _titles().get(status) or _titles()[500 if status >= 500 else 400]
    text = text or _texts().get(status, "")
    if request.headers.get("HX-Request") == "true":
        message = f"{title}. {text}" if not reference else f"{title} ({reference}). {text}"
        response = make_response(
            render_template("parts/toast.html", toast={"kind": "error", "text": message, "undo": None}), status
        )
        response.headers["HX-Retarget"] = "#toasts"
        response.headers["HX-Reswap"] = "beforeend"
        response.headers["HX-Reselect"] = "[data-toast]"
        return response
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return make_response(jsonify(status=status, title=title, detail=text), status)
    zone, language = current_zone(), current_language()
    page: dict[str, Any] = {
        "status": status,
        "title": title,
        "text": text,
        "details": details or [],
        "reference": reference,
        "at": times.full_moment(datetime.now(UTC), zone, language, getattr(g.get("actor"), "date_format", "")),
        "retry": request.full_path.rstrip("?") if status >= 500 and request.method == "GET" else "",
        "back": "/",
        "back_label": _("Back to the start") if g.get("actor") else _("Log in"),
    }
    return make_response(render_template("error.html", **page), status)


_FORMS = frozenset({"form.create", "form.update"})
"""What is sent to them is offered again by the page that has the same address."""


def to_log_in() -> Response:
    """The log-in page, which leads back here."""
    back = request.full_path.rstrip("?") if request.method == "GET" else "/"
    if request.endpoint in _FORMS:
        back = request.path
    target = url_for("login.log_in_page", next=back if back != "/" else None)
    if request.headers.get("HX-Request") == "true":
        response = make_response("", 401)
        response.headers["HX-Redirect"] = url_for("login.log_in_page")
        return response
    return make_response(redirect(target, 303))


def _on_fieldstone_error(error: FieldstoneError) -> Response:
    if isinstance(error, NotAuthenticatedError):
        return to_log_in()
    if error.status >= 500 and error.status != 503:
        return _on_fault(error)
    if error.status == 503:
        log.error("unavailable: %s", error)
    if error.status == 403:
        note_denial(error.code)
    details: list[str] = []
    if isinstance(error, ValidationError):
        details = [words.word_problem(problem) for problem in error.problems]
    elif isinstance(error, MetadataError):
        details = [words.word_diagnostic(diagnostic) for diagnostic in error.diagnostics[:20]]
    text = words.explain(error)
    return error_response(error.status, text=text, details=details)


def note_denial(code: str) -> None:
    """A line of the log for a request that was refused, and who sent it."""
    actor = g.get("actor")
    log_security(
        "denied",
        code=code,
        user=actor.user_id if actor is not None else None,
        by=actor.impersonator if actor is not None else None,
        method=request.method,
        path=request.path,
        address=request.remote_addr or "",
    )


def _on_csrf(error: CSRFError) -> Response:
    return error_response(
        400,
        title=_("This form is out of date"),
        text=_(
            "You logged in again since it was opened, or it came from elsewhere. Go back, reload and send it again."
        ),
    )


def _on_http(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)
    response = error_response(error.code or 500)
    if isinstance(getattr(error, "retry_after", None), int):
        response.headers["Retry-After"] = str(error.retry_after)  # type: ignore[attr-defined]
    return response


def _on_fault(error: Exception) -> Response:
    reference = new_reference()
    log.error("fault %s at %s %r", reference, request.method, request.path, exc_info=error)
    return error_response(500, reference=reference)


def install(app: Flask) -> None:
    app.register_error_handler(FieldstoneError, _on_fieldstone_error)
    app.register_error_handler(CSRFError, _on_csrf)
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(Exception, _on_fault)
