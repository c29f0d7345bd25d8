"""Settings that an administrator makes in Setup. What the machine says, in its file or environment, has the upper hand.

They count at once, in every process, since they are read when they are needed. They are no documents: nothing of
them is exported, planned or published.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import ConflictError, ForbiddenError, UnavailableError
from fieldstone.records.accounts.audit import record_audit
from fieldstone.runtime.secrets import SiteSecrets
from fieldstone.runtime.setting import SETTINGS
from fieldstone.runtime.settings import SiteSettings, require_value
from fieldstone.storage.chosen import read_chosen, write_chosen
from fieldstone.storage.database import Database

FIXED = declare(
    "setting.E005", "{name} is set on the machine.", "Whoever runs it changes it in fieldstone.yaml or the environment."
)

ADMINISTRATORS = declare("setting.E006", "Only an administrator sets this.", "Ask an administrator of this site.")

MAIL_SERVER = ("mail.host", "mail.port", "mail.tls", "mail.user", "mail.password")
"""They belong together: a password set on the machine must not be sent to a server named in Setup."""

_BY_NAME = {each.name: each for each in SETTINGS}


class ChosenSettings:
    """`machine` is what file and environment say."""

    def __init__(
        self, database: Database, machine: SiteSettings, secrets: SiteSecrets, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._machine = machine
        self._secrets = secrets
        self._clock = clock

    def now(self) -> SiteSettings:
        """All settings as they count now."""
        with self._database.read() as conn:
            return self._machine.with_chosen(self._readable(read_chosen(conn)))

    def is_fixed(self, name: str) -> bool:
        """Whether the machine says it, so that Setup cannot."""
        group = MAIL_SERVER if name in MAIL_SERVER else (name,)
        return not _BY_NAME[name].in_setup or any(self._machine.is_given(each) for each in group)

    def choose(self, values: Mapping[str, Any], by: Actor) -> bool:
        """Make settings; None takes one back. Returns whether anything changed, which the audit log then says.

        Raises ForbiddenError setting.E006 unless an administrator does it, since where mail goes and what is deleted
        decides about everybody's account and trace; ConflictError setting.E005 for one that is set on the machine;
        InvalidInputError setting.E002–E004.
        """
        if not by.is_admin:
            raise ForbiddenError(ADMINISTRATORS)
        for name, value in values.items():
            if self.is_fixed(name):
                raise ConflictError(FIXED, name=name)
            if value is not None:
                require_value(_BY_NAME[name], value)

        def work(conn: sa.Connection) -> bool:
            before = self._readable(read_chosen(conn))
            changed = {name: value for name, value in values.items() if before.get(name) != value}
            if not changed:
                return False
            write_chosen(conn, {name: self._stored(name, value) for name, value in changed.items()})
            shown: dict[str, object] = {
                name: [before.get(name), value] for name, value in changed.items() if not _BY_NAME[name].secret
            }
            if len(shown) < len(changed):
                shown["renewed"] = sorted(changed.keys() - shown.keys())
            record_audit(conn, "settings.changed", by=by, now=self._clock(), details=shown)
            return True

        return self._database.transact(work)

    def _stored(self, name: str, value: Any) -> Any:
        return self._secrets.encrypt(value) if value and _BY_NAME[name].secret else value

    def _readable(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """What counts of what is stored. A secret that another key has encrypted is as good as none."""
        found = {}
        for name, value in stored.items():
            if name not in _BY_NAME or self.is_fixed(name):
                continue
            if value and _BY_NAME[name].secret:
                try:
                    value = self._secrets.decrypt(value)
                except UnavailableError:
                    continue
            found[name] = value
        return found
