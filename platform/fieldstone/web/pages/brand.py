"""The logo and the accent of the site. Shown on the log-in page, so open to everybody."""

from __future__ import annotations

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue

from fieldstone.web.brand import accent_style, brand_model, digest_of, logo_of

page = Blueprint("brand", __name__)

_A_YEAR = 365 * 24 * 3600


@page.get("/brand/<digest>/logo")
def logo(digest: str) -> ResponseReturnValue:
    picture = logo_of(brand_model().app)
    if picture is None or picture.digest != digest:
        abort(404)
    return _kept(Response(picture.data, mimetype=picture.mime))


@page.get("/brand/<digest>/accent.css")
def accent(digest: str) -> ResponseReturnValue:
    colour = brand_model().app.accent
    if not colour or digest_of(colour) != digest:
        abort(404)
    return _kept(Response(accent_style(colour), mimetype="text/css"))


def _kept(response: Response) -> Response:
    """For ever: another picture or colour has another address."""
    response.cache_control.public = True
    response.cache_control.immutable = True
    response.cache_control.max_age = _A_YEAR
    return response
