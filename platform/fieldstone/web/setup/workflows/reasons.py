"""Why a step of a run did nothing: a trace keeps it in English, and people read it in their language."""

from __future__ import annotations

import re

from fieldstone.web.i18n import gettext

_EMPTY = re.compile(r"(\w+) is empty")


def word_reason(text: str) -> str:
    """What is known in the words of the reader; what a plugin or an error says as it is."""
    words = {
        "its condition does not hold": gettext("its condition does not hold"),
        "its condition no longer holds, so the run ends here": gettext(
            "its condition no longer holds, so the run ends here"
        ),
        "it belongs to them already": gettext("it belongs to them already"),
        "its tags are like that already": gettext("its tags are like that already"),
        "nobody has answered in time": gettext("nobody has answered in time"),
        "nobody to notify": gettext("nobody to notify"),
        "nobody to write to": gettext("nobody to write to"),
        "no earlier step has created one": gettext("no earlier step has created one"),
        "that time has moved": gettext("that time has moved"),
        "that time is past": gettext("that time is past"),
        "the text is empty": gettext("the text is empty"),
        "the time to wait for is empty, so the run ends here": gettext(
            "the time to wait for is empty, so the run ends here"
        ),
        "there is no record to link": gettext("there is no record to link"),
        "there is nobody to ask": gettext("there is nobody to ask"),
        "there is nobody to assign to": gettext("there is nobody to assign to"),
    }
    found = _EMPTY.fullmatch(text)
    return words.get(text) or (gettext("%(field)s is empty", field=found[1]) if found else text)
