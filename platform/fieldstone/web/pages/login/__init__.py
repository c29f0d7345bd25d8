"""Coming in: with a password, a second factor, a link or a log-in provider; going out; a forgotten password."""

from __future__ import annotations

from fieldstone.web.pages.login import entering, forgotten, language, link, provider, second_step
from fieldstone.web.pages.login.blueprint import page

__all__ = ["page"]

assert entering
assert forgotten
assert language
assert link
assert provider
assert second_step
