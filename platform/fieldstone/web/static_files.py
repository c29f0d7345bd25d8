"""Static files: our own, and those of Bootstrap, its icons and htmx from the installed wheels.

Every address carries the fingerprint of the whole set, so files may be kept for ever and refer to each
other by relative addresses.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, send_file
from werkzeug.security import safe_join

OWN = Path(__file__).parent / "static"

VENDOR = {
    "vendor/bootstrap.min.css": ("flask_bootstrap", "static/bootstrap5/css/bootstrap.min.css"),
    "vendor/font/bootstrap-icons.min.css": ("flask_bootstrap", "static/bootstrap5/css/font/bootstrap-icons.min.css"),
    "vendor/font/fonts/bootstrap-icons.woff2": (
        "flask_bootstrap",
        "static/bootstrap5/css/font/fonts/bootstrap-icons.woff2",
    ),
    "vendor/font/fonts/bootstrap-icons.woff": (
        "flask_bootstrap",
        "static/bootstrap5/css/font/fonts/bootstrap-icons.woff",
    ),
    "vendor/htmx.min.js": ("js_lib_htmx", "static/htmx/htmx.min.js"),
}
"""Address below /static/<fingerprint>/ → package and path in it. Nothing else of a wheel is served."""

HTMX_SHA256 = "491955cd1810747d7d7b9ccb936400afb760e06d25d53e4572b64b6563b2784e"
"""Of htmx.min.js in the pinned wheel; a test compares, so that an update is a decision."""

_A_YEAR = 365 * 24 * 3600

blueprint = Blueprint("assets", __name__)


def vendor_file(address: str) -> Path:
    """Where a file of a wheel is. Raises KeyError for an address that is not listed."""
    package, path = VENDOR[address]
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"the package {package} is not installed")
    return Path(spec.submodule_search_locations[0]) / path


@cache
def fingerprint() -> str:
    """Twelve hex digits that change when any of the files does."""
    digest = hashlib.sha256()
    for path in sorted(path for path in OWN.rglob("*") if path.is_file()):
        digest.update(path.relative_to(OWN).as_posix().encode() + b"\0" + path.read_bytes())
    for address in VENDOR:
        stat = vendor_file(address).stat()
        digest.update(f"{address} {stat.st_size}".encode())
    return digest.hexdigest()[:12]


def static_url(address: str) -> str:
    """The address of a static file, such as `fieldstone.css` or `vendor/htmx.min.js`."""
    return f"/static/{fingerprint()}/{address}"


@blueprint.get("/static/<version>/<path:address>")
def serve(version: str, address: str) -> Response:
    found = _find(address)
    if found is None:
        abort(404)
    # Small files, read at once: a browser that goes away leaves no file open.
    content = BytesIO(found.read_bytes())
    response = send_file(content, download_name=found.name, max_age=_A_YEAR, etag=fingerprint())
    if version == fingerprint():
        response.cache_control.public = True
        response.cache_control.immutable = True
    else:  # a page from before an update: give it the new file, but let nobody keep it under the old name
        response.cache_control.max_age = 0
        response.cache_control.no_cache = True
    return response


def _find(address: str) -> Path | None:
    if address in VENDOR:
        return vendor_file(address)
    joined = None if address.startswith("vendor/") else safe_join(str(OWN), address)
    return Path(joined) if joined and Path(joined).is_file() else None


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)
    static: Callable[[str], str] = static_url
    app.jinja_env.globals["static"] = static
