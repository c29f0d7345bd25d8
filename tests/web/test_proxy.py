"""Behind a reverse proxy that the site trusts, people have their own addresses."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import request

from fieldstone.runtime.site import Site
from fieldstone.web.app import create_app


@pytest.mark.parametrize(("setting", "seen"), [("", "127.0.0.1"), ("trusted_proxies: 1\n", "203.0.113.9")])
def test_forwarded_addresses_are_believed_only_when_trusted(tmp_path: Path, setting: str, seen: str) -> None:
    folder = tmp_path / "site"
    Site.create(folder, password="a long enough password").close()
    with (folder / "fieldstone.yaml").open("a") as settings:
        settings.write(setting)
    site = Site.open(folder)
    app = create_app(site)
    app.view_functions["healthz"] = lambda: request.remote_addr or ""
    answer = app.test_client().get("/healthz", headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.9"})
    assert answer.get_data(as_text=True) == seen
    site.close()
