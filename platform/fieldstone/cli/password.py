"""Passwords on the command line: read from standard input, or made and shown once. Never an argument, which
others on the machine could see."""

from __future__ import annotations

import secrets
import sys

import click

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import UsageError

NO_PASSWORD = declare(
    "cli.E005",
    "There is no password on standard input.",
    "For example: echo 'a long password' | fieldstone user password anna --password-stdin",
)


def read_password() -> str:
    """The first line of standard input. Raises UsageError cli.E005."""
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise UsageError(NO_PASSWORD)
    return password


def make_password() -> str:
    return secrets.token_urlsafe(12)


def show_password(password: str) -> None:
    click.echo(f"  Password  {password}   (shown only now)")
