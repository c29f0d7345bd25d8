"""The files of a backup on their way into the folder of a site."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fieldstone.kernel.errors import SiteError
from fieldstone.runtime.secrets import KEY_FILE
from fieldstone.runtime.settings import SETTINGS_FILE
from fieldstone.storage.backup import codes
from fieldstone.storage.backup.manifest import FileEntry
from fieldstone.storage.backup.read import OpenBackup


@contextmanager
def staged_files(backup: OpenBackup, folder: Path) -> Iterator[Callable[[], None]]:
    """Write the files beside their places, where the disk may turn out to be full, and give what puts them there: the
    key last, since with it the site is that of the backup. What was not put there goes again."""
    drafts: list[tuple[Path, Path]] = []

    def place() -> None:
        for draft, final in drafts:
            os.replace(draft, final)

    try:
        for entry in sorted(backup.manifest.files, key=lambda each: each.name == KEY_FILE):
            if entry.name == SETTINGS_FILE:  # a site that is there keeps its own
                continue
            final = folder.joinpath(*entry.name.split("/"))
            final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            drafts.append((final.with_name(f"{final.name}.restoring"), final))
            _write(backup, entry, drafts[-1][0])
        yield place
    except OSError as error:
        raise SiteError(codes.NO_PLACE, folder=folder, reason=f"{error.strerror or error}.") from error
    finally:
        for draft, _ in drafts:
            draft.unlink(missing_ok=True)


def _write(backup: OpenBackup, entry: FileEntry, draft: Path) -> None:
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as target, backup.content(entry) as source:
        shutil.copyfileobj(source, target)


def read_text(backup: OpenBackup, entry: FileEntry) -> str:
    with backup.content(entry) as source:
        return source.read().decode("utf-8")
