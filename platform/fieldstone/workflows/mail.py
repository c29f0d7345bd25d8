"""E-mail: one job per recipient, sent by SMTP or written to the outbox folder."""

from __future__ import annotations

import os
import re
import secrets
import smtplib
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from fieldstone.jobs.context import JobContext
from fieldstone.jobs.errors import PermanentJobError
from fieldstone.jobs.job import JobOrder
from fieldstone.jobs.kinds import JobKind
from fieldstone.jobs.queue import JobQueue
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.workflows.destinations import connect
from fieldstone.workflows.settings import MailSettings, SmtpSettings, WorkflowSettings

declare("workflow.E111", "{text} is not an e-mail address.", "Write it as name@example.com, on one line.")
declare("workflow.E112", "{name} of a mail may not contain a line break.")

EMAIL_KIND = "email.send"
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]{1,253}")
_BREAK = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A finished mail to one recipient. `html` may be ""; `reply_to` an address, "" for that of the sender. `key`
    names it once and for ever, where whoever writes it can say so: it makes the Message-ID."""

    to: str
    subject: str
    text: str
    html: str = ""
    reply_to: str = ""
    key: str = ""

    def payload(self, stable: str, at: datetime) -> dict[str, str]:
        return {
            "id": stable,
            "to": self.to,
            "subject": self.subject,
            "text": self.text,
            "html": self.html,
            "reply_to": self.reply_to,
            "at": at.isoformat(),
        }


class MailError(InvalidInputError):
    """A mail that must not be sent as it is."""


def is_address(text: str) -> bool:
    return bool(_ADDRESS.fullmatch(text))


class Mailer:
    """Queues mails and sends them. Registers the job kind `email.send`."""

    def __init__(self, queue: JobQueue, settings: WorkflowSettings) -> None:
        self._queue = queue
        self._settings = settings
        queue.kinds.register(
            JobKind(
                name=EMAIL_KIND,
                label="Send an e-mail",
                run=self._run,
                max_attempts=40,  # with the growing pauses: more than a day
                backoff=timedelta(seconds=15),
                lease=timedelta(minutes=3),
            )
        )

    def enqueue(self, conn: sa.Connection, mails: list[Mail], *, created_by: int | None = None) -> list[str]:
        """Queue mails in the caller's transaction. Returns their Message-IDs, which no attempt changes.

        Raises MailError for an address that is none and for a line break in a header.
        """
        now = self._queue.clock()
        orders = []
        for mail in mails:
            check_mail(mail)
            stable = sha256(mail.key.encode()).hexdigest()[:32] if mail.key else secrets.token_hex(16)
            orders.append(JobOrder(payload=mail.payload(stable, now), key=stable))
        self._queue.enqueue_all(conn, EMAIL_KIND, orders, created_by=created_by)
        return [self._message_id(str(order.payload["id"])) for order in orders]

    def _message_id(self, stable: str) -> str:
        return f"<{stable}@{self._host}>"

    @property
    def _host(self) -> str:
        return urlsplit(self._settings.base_url).hostname or "localhost"

    def deliver(self, mail: Mail, *, stable: str) -> None:
        """Send a mail at once, from within a job of the caller's: for what may not stand in the queue. `stable`
        becomes its Message-ID. Raises what a mail server or the network says, PermanentJobError."""
        self._send_payload(mail.payload(stable, self._queue.clock()))

    def send_at_once(self, mail: Mail, *, stable: str, timeout: float) -> bool:
        """Send a mail while somebody waits: once, and no longer than `timeout` seconds for each step. False when there
        is no server and it was written to the outbox. Raises MailError, ValueError for a sender that is no address,
        and whatever `hand_over` raises."""
        settings = self._settings.mail()
        message = self._message(mail.payload(stable, self._queue.clock()), settings)
        if settings.smtp is None:
            write_to_outbox(self._settings.outbox, stable, bytes(message))
            return False
        self.hand_over(replace(settings.smtp, timeout=timeout), message)
        return True

    def _run(self, context: JobContext, payload: Mapping[str, Any]) -> None:
        self._send_payload(payload)

    def _send_payload(self, payload: Mapping[str, Any]) -> None:
        mail = self._settings.mail()
        try:
            message = self._message(payload, mail)
        except (ValueError, MailError) as error:
            raise PermanentJobError(str(error)) from error
        if mail.smtp is None:
            write_to_outbox(self._settings.outbox, str(payload["id"]), bytes(message))
            return
        try:
            self.hand_over(mail.smtp, message)
        except smtplib.SMTPRecipientsRefused as error:
            code, reply = next(iter(error.recipients.values()))
            _refused(code, reply)
            raise
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            _refused(error.smtp_code, error.smtp_error)
            raise

    def _message(self, payload: Mapping[str, Any], settings: MailSettings) -> EmailMessage:
        """The same bytes at every attempt, but for the boundary."""
        mail = Mail(**{name: payload.get(name, "") for name in ("to", "subject", "text", "html", "reply_to")})
        check_mail(mail)
        message = EmailMessage()
        message["From"] = sender_of(settings.sender)
        message["To"] = Address(addr_spec=mail.to)
        if reply_to := mail.reply_to or settings.reply_to:
            message["Reply-To"] = Address(addr_spec=reply_to)
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(datetime.fromisoformat(payload["at"]))
        message["Message-ID"] = self._message_id(str(payload["id"]))
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        if mail.html:
            message.add_alternative(mail.html, subtype="html")
        return message

    def hand_over(self, smtp: SmtpSettings, message: EmailMessage) -> None:
        """Give a message to a mail server. Raises whatever it or the network answers, PermanentJobError for a server
        at an address inside."""
        allowed = {*self._settings.allowed_hosts, *({smtp.host} if smtp.by_operator else ())}
        with _open(smtp, allowed, self._host) as client:
            if smtp.tls == "starttls":
                client.starttls(context=ssl.create_default_context())
            if smtp.user:
                client.login(smtp.user, smtp.password)
            client.send_message(message)


def _refused(code: int, reply: bytes | str) -> None:
    """A 5xx answer to this mail will not change; everything else is tried again."""
    if 500 <= code < 600:
        text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
        raise PermanentJobError(f"The mail server refuses this mail: {code} {text}")


def check_mail(mail: Mail) -> None:
    """Raises MailError workflow.E111, workflow.E112."""
    for address in (mail.to, *filter(None, (mail.reply_to,))):
        if not is_address(address):
            raise MailError("workflow.E111", text=repr(address))
    if _BREAK.search(mail.subject):
        raise MailError("workflow.E112", name="The subject")


def write_to_outbox(folder: Path, stable: str, content: bytes) -> Path:
    """Write a mail as a file, whole or not at all; writing it again changes nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stable}.eml"
    draft = path.with_suffix(".part")
    draft.write_bytes(content)
    os.replace(draft, path)
    return path


def sender_of(text: str) -> Address:
    """Raises ValueError for what is no address."""
    name, address = parseaddr(text)
    return Address(display_name=name, addr_spec=address)


def _open(smtp: SmtpSettings, allowed: set[str], own_name: str) -> smtplib.SMTP:
    if smtp.tls == "tls":
        return _TlsSmtp(smtp, allowed, own_name)
    return _PlainSmtp(smtp, allowed, own_name)


class _PlainSmtp(smtplib.SMTP):
    """Connects to a checked address only."""

    def __init__(self, smtp: SmtpSettings, allowed: set[str], own_name: str) -> None:
        self._allowed = allowed
        super().__init__(smtp.host, smtp.port, local_hostname=own_name, timeout=smtp.timeout)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return connect(host, port, allowed=self._allowed, timeout=timeout)


class _TlsSmtp(smtplib.SMTP_SSL):
    """The same, with TLS from the first byte."""

    def __init__(self, smtp: SmtpSettings, allowed: set[str], own_name: str) -> None:
        self._allowed = allowed
        context = ssl.create_default_context()
        super().__init__(smtp.host, smtp.port, local_hostname=own_name, timeout=smtp.timeout, context=context)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = connect(host, port, allowed=self._allowed, timeout=timeout)
        return self.context.wrap_socket(plain, server_hostname=host)
