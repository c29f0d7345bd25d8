"""The folder of a site: what is in it, and what must be so before it is used."""

from __future__ import annotations

import os
from pathlib import Path

import sqlalchemy as sa

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import SiteError
from fieldstone.runtime.secrets import KEY_FILE, create_key
from fieldstone.runtime.settings import SETTINGS_FILE, SiteSettings

declare("site.E007", "There is no site in {folder}.", "Make one with `fieldstone init`, or name another with --site.")
declare("site.E008", "There is a site in {folder} already.", "Serve it, or choose another folder.")
declare("site.E009", "The folder {folder} cannot be written: {reason}", "Give this account the right to write in it.")
declare(
    "site.E010", "The database file {file} is missing.", "Restore it from a backup, or mend `database` in {settings}."
)


UNFINISHED_FILE = "unfinished"
"""There while a site is being made; it names the SQLite file that is made with it, if one is."""


def site_exists(folder: Path) -> bool:
    """Whether a site was made here: it has a key, and making it was finished.

    Raises SiteError site.E009 when this account may not look.
    """
    try:
        return (folder / KEY_FILE).exists() and not (folder / UNFINISHED_FILE).exists()
    except PermissionError as error:
        raise SiteError("site.E009", folder=folder, reason=f"{error.strerror}.") from None


def require_site(folder: Path) -> None:
    """Raises SiteError site.E007 (no site), site.E009 (read-only)."""
    if not site_exists(folder):
        raise SiteError("site.E007", folder=folder)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SiteError("site.E009", folder=folder, reason="permission denied.")


def require_database_file(settings: SiteSettings) -> None:
    """A site whose SQLite file is gone must not quietly get an empty one. Raises SiteError site.E010."""
    file = database_file(settings)
    if file and not file.exists():
        raise SiteError("site.E010", file=file, settings=settings.folder / SETTINGS_FILE)


def database_file(settings: SiteSettings) -> Path | None:
    """The SQLite file of a site; None when its database is elsewhere."""
    try:
        url = sa.make_url(settings.database_url)
    except (sa.exc.ArgumentError, ValueError):
        return None  # opening it says what is wrong
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def make_folder(folder: Path, database_url: str | None) -> None:
    """A new site's folder with its settings and key, to be ended by `finish_folder` or `unmake_folder`; what
    was killed in between is begun anew. Raises SiteError site.E008 (exists), site.E009."""
    if site_exists(folder):
        raise SiteError("site.E008", folder=folder)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unmake_folder(folder)
        (folder / UNFINISHED_FILE).touch(mode=0o600)
        settings = folder / SETTINGS_FILE
        if not settings.exists() or database_url:
            settings.touch(mode=0o600)
            settings.write_text(
                f"database: {database_url}\n" if database_url else "# docs/operating lists every setting\n"
            )
        create_key(folder)
    except OSError as error:
        raise SiteError("site.E009", folder=folder, reason=f"{error.strerror}.") from error


def note_database(settings: SiteSettings) -> None:
    """Note the SQLite file that is about to be made, so that it goes again if the site is not finished."""
    file = database_file(settings)
    if file and not file.exists():
        (settings.folder / UNFINISHED_FILE).write_text(str(file.absolute()), "utf-8")


def finish_folder(folder: Path) -> None:
    """From now on there is a site."""
    (folder / UNFINISHED_FILE).unlink()


def unmake_folder(folder: Path) -> None:
    """Forget a site that could not be made, so that it can be tried again: its key and the SQLite file made with
    it go; nothing else does. Does nothing to a finished site."""
    note = folder / UNFINISHED_FILE
    if not note.exists():
        return
    database = note.read_text("utf-8")
    for suffix in ("", "-wal", "-shm", "-journal") if database else ():
        Path(database + suffix).unlink(missing_ok=True)
    (folder / KEY_FILE).unlink(missing_ok=True)
    note.unlink()
