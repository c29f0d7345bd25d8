"""Making a backup of a site.

The database as it is at one moment; `secret.key`, without which secret fields, second factors and what Setup keeps
encrypted cannot be read; the settings; `plugins/`, `imports/` and `outbox/`. What belongs to the machine rather than to
the site stays on it: the URL of the database, the password of the mail server and the secrets of log-in providers.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

import fieldstone
from fieldstone.runtime.secrets import KEY_FILE
from fieldstone.runtime.settings import SETTINGS_FILE, without_secrets
from fieldstone.storage.backup.manifest import Manifest, Origin, is_plain_path
from fieldstone.storage.backup.read import open_backup
from fieldstone.storage.backup.write import Progress, SiteFile, write_backup
from fieldstone.storage.revisions import find_version
from fieldstone.storage.system import SCHEMA

if TYPE_CHECKING:
    from fieldstone.runtime.site import Site

FOLDERS = ("plugins", "imports", "outbox")
"""Of the folder of a site: whatever lies in them belongs to a backup, but links and what Python compiles."""


def make_backup(
    site: Site, file: Path, *, made_by: str = "", progress: Progress = lambda done, total: None
) -> Manifest:
    """Write a backup of the site, read back and found whole. Nobody has to stop working for it.

    Raises ConflictError backup.E001, SiteError backup.E002, and what `progress` raises.
    """

    def origin(conn: sa.Connection) -> Origin:
        return Origin(
            fieldstone=fieldstone.__version__,
            schema=SCHEMA,
            database=conn.dialect.name,
            made_at=site.clock(),
            made_by=made_by,
            revision=find_version(conn),
        )

    def verify(draft: Path) -> None:
        with open_backup(draft, progress=lambda: progress(0, 0)):
            pass

    return write_backup(
        site.database, file, origin=origin, files=lambda: _files(site.folder), progress=progress, verify=verify
    )


def _files(folder: Path) -> Iterator[SiteFile]:
    yield SiteFile(name=KEY_FILE, path=folder / KEY_FILE)
    yield SiteFile(name=SETTINGS_FILE, content=without_secrets(folder).encode())
    for name in FOLDERS:
        for path in sorted((folder / name).rglob("*")):
            shown = path.relative_to(folder).as_posix()
            ours = "__pycache__" not in path.parts and path.suffix != ".part" and is_plain_path(shown)
            if ours and path.is_file() and not path.is_symlink():
                yield SiteFile(name=shown, path=path)
