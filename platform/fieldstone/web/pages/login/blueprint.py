"""The blueprint that the pages of the log-in belong to: all of them are for people who are not logged in."""

from __future__ import annotations

from flask import Blueprint

page = Blueprint("login", __name__)
