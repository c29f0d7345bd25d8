"""What came of a test mail, in words, with what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from fieldstone.runtime.settings import SiteSettings
from fieldstone.web.i18n import gettext
from fieldstone.workflows.mail_trial import MailTrial


@dataclass(frozen=True, kw_only=True)
class TrialWords:
    """What happened, and the remedy ("" when nothing is wrong)."""

    title: str
    remedy: str = ""


def trial_words(trial: MailTrial, settings: SiteSettings, to: str) -> TrialWords:
    title, remedy = _words(settings, to)[trial.outcome]
    return TrialWords(title=title, remedy=remedy)


def _words(settings: SiteSettings, to: str) -> dict[str, tuple[str, str]]:
    """One for each outcome of `mail_trial`."""
    server = f"{settings['mail.host']}:{settings['mail.port']}"
    names = {"server": server, "to": to, "sender": settings["mail.from"], "user": settings["mail.user"]}
    return {
        "sent": (
            gettext("The server has taken the mail to %(to)s", **names),
            gettext("Look whether it arrives, and whether it was taken for spam."),
        ),
        "written": (
            gettext("The mail was written to the folder outbox"),
            gettext("No server is named yet, so mail does not leave."),
        ),
        "unknown_host": (
            gettext("Nobody knows the server %(server)s", **names),
            gettext("Look whether its name is written right."),
        ),
        "inside": (
            gettext("The server %(server)s has an address inside", **names),
            gettext(
                "Such addresses are closed, so that nobody reaches into the network through this site. Whoever "
                "runs the machine allows it with webhooks.allowed_hosts, or names the server in fieldstone.yaml."
            ),
        ),
        "refused": (
            gettext("At %(server)s nobody takes the call", **names),
            gettext("Look at the port. 587, 465 and 25 are usual."),
        ),
        "silent": (
            gettext("%(server)s does not answer", **names),
            gettext("Look at the port and at the security of the line; a firewall may stand between."),
        ),
        "unreachable": (
            gettext("%(server)s cannot be reached", **names),
            gettext("Look at the name, and whether this machine may go out to the network."),
        ),
        "certificate": (
            gettext("The certificate of %(server)s is not to be trusted", **names),
            gettext("Write the server's name as its certificate has it, or ask its operator for a valid one."),
        ),
        "no_tls": (
            gettext("%(server)s does not speak TLS on this port", **names),
            gettext("Choose STARTTLS, or the port for TLS, which is usually 465."),
        ),
        "no_starttls": (
            gettext("%(server)s offers no STARTTLS", **names),
            gettext("Choose TLS with port 465; without any security only inside your own network."),
        ),
        "log_in_refused": (
            gettext("The server does not accept the user %(user)s with this password", **names),
            gettext("Write both again. Some providers want a password made for this application."),
        ),
        "no_log_in": (
            gettext("The server offers no log-in that this site knows"),
            gettext("Leave the user name empty if it needs none; else secure the line, since many offer it only then."),
        ),
        "sender_refused": (
            gettext("The server does not accept the sender %(sender)s", **names),
            gettext("Write an address that the user may send from."),
        ),
        "recipient_refused": (
            gettext("The server does not take mail for %(to)s", **names),
            gettext("Many pass mail on only for those who log in: write user name and password."),
        ),
        "mail_refused": (gettext("The server did not take the mail"), gettext("Its answer says why.")),
        "hung_up": (
            gettext("The server hung up"),
            gettext("It may speak another way on this port: look at the security of the line."),
        ),
        "bad_sender": (
            gettext("The sender %(sender)s is no address", **names),
            gettext("Write an address such as crm@example.com."),
        ),
    }  # fmt: skip
