"""What every response carries, and what no request may exceed."""

from __future__ import annotations

from flask import Flask, Response, request
from flask_wtf import CSRFProtect

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

MAX_BODY = 2 * 1024 * 1024
"""Bytes of an ordinary request; a view that takes files raises `request.max_content_length` for itself."""

MAX_PARTS = 4_000
"""Fields of a form: the longest record form with its line items stays well below."""

KEPT_BLUEPRINTS = frozenset({"assets", "brand"})
"""What they send changes its address with its content, and says itself how long it may be kept."""

csrf = CSRFProtect()


def install(app: Flask, *, https: bool) -> None:
    app.config.update(
        SESSION_COOKIE_NAME="__Host-fieldstone" if https else "fieldstone",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        MAX_FORM_PARTS=MAX_PARTS,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session; a form left open overnight can still be saved
        WTF_CSRF_SSL_STRICT=https,
    )
    csrf.init_app(app)

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if request.blueprint not in KEPT_BLUEPRINTS or response.status_code >= 400:
            response.headers.setdefault("Cache-Control", "no-store")
            response.vary.add("Cookie")
        return response


def local_path(target: str | None, default: str = "/") -> str:
    """`target` when it is a path on this site, else `default`: a redirect never leaves the site."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return default
    if any(char < " " or char == "\x7f" for char in target):
        return default
    return target
