"""What the site knows while values go from one type to another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from fieldstone.fields.base import ParseContext, ShowContext
from fieldstone.fields.definition import PicklistDef


@dataclass(frozen=True, kw_only=True)
class ConversionContext:
    """The site's language, time zone and currency ("" = unknown), the picklists of the model before
    and after, and how to look things up; each as in `ParseContext` and `ShowContext`.

    `resolve(target, text)` is asked for names only, also for those that are all digits.
    `is_user(id)` tells users from teams (None: not told apart).
    """

    language: str = "en"
    zone: str = "UTC"
    currency: str = ""
    old_picklists: Mapping[str, PicklistDef] = field(default_factory=dict)
    new_picklists: Mapping[str, PicklistDef] = field(default_factory=dict)
    label_of: Callable[[str, int], str] | None = None
    resolve: Callable[[str, str], int | None] | None = None
    is_user: Callable[[int], bool] | None = None
    encrypt: Callable[[str], str] | None = None

    @cached_property
    def reading(self) -> ParseContext:
        """How the new type reads."""
        return ParseContext(
            language=self.language,
            zone=self.zone,
            currency=self.currency,
            picklists=self.new_picklists,
            resolve=self.resolve,
            encrypt=self.encrypt,
        )

    @cached_property
    def wording(self) -> ShowContext:
        """How the old type is worded. Labels are as declared, not translated: so they are read back."""
        return ShowContext(
            language=self.language,
            zone=self.zone,
            currency=self.currency,
            picklists=self.old_picklists,
            label_of=self.label_of,
        )
