"""The job that mails a link for choosing another password.

The key of the link is made when the mail is sent and stands in no table: the job knows only whom it is for.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from fieldstone.jobs.context import JobContext
from fieldstone.jobs.kinds import JobKind
from fieldstone.jobs.queue import JobQueue
from fieldstone.records.accounts.links import LIFETIMES, PASSWORD
from fieldstone.records.accounts.service import Accounts
from fieldstone.workflows.mail import Mail, Mailer

KIND = "account.reset_mail"

_MINUTES = int(LIFETIMES[PASSWORD] / timedelta(minutes=1))
_ENGLISH = (
    "Choose a new password",
    "Hello {name},\n\n"
    "somebody, probably you, asked for a new password for {username} at {site}.\n"
    "Open this link within {minutes} minutes to choose one; it works once:\n\n{link}\n\n"
    "If it was not you, do nothing: your password stays as it is.\n",
)
_LETTERS = {
    "zh_CN": (
        "设置新密码",
        "{name}，您好：\n\n"
        "有人（可能是您本人）请求为 {site} 的账户 {username} 设置新密码。\n"
        "请在 {minutes} 分钟内打开以下链接设置新密码，该链接只能使用一次：\n\n{link}\n\n"
        "如果不是您本人操作，请忽略此邮件，密码不会改变。\n",
    )
}
"""Language → subject and text; all others get the English one."""


class ResetMail:
    """Registers the job kind. `base_url` is the configured address of the site: what a request says of itself
    is never believed. `language` is the site's."""

    def __init__(
        self,
        jobs: JobQueue,
        mailer: Mailer,
        accounts: Accounts,
        *,
        base_url: str,
        language: Callable[[], str],
    ) -> None:
        self._jobs = jobs
        self._mailer = mailer
        self._accounts = accounts
        self._base_url = base_url
        self._language = language
        # Soon or not at all: a mail that comes hours later is of no use to who asked.
        jobs.kinds.register(JobKind(name=KIND, label="Mail a link for a new password", run=self._run, max_attempts=6))

    def enqueue(self, conn: sa.Connection, user_id: int | None) -> None:
        """One job for a user, and one that does nothing for nobody, so that both take the same time."""
        self._jobs.enqueue(conn, KIND, {"user": user_id}, key=secrets.token_hex(8))

    def _run(self, context: JobContext, payload: Mapping[str, Any]) -> None:
        found = self._accounts.reset_key(payload["user"]) if payload["user"] is not None else None
        if found is None or not found[0].email:
            return
        account, key = found
        subject, text = _LETTERS.get(account.language or self._language(), _ENGLISH)
        facts = {
            "name": account.label,
            "username": account.username,
            "site": self._base_url,
            "minutes": _MINUTES,
            "link": f"{self._base_url}/login/password/{key}",
        }
        mail = Mail(to=account.email, subject=subject, text=text.format(**facts))
        self._mailer.deliver(mail, stable=f"{context.job.id}.{context.job.attempts}.{secrets.token_hex(8)}")
