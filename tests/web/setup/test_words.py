"""Setup shows nothing by its code that has a name."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

import fieldstone
from fieldstone.runtime.site import Site
from fieldstone.web.setup.audit_words import action_words
from fieldstone.web.setup.jobs import kind_words


def test_whatever_is_audited_or_runs_in_the_background_has_words(app: Flask, site: Site) -> None:
    sources = "\n".join(file.read_text("utf-8") for file in Path(fieldstone.__file__).parent.rglob("*.py"))
    actions = set(re.findall(r'(?:_audit\(conn, |note\(|action = )"([a-z_]+\.[a-z_]+)"', sources))
    assert len(actions) > 18
    actions |= {"record.shared", "record.unshared", "user.role_replaced", "user.profile_replaced"}
    with app.test_request_context("/setup/"):
        assert actions <= action_words().keys()
        assert set(site.jobs.kinds.names) <= kind_words().keys()
