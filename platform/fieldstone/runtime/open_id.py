"""Logging in through an OpenID Connect provider: authorization code with state, nonce and PKCE.

The protocol is Authlib's. It is imported when somebody logs in so: sites that do not pay nothing for it.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any

from fieldstone.kernel.errors import NotAuthenticatedError
from fieldstone.kernel.security_log import log_security
from fieldstone.records.accounts.codes import PROVIDER_FAILED
from fieldstone.records.accounts.identities import Provider, Stranger

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
"""Signatures that are believed: of a key that only the provider has. Never `none`, never a shared secret."""
LEEWAY = 60
"""Seconds by which clocks may differ."""
TIMEOUT = 10.0
_KEPT = timedelta(hours=1)
_SCOPE = "openid email profile"


@dataclass(frozen=True, kw_only=True)
class Departure:
    """Where to send the browser, and what the session keeps until it comes back."""

    url: str
    kept: Mapping[str, str]


class OpenId:
    """Talks to providers. What they say of themselves is kept for an hour."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, tuple[datetime, dict[str, Any]]] = {}

    def depart(self, provider: Provider, redirect_uri: str) -> Departure:
        """Raises NotAuthenticatedError account.E040 when the provider cannot be reached or understood."""
        with _worded(provider):
            metadata = self._metadata(provider)
            nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
            with self._client(provider, redirect_uri) as client:
                url, state = client.create_authorization_url(
                    metadata["authorization_endpoint"], nonce=nonce, code_verifier=verifier
                )
            kept = {"provider": provider.name, "state": state, "nonce": nonce, "verifier": verifier}
            return Departure(url=url, kept=kept)

    def arrive(
        self, provider: Provider, redirect_uri: str, kept: Mapping[str, str], answer: Mapping[str, str]
    ) -> Stranger:
        """Whom the provider vouches for. `kept` is what `depart` gave, `answer` what came with the browser.

        Raises NotAuthenticatedError account.E040: another state, a refusal, a token that is not sound.
        """
        with _worded(provider):
            _check_state(provider, kept, answer)
            metadata = self._metadata(provider)
            with self._client(provider, redirect_uri) as client:
                token = client.fetch_token(
                    metadata["token_endpoint"],
                    code=answer["code"],
                    code_verifier=kept["verifier"],
                    allow_redirects=False,
                )
                claims = self._claims(provider, metadata, token, kept["nonce"])
                if "email" not in claims and metadata.get("userinfo_endpoint"):
                    more = client.get(metadata["userinfo_endpoint"], allow_redirects=False).json()
                    if more.get("sub") == claims["sub"]:
                        claims = {**more, **claims}
            return _stranger(claims)

    def _client(self, provider: Provider, redirect_uri: str) -> Any:
        from authlib.integrations.requests_client import OAuth2Session

        make: Any = OAuth2Session  # which is not typed
        client = make(
            provider.client_id,
            provider.client_secret or None,
            scope=_SCOPE,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            default_timeout=TIMEOUT,
        )
        client.trust_env = False  # no proxy, no .netrc that would send the operator's own password along
        return client

    def _metadata(self, provider: Provider) -> dict[str, Any]:
        """What the provider says of itself, with its keys as `jwks`."""
        now = self._clock()
        with self._lock:
            found = self._known.get(provider.issuer)
        if found is not None and now - found[0] < _KEPT:
            return found[1]
        metadata = _fetch(f"{provider.issuer}/.well-known/openid-configuration")
        if str(metadata["issuer"]).rstrip("/") != provider.issuer:
            raise ValueError("it says that it is another issuer")
        metadata["jwks"] = _fetch(metadata["jwks_uri"])
        with self._lock:
            self._known[provider.issuer] = (now, metadata)
        return metadata

    def _claims(
        self, provider: Provider, metadata: Mapping[str, Any], token: Mapping[str, Any], nonce: str
    ) -> dict[str, Any]:
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError
        from joserfc.jwk import KeySet

        try:
            decoded = jwt.decode(token["id_token"], KeySet.import_key_set(metadata["jwks"]), algorithms=ALGORITHMS)
        except (InvalidKeyIdError, ValueError):  # the provider has changed its keys since
            with self._lock:
                self._known.pop(provider.issuer, None)
            keys = KeySet.import_key_set(self._metadata(provider)["jwks"])
            decoded = jwt.decode(token["id_token"], keys, algorithms=ALGORITHMS)
        claims: Any = CodeIDToken(
            decoded.claims,
            decoded.header,
            {
                "iss": {"essential": True, "value": metadata["issuer"]},
                "aud": {"essential": True, "value": provider.client_id},
            },
            {"nonce": nonce, "client_id": provider.client_id, "access_token": token.get("access_token")},
        )
        claims.validate(now=int(self._clock().timestamp()), leeway=LEEWAY)
        return dict(claims)


def _check_state(provider: Provider, kept: Mapping[str, str], answer: Mapping[str, str]) -> None:
    if kept.get("provider") != provider.name or not compare_digest(kept.get("state", ""), answer.get("state", "")):
        raise ValueError("the log-in was begun elsewhere")
    if answer.get("iss", provider.issuer).rstrip("/") != provider.issuer:
        raise ValueError("another provider answered")
    if "error" in answer or not answer.get("code"):
        raise ValueError(f"it said {answer.get('error', 'nothing')}")


def _fetch(url: str) -> dict[str, Any]:
    import requests

    with requests.Session() as session:
        session.trust_env = False
        answer = session.get(url, timeout=TIMEOUT, allow_redirects=False)
    if answer.status_code != 200:
        raise ValueError(f"it answered {answer.status_code}")
    found = answer.json()
    if not isinstance(found, dict):
        raise ValueError("it answered no JSON object")
    return found


def _stranger(claims: Mapping[str, Any]) -> Stranger:
    verified = claims.get("email_verified") in (True, "true")
    email = claims.get("email")
    return Stranger(
        subject=str(claims["sub"]),
        email=email if verified and isinstance(email, str) else "",
        name=str(claims.get("name") or ""),
    )


class _worded:  # noqa: N801
    """Turns whatever goes wrong with a provider into account.E040, and notes it in the log."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if not isinstance(error, Exception) or isinstance(error, NotAuthenticatedError):
            return
        reason = f"{type(error).__name__}: {error}"
        log_security("login.provider_failed", provider=self._provider.name, reason=reason)
        said = str(error) if type(error) is ValueError else type(error).__name__
        raise NotAuthenticatedError(PROVIDER_FAILED, provider=self._provider.label, reason=said[:100]) from error
