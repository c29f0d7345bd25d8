"""E-mail templates: the document of one, and what it says in other languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Plain = dict[str, Any]

PARTS = ("label", "subject", "body")
"""What a template says, and what is translated of it."""


def email_path(name: str) -> str:
    return f"metadata/emails/{name}.yaml"


def with_email(data: Mapping[str, Any], name: str, said: Mapping[str, str]) -> Plain:
    """The document of a template with what is said of `module` and PARTS; "" takes a part away."""
    keys = ("module", *PARTS)
    kept = {key: value for key, value in data.items() if key not in keys or key not in said}
    made = {"email": name, **kept, **{key: said[key] for key in keys if said.get(key)}}
    order = ("email", *keys)
    return {
        key: made[key] for key in [*(key for key in order if key in made), *(key for key in made if key not in order)]
    }


def with_email_words(data: Mapping[str, Any], language: str, name: str, said: Mapping[str, str]) -> Plain | None:
    """A language's document with other words for a template: part → text, "" takes it away. None when nothing is left
    in the document."""
    emails = dict(data.get("emails") or {})
    words = {**(emails.get(name) or {}), **said}
    emails[name] = {part: text for part, text in words.items() if text}
    if not emails[name]:
        del emails[name]
    made: Plain = {**data, "language": language}
    if emails:
        made["emails"] = emails
    else:
        made.pop("emails", None)
    return made if len(made) > 1 else None
