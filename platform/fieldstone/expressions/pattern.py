"""Regular expressions that cannot hang.

Python's engine backtracks. A pattern is admitted only when the number of ways it could be tried on
`MAX_TEXT` characters is small: repetitions that can end in one place only cost nothing, others
multiply, and repeating something that repeats or branches is out.
"""

from __future__ import annotations

import re
from functools import lru_cache
from re import _constants as opcodes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

MAX_PATTERN = 200
MAX_TEXT = 1_000
_MAX_WAYS = 4_000_000

_OTHER = 256
_ALL = frozenset(range(_OTHER + 1))
_REPEATS = (opcodes.MAX_REPEAT, opcodes.MIN_REPEAT)


def _category(pattern: str) -> frozenset[int]:
    """The characters of a class; all of those beyond Latin-1 count as one that every class may hold."""
    compiled = re.compile(pattern)
    return frozenset(code for code in range(_OTHER) if compiled.match(chr(code))) | {_OTHER}


_CATEGORIES = {
    opcodes.CATEGORY_DIGIT: _category(r"\d"),
    opcodes.CATEGORY_NOT_DIGIT: _category(r"\D"),
    opcodes.CATEGORY_SPACE: _category(r"\s"),
    opcodes.CATEGORY_NOT_SPACE: _category(r"\S"),
    opcodes.CATEGORY_WORD: _category(r"\w"),
    opcodes.CATEGORY_NOT_WORD: _category(r"\W"),
}


class PatternError(ValueError):
    """Why a pattern is refused, in words."""


@lru_cache(maxsize=512)
def bounded_pattern(pattern: str) -> re.Pattern[str]:
    """The compiled pattern. Raises PatternError when it is wrong or could take too long."""
    if len(pattern) > MAX_PATTERN:
        raise PatternError(f"it is longer than {MAX_PATTERN} characters")
    if _has_nested_set(pattern):
        raise PatternError("a set of characters contains a bracket or -- && ~~ || that is not escaped")
    try:
        tree = parser.parse(pattern)
        ways = _Inspection(exact=not tree.state.flags & re.IGNORECASE).ways(tree, _ALL)
        compiled = re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise PatternError(str(error)) from None
    if ways > _MAX_WAYS:
        raise PatternError("too many repetitions may match the same characters")
    return compiled


def _has_nested_set(pattern: str) -> bool:
    """Python warns that it may one day read these as operations on sets."""
    inside = False
    place = 0
    while place < len(pattern):
        char = pattern[place]
        if char == "\\":
            place += 1
        elif not inside:
            inside = char == "["
            place += pattern[place + 1 : place + 3] == "^]" and inside
        elif char == "[" or pattern[place : place + 2] in ("--", "&&", "~~", "||"):
            return True
        elif char == "]":
            inside = False
        place += 1
    return False


def matches(text: str, pattern: str) -> bool:
    """Whether the whole text has the form of the pattern; a text over 1,000 characters never has."""
    return len(text) <= MAX_TEXT and bounded_pattern(pattern).fullmatch(text) is not None


class _Inspection:
    """Counts the ways in which a parsed pattern could be tried; `exact`: characters stand for themselves alone."""

    def __init__(self, *, exact: bool) -> None:
        self._exact = exact

    def ways(self, tree: Any, after: frozenset[int]) -> int:
        """`after` are the characters that may follow the tree."""
        total = 1
        for operation, argument in reversed(list(tree)):
            total *= self._ways_of(operation, argument, after)
            if total > _MAX_WAYS:
                raise PatternError("too many repetitions may match the same characters")
            first, may_be_empty = self._first(operation, argument)
            after = first | after if may_be_empty else first
        return total

    def _ways_of(self, operation: Any, argument: Any, after: frozenset[int]) -> int:
        if operation is opcodes.BRANCH:
            ways = [self.ways(branch, after) for branch in argument[1]]
            return max(ways) if self._exact and self._are_distinct(argument[1]) else sum(ways)
        if operation is opcodes.SUBPATTERN:
            return self.ways(argument[3], after)
        if operation in _REPEATS:
            return self._ways_of_repeat(argument[0], argument[1], argument[2], after)
        if operation in (opcodes.LITERAL, opcodes.NOT_LITERAL, opcodes.ANY, opcodes.IN, opcodes.AT):
            return 1
        raise PatternError("back references and look-around are not supported")

    def _are_distinct(self, branches: Any) -> bool:
        """Whether the first character tells which of the alternatives it is."""
        firsts = [self._first_of(branch) for branch in branches]
        sizes = sum(len(first) for first, _ in firsts)
        return not any(empty for _, empty in firsts) and sizes == len(
            frozenset().union(*(first for first, _ in firsts))
        )

    def _ways_of_repeat(self, least: int, most: int, body: Any, after: frozenset[int]) -> int:
        most = min(most, MAX_TEXT)
        first, _ = self._first_of(body)
        inside = self.ways(body, first | after)
        if inside > 1 and (most > 4 or inside**most > _MAX_WAYS):
            raise PatternError("a repetition or choice is repeated")
        counts = 1 if first.isdisjoint(after) and self._exact else most - least + 1
        return int(inside**most) * max(counts, 1)

    def _first_of(self, tree: Any) -> tuple[frozenset[int], bool]:
        """The characters a match may begin with, and whether it may be empty."""
        found: frozenset[int] = frozenset()
        for operation, argument in tree:
            first, may_be_empty = self._first(operation, argument)
            found |= first
            if not may_be_empty:
                return found, False
        return found, True

    def _first(self, operation: Any, argument: Any) -> tuple[frozenset[int], bool]:
        if operation is opcodes.LITERAL:
            return frozenset((min(argument, _OTHER),)), False
        if operation is opcodes.NOT_LITERAL:
            return (_ALL - {argument}) | {_OTHER}, False
        if operation is opcodes.IN:
            return _characters(argument), False
        if operation is opcodes.SUBPATTERN:
            return self._first_of(argument[3])
        if operation in _REPEATS:
            first, may_be_empty = self._first_of(argument[2])
            return first, may_be_empty or argument[0] == 0
        if operation is opcodes.BRANCH:
            firsts = [self._first_of(branch) for branch in argument[1]]
            return frozenset().union(*(first for first, _ in firsts)), any(empty for _, empty in firsts)
        return _ALL, operation is opcodes.AT


def _characters(items: Any) -> frozenset[int]:
    found: set[int] = set()
    negated = False
    for operation, argument in items:
        if operation is opcodes.NEGATE:
            negated = True
        elif operation is opcodes.LITERAL:
            found.add(min(argument, _OTHER))
        elif operation is opcodes.RANGE:
            found.update(range(min(argument[0], _OTHER), min(argument[1], _OTHER) + 1))
        else:
            found.update(_CATEGORIES.get(argument, _ALL))
    return (_ALL - found) | {_OTHER} if negated else frozenset(found)
