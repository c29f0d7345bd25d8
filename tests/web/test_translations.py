"""Every word of the interface is there in Simplified Chinese."""

from __future__ import annotations

import re

from web.messages import all_messages, catalogue

_PLACES = re.compile(r"%\(\w+\)[sd]|(?<!\{)\{\w+[^}]*\}(?!\})")


def test_every_message_is_translated() -> None:
    known = catalogue()
    missing = [message for message in all_messages() if not any(known.get(message, ""))]
    assert not missing, f"{len(missing)} messages; `python tests/web/messages.py` lists them"


def test_nothing_is_translated_that_is_not_said() -> None:
    wanted = set(all_messages())
    assert not [message for message in catalogue() if message not in wanted]


def test_translations_fill_in_what_the_message_fills_in() -> None:
    for message, translation in catalogue().items():
        source = " ".join(message) if isinstance(message, tuple) else message
        words = " ".join(translation) if isinstance(translation, tuple) else translation
        unknown = set(_PLACES.findall(words)) - set(_PLACES.findall(source))
        assert not unknown, (message, unknown)
