"""Logging in through an OpenID Connect provider: who gets in, as whom, and what is not believed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from joserfc.jwk import OctKey, RSAKey
from werkzeug.test import TestResponse

from fieldstone.kernel.errors import SiteError
from fieldstone.records.accounts.identities import Provider
from fieldstone.runtime.log_in_providers import read_providers
from fieldstone.runtime.site import Site
from web.open_id_provider import CLIENT_ID, CLIENT_SECRET, OpenIdProvider, running_provider
from web.visitor import Visitor, text_of


@pytest.fixture
def provider() -> Iterator[OpenIdProvider]:
    with running_provider() as running:
        yield running


@pytest.fixture
def known(site: Site, provider: OpenIdProvider) -> Provider:
    """The provider as the site's settings name it."""
    named = Provider(
        name="work", label="Acme ID", issuer=provider.issuer, client_id=CLIENT_ID, client_secret=CLIENT_SECRET
    )
    site.log_in_providers = (named,)
    site.accounts.add_user("anna", "Anna", email="anna@example.com", roles=["sales_rep"])
    return named


def come(app: Flask, provider: OpenIdProvider, visitor: Visitor | None = None) -> tuple[Visitor, TestResponse]:
    """Somebody who logs in through the provider, and the answer at the end of the way."""
    visitor = visitor or Visitor(app)
    departed = visitor.get("/login/with/work?next=/m/organization")
    assert departed.status_code == 303, text_of(departed)
    back = provider.log_in(departed.location)
    assert back.startswith("http://localhost:8000/login/with/work/back?"), "the configured address"
    return visitor, visitor.get(back.removeprefix("http://localhost:8000"))


def test_by_a_verified_address_then_by_the_subject(
    site: Site, app: Flask, provider: OpenIdProvider, known: Provider
) -> None:
    assert "Acme ID" in text_of(Visitor(app).get("/login"))
    visitor, entered = come(app, provider)
    assert entered.location == "/m/organization"
    assert visitor.get("/m/organization").status_code == 200
    anna = site.accounts.get_user_id("anna")
    assert list(site.accounts.list_identities(anna)) == ["work"]
    provider.claims = {"sub": "subject-1", "email": "anna.wu@example.com"}
    _, again = come(app, provider)
    assert again.location == "/m/organization", "the subject stays when the address changes"
    told = [(each.method, each.outcome) for each in site.accounts.list_log_ins(anna)]
    assert told == [("provider:work", "passed")] * 2
    assert provider.asked.count("/jwks") == 1, "what a provider says of itself is kept"


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "2", "email": "anna@example.com"},
        {"sub": "2", "email": "anna@example.com", "email_verified": False},
        {"sub": "2", "email": "stranger@example.com", "email_verified": True},
        {"sub": "2"},
        {"sub": "2", "email": ["anna@example.com"], "email_verified": True},
    ],
)
def test_who_is_unknown_stays_out(
    site: Site, app: Flask, provider: OpenIdProvider, known: Provider, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    visitor, refused = come(app, provider)
    assert refused.status_code == 401
    assert "Acme ID knows you, but you are no user here." in text_of(refused)
    assert visitor.get("/m/organization").status_code == 303
    assert len(site.accounts.list_users()) == 2


@pytest.mark.parametrize(
    "lies",
    [
        {"nonce": "another one"},
        {"nonce": None},
        {"aud": "another client"},
        {"aud": [CLIENT_ID, "another"], "azp": "another"},
        {"iss": "https://evil.example"},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"sub": None},
    ],
)
def test_a_token_that_is_not_sound_is_refused(
    app: Flask, provider: OpenIdProvider, known: Provider, lies: dict[str, Any]
) -> None:
    provider.lies = lies
    visitor, refused = come(app, provider)
    assert refused.status_code == 401
    assert "Logging in through Acme ID did not work" in text_of(refused)
    assert visitor.get("/").status_code == 303


def test_only_the_providers_own_signature_counts(app: Flask, provider: OpenIdProvider, known: Provider) -> None:
    provider.key = RSAKey.generate_key(2048, {"kid": "first"}, private=True)
    assert come(app, provider)[1].status_code == 401, "somebody else's key"
    provider.algorithm = "none"
    assert come(app, provider)[1].status_code == 401, "no signature"
    provider.algorithm, provider.key = "HS256", OctKey.import_key(CLIENT_SECRET * 2)  # type: ignore[assignment]
    assert come(app, provider)[1].status_code == 401, "a secret that others know"


def test_a_provider_may_change_its_key(app: Flask, provider: OpenIdProvider, known: Provider) -> None:
    assert come(app, provider)[1].status_code == 303
    provider.key = provider.published = RSAKey.generate_key(2048, {"kid": "second", "use": "sig"}, private=True)
    assert come(app, provider)[1].status_code == 303


def test_state_ties_the_answer_to_the_browser_that_asked(app: Flask, provider: OpenIdProvider, known: Provider) -> None:
    attacker, victim = Visitor(app), Visitor(app)
    back = provider.log_in(attacker.get("/login/with/work").location).removeprefix("http://localhost:8000")
    assert victim.get(back).status_code == 401, "begun in another browser"
    victim.get("/login/with/work")
    assert victim.get(back).status_code == 401, "another log-in"
    assert attacker.get(back).status_code == 303
    assert Visitor(app).get("/login/with/work/back?error=access_denied&state=x").status_code == 401
    assert victim.get("/login/with/other").status_code == 404
    assert victim.get("/login/with/other/back?code=x&state=y").status_code == 404


def test_an_answer_counts_once(app: Flask, provider: OpenIdProvider, known: Provider) -> None:
    visitor = Visitor(app)
    back = provider.log_in(visitor.get("/login/with/work").location).removeprefix("http://localhost:8000")
    assert visitor.get(back).status_code == 303
    assert visitor.get(back).status_code == 401


def test_allowed_domains_and_new_users(site: Site, app: Flask, provider: OpenIdProvider, known: Provider) -> None:
    site.log_in_providers = (replace(known, allowed_domains=("Example.com",), create_users=True, roles=("sales_rep",)),)
    provider.claims = {"sub": "9", "email": "cara@evil.example", "email_verified": True, "name": "Cara"}
    assert come(app, provider)[1].status_code == 401
    provider.claims = {"sub": "9", "email": "cara@example.com", "email_verified": True, "name": "Cara Díaz"}
    assert come(app, provider)[1].status_code == 303
    cara = site.accounts.get_user(site.accounts.get_user_id("cara.diaz"))
    assert (cara.label, cara.email, cara.roles, cara.is_admin) == (
        "Cara Díaz",
        "cara@example.com",
        ("sales_rep",),
        False,
    )
    assert come(app, provider)[1].status_code == 303
    site.accounts.deactivate(cara.id)
    assert come(app, provider)[1].status_code == 401
    provider.claims = {"sub": "10", "email": "cara@example.com", "email_verified": True}
    assert come(app, provider)[1].status_code == 401, "no second account beside one that was closed"
    assert len(site.accounts.list_users()) == 3


def test_an_address_given_to_somebody_else_opens_nothing(app: Flask, provider: OpenIdProvider, known: Provider) -> None:
    assert come(app, provider)[1].status_code == 303
    provider.claims = {"sub": "the next employee", "email": "anna@example.com", "email_verified": True}
    assert come(app, provider)[1].status_code == 401


def test_the_address_may_come_from_userinfo(app: Flask, provider: OpenIdProvider, known: Provider) -> None:
    provider.claims = {"sub": "subject-1"}
    provider.userinfo = {"sub": "somebody else", "email": "anna@example.com", "email_verified": True}
    assert come(app, provider)[1].status_code == 401
    provider.userinfo["sub"] = "subject-1"
    assert come(app, provider)[1].status_code == 303


def test_a_provider_that_is_away(site: Site, app: Flask, known: Provider) -> None:
    site.log_in_providers = (replace(known, issuer="http://127.0.0.1:9"),)
    answer = Visitor(app).get("/login/with/work")
    assert answer.status_code == 502
    assert "Logging in through Acme ID did not work" in text_of(answer)


def test_an_issuer_that_is_another_one(site: Site, app: Flask, provider: OpenIdProvider, known: Provider) -> None:
    port = provider.issuer.rpartition(":")[2]
    site.log_in_providers = (replace(known, issuer=f"http://localhost:{port}"),)
    assert Visitor(app).get("/login/with/work").status_code == 502


def test_reading_the_setting(tmp_path: Path) -> None:
    entry = {"name": "work", "issuer": "https://id.example.com/", "client_id": "crm", "roles": ["sales_rep"]}
    (found,) = read_providers(tmp_path, [entry], {"FIELDSTONE_LOG_IN_WORK_SECRET": "of the environment"})
    assert (found.issuer, found.client_secret, found.roles) == (
        "https://id.example.com",
        "of the environment",
        ("sales_rep",),
    )
    assert "environment" not in repr(found)
    file = tmp_path / "log-in-work.secret"
    file.write_text("of the file\n")
    file.chmod(0o600)
    assert read_providers(tmp_path, [entry], {})[0].client_secret == "of the file"
    file.chmod(0o644)
    with pytest.raises(SiteError, match=r"site\.E004"):
        read_providers(tmp_path, [entry], {})
    for wrong in (
        {**entry, "name": "Work ID"}, {**entry, "issuer": "http://id.example.com"}, {**entry, "client_id": ""},
        {**entry, "roles": "sales_rep"}, {**entry, "create_users": "yes"}, {**entry, "secret": "x"},
    ):  # fmt: skip
        with pytest.raises(SiteError, match=r"site\.E014"):
            read_providers(tmp_path, [wrong], {})
    with pytest.raises(SiteError, match=r"site\.E014"):
        read_providers(tmp_path, [entry, entry], {"FIELDSTONE_LOG_IN_WORK_SECRET": "x"})


def test_sites_without_providers_do_not_load_the_protocol() -> None:
    program = "import sys, fieldstone.web.app; print({'authlib', 'requests', 'segno'} & {*sys.modules})"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "set()"
