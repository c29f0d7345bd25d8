"""Whether the process lives, and whether it can serve."""

from __future__ import annotations

import pytest

from fieldstone.runtime.site import Site
from fieldstone.web import create_app


def test_a_site_that_can_serve_says_so(site: Site) -> None:
    client = create_app(site).test_client()
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json == {"status": "ready", "model": site.models.current.version}


def test_a_site_that_cannot_serve_says_so(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away() -> None:
        raise OSError("secret place")

    monkeypatch.setattr(site, "check_ready", away)
    client = create_app(site).test_client()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "secret" not in answer.text
    assert "secret" in caplog.text
    assert client.get("/healthz").status_code == 200
