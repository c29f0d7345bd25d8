"""The blueprint that the pages of one's own account belong to."""

from __future__ import annotations

from flask import Blueprint

page = Blueprint("account", __name__)
