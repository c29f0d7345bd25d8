"""Everything there is, for phones, where the navigation has no room: all modules, and what can be created."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

page = Blueprint("more", __name__)


@page.get("/more")
def show() -> ResponseReturnValue:
    return render_template("more.html", here="more", creating=False)


@page.get("/create")
def create() -> ResponseReturnValue:
    return render_template("more.html", here="create", creating=True)
