"""What is to be done besides once a step of a draft is published: kept with the step as one line of text."""

from __future__ import annotations

from fieldstone.changes.drafts.draft import Draft
from fieldstone.web.setup.clashes import CONFLICT, close_conflict
from fieldstone.web.setup.role_removal import HANDING, hand_on, note_handing


def do_follow_up(text: str) -> None:
    """Do it, now that the step is published."""
    kind, _separator, rest = text.partition(":")
    if kind == HANDING:
        hand_on(rest)
    elif kind == CONFLICT:
        conflict, _separator, choice = rest.partition(":")
        close_conflict(int(conflict), choice)


def word_follow_ups(draft: Draft) -> list[str]:
    """What the review says about them."""
    notes: list[str] = []
    for step in draft.counting:
        for text in step.follow_up:
            kind, _separator, rest = text.partition(":")
            if kind == HANDING:
                notes += note_handing(rest)
    return notes
