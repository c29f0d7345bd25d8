"""The language of the pages before somebody logs in."""

from __future__ import annotations

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from fieldstone.web.i18n import LANGUAGES
from fieldstone.web.pages.login.blueprint import page
from fieldstone.web.security import local_path


@page.post("/login/language")
def choose_language() -> ResponseReturnValue:
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        session["language"] = chosen
    return redirect(url_for("login.log_in_page", next=local_path(request.form.get("next"), "/")), 303)
