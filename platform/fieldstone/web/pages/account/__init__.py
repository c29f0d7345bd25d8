"""People's own accounts: preferences, password, second factor, sessions, log-ins, tokens."""

from __future__ import annotations

from fieldstone.web.pages.account import log_ins, notices, password, preferences, second_factor, sessions, tokens
from fieldstone.web.pages.account.blueprint import page

__all__ = ["page"]

assert log_ins
assert notices
assert password
assert preferences
assert second_factor
assert sessions
assert tokens
