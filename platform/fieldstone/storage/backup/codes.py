"""What can go wrong with a backup."""

from __future__ import annotations

from fieldstone.kernel.codes import declare

EXISTS = declare("backup.E001", "{file} is there already.", "Name another file; a backup is never written over.")
NOT_WRITTEN = declare(
    "backup.E002",
    "The backup {file} could not be written: {reason}",
    "Make room, or name a place that has some. Nothing is left of it, and the site goes on.",
)
UNUSABLE = declare(
    "backup.E003", "{file} is no backup that can be used: {reason}", "Nothing was touched. Take another backup."
)
NEWER = declare(
    "backup.E004",
    "The backup {file} was made by a newer Fieldstone ({version}).",
    "Nothing was touched. Install that version or a newer one.",
)
IN_USE = declare(
    "backup.E005", "The site in {folder} is in use.", "Stop its servers and workers, and restore once more."
)
NO_PLACE = declare(
    "backup.E008",
    "The files of the backup cannot be put into {folder}: {reason}",
    "Make room there, and restore again.",
)
SITE_THERE = declare(
    "backup.E006",
    "There is a site in {folder} already.",
    "Restore into another folder, or add --replace to give up what that site holds now.",
)
