"""Webhooks: signed JSON posted to other systems by a job.

Headers: `Fieldstone-Event` is stable over all attempts, so that a receiver can discard repeats;
`Fieldstone-Signature` is `t=<unix seconds>,v1=<hex>`, the HMAC-SHA256 of `<unix seconds>.<body>`.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from fieldstone.jobs.context import JobContext
from fieldstone.jobs.errors import PermanentJobError
from fieldstone.jobs.job import JobOrder
from fieldstone.jobs.kinds import JobKind
from fieldstone.jobs.queue import JobQueue
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import FieldstoneError
from fieldstone.workflows.http_post import parse_url, post
from fieldstone.workflows.settings import WorkflowSettings

declare("workflow.E114", "The receiver answered {status}.")

WEBHOOK_KIND = "webhook.send"
BODY_LIMIT = 1_000_000


class WebhookAnswerError(FieldstoneError):
    """The receiver did not take it this time."""


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """The value of the header `Fieldstone-Signature`."""
    digest = hmac.new(secret.encode(), str(timestamp).encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


class Webhooks:
    """Queues webhooks and sends them. Registers the job kind `webhook.send`."""

    def __init__(self, queue: JobQueue, settings: WorkflowSettings) -> None:
        self._queue = queue
        self._settings = settings
        queue.kinds.register(
            JobKind(
                name=WEBHOOK_KIND,
                label="Call a webhook",
                run=self._run,
                max_attempts=40,
                backoff=timedelta(seconds=15),
                lease=timedelta(minutes=2),
            )
        )

    def enqueue(
        self,
        conn: sa.Connection,
        url: str,
        bodies: Sequence[Mapping[str, Any]],
        *,
        created_by: int | None = None,
    ) -> list[str]:
        """Queue one call per body in the caller's transaction. Returns the event ids."""
        parse_url(url)
        orders = []
        for body in bodies:
            event = secrets.token_hex(16)
            orders.append(JobOrder(payload={"url": url, "event": event, "body": {"event": event, **body}}, key=event))
        self._queue.enqueue_all(conn, WEBHOOK_KIND, orders, created_by=created_by)
        return [order.key for order in orders]

    def _run(self, context: JobContext, payload: Mapping[str, Any]) -> None:
        body = json.dumps(payload["body"], ensure_ascii=False).encode()
        if len(body) > BODY_LIMIT:
            raise PermanentJobError("The message is too large for a webhook.")
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Fieldstone",
            "Connection": "close",
            "Fieldstone-Event": str(payload["event"]),
            "Fieldstone-Signature": sign(self._settings.webhook_secret, int(context.now().timestamp()), body),
        }
        status = post(str(payload["url"]), body, headers, allowed=self._settings.allowed_hosts)
        if 300 <= status < 400:
            raise PermanentJobError(f"The receiver answered {status}: webhooks do not follow redirects.")
        if status == http.client.GONE:
            raise PermanentJobError("The receiver answered 410: it does not want this webhook any more.")
        if not 200 <= status < 300:
            raise WebhookAnswerError("workflow.E114", status=status)
