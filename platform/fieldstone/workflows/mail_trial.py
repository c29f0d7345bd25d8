"""A test mail: sent at once, and what came of it told apart, so that whoever set the server up knows what to mend."""

from __future__ import annotations

import secrets
import smtplib
import ssl
from dataclasses import dataclass

from fieldstone.jobs.errors import PermanentJobError
from fieldstone.workflows.destinations import HostNotFoundError
from fieldstone.workflows.mail import Mail, Mailer, MailError

SECONDS = 10.0
"""How long a step of the talk may take; somebody waits."""

SENT, WRITTEN = "sent", "written"
OUTCOMES = (
    SENT, WRITTEN, "unknown_host", "inside", "refused", "silent", "unreachable", "certificate", "no_tls", "no_starttls",
    "log_in_refused", "no_log_in", "sender_refused", "recipient_refused", "mail_refused", "hung_up", "bad_sender",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class MailTrial:
    """`outcome` is one of OUTCOMES: the server took it, it was written to the outbox, or how it failed. `answer`: what
    the server or the network said, in its own words."""

    outcome: str
    answer: str = ""

    @property
    def passed(self) -> bool:
        return self.outcome in (SENT, WRITTEN)


def try_mail(mailer: Mailer, mail: Mail) -> MailTrial:
    """Send a mail with the settings of now. Raises MailError for an address that is none."""
    try:
        sent = mailer.send_at_once(mail, stable=secrets.token_hex(16), timeout=SECONDS)
    except MailError:
        raise
    except (HostNotFoundError, PermanentJobError) as error:
        return MailTrial(outcome="inside" if isinstance(error, PermanentJobError) else "unknown_host")
    except smtplib.SMTPException as error:
        return _refusal(error)
    except ssl.SSLCertVerificationError as error:
        return MailTrial(outcome="certificate", answer=error.verify_message)
    except ssl.SSLError as error:
        return MailTrial(outcome="no_tls", answer=error.reason or "")
    except ConnectionRefusedError:
        return MailTrial(outcome="refused")
    except TimeoutError:
        return MailTrial(outcome="silent")
    except OSError as error:
        return MailTrial(outcome="unreachable", answer=error.strerror or str(error))
    except ValueError as error:
        return MailTrial(outcome="bad_sender", answer=str(error))
    return MailTrial(outcome=SENT if sent else WRITTEN)


def _refusal(error: smtplib.SMTPException) -> MailTrial:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, reply = next(iter(error.recipients.values()))
        return MailTrial(outcome="recipient_refused", answer=_said(code, reply))
    if isinstance(error, smtplib.SMTPResponseException):
        answer = _said(error.smtp_code, error.smtp_error)
        for kind, outcome in (
            (smtplib.SMTPAuthenticationError, "log_in_refused"), (smtplib.SMTPSenderRefused, "sender_refused"),
            (smtplib.SMTPDataError, "mail_refused"),
        ):  # fmt: skip
            if isinstance(error, kind):
                return MailTrial(outcome=outcome, answer=answer)
        return MailTrial(outcome="hung_up", answer=answer)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return MailTrial(outcome="no_starttls" if "STARTTLS" in str(error) else "no_log_in", answer=str(error))
    # What the library has no class of its own for: no way to log in that both sides know.
    known = "hung_up" if isinstance(error, smtplib.SMTPServerDisconnected) else "no_log_in"
    return MailTrial(outcome=known, answer=str(error))


def _said(code: int, reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return f"{code} {text}"[:500]
