"""The door by which other systems call workflows: no log-in, no session, only the secret in the address."""

from __future__ import annotations

import json
from dataclasses import replace

from flask import Blueprint, Flask, Response, g, request

from fieldstone.kernel.errors import NotFoundError
from fieldstone.records.accounts.secret_keys import hash_key
from fieldstone.web.api.body import json_object
from fieldstone.web.api.idempotency import idempotent
from fieldstone.web.api.problems import add_problem_handlers
from fieldstone.web.current import current_published, current_site
from fieldstone.workflows.inbound import Awaited

PREFIX = "/hooks/"
MOST_BYTES = 64 * 1024
PER_MINUTE = 120
"""Calls of one address."""
REFUSED_PER_MINUTE = 60
"""Calls of addresses that do not exist, from one machine."""


def call(token: str) -> Response:
    """202 with the run: {"run": 12, "record": 34}; `run` is null where the workflow's condition does not hold."""
    request.max_content_length = MOST_BYTES
    current_published()  # what another process has published is in force
    site, address = current_site(), request.remote_addr or ""
    try:
        awaited = site.workflows.inbound.awaited(token)
    except NotFoundError:
        site.rates.take(f"hook refused {address}", REFUSED_PER_MINUTE)
        raise
    site.rates.take(f"hook {hash_key(token)[:24]}", PER_MINUTE)
    g.actor = replace(awaited.actor, address=address)
    return _carry_out(replace(awaited, actor=g.actor))


@idempotent
def _carry_out(awaited: Awaited) -> Response:
    called = current_site().workflows.inbound.call(awaited, json_object())
    body = json.dumps({"run": called.run, "record": called.record_id})
    return Response(body, 202, content_type="application/json")


def register_hooks(app: Flask) -> None:
    """Exempt from CSRF: what opens the door is in the address, and no browser knows it."""
    hooks = Blueprint("hooks", __name__)
    hooks.post(f"{PREFIX}<token>")(call)
    add_problem_handlers(hooks)
    app.extensions["csrf"].exempt(hooks)
    app.register_blueprint(hooks)
