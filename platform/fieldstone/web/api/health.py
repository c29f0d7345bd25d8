"""/healthz: the process is alive. /readyz: it can serve (database reachable, model compiled, plugins there)."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask

from fieldstone.kernel.errors import FieldstoneError
from fieldstone.web.current import current_site

_log = logging.getLogger("fieldstone.api")


def add_routes(app: Flask) -> None:
    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz")
    def readyz() -> tuple[dict[str, Any], int]:
        site = current_site()
        try:
            site.check_ready()
        except FieldstoneError as error:
            return {"status": "not ready", "reason": error.message}, 503
        except Exception:
            _log.exception("not ready")
            return {"status": "not ready", "reason": "The database does not answer; the log says why."}, 503
        return {"status": "ready", "model": site.models.current.version}, 200
