"""This process, told apart from all others that use the database, and whether another one is gone."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NUMBERS = Path("/proc/self/ns/pid")


@cache
def this_place() -> str:
    """Where process ids mean the same as here: one run of one kernel, one container. "" when it cannot be told.

    A host name would not do: containers and copied machines share it, and a process id of one says nothing
    in another.
    """
    if sys.platform != "linux":
        return ""
    try:
        return f"{_BOOT.read_text(encoding='ascii').strip()}/{_NUMBERS.readlink()}"
    except OSError:
        return ""


def is_gone(place: str, pid: int) -> bool:
    """Whether a process has certainly ended. False for one of another place, of which nothing is known here."""
    if not place or place != this_place() or pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:  # it is somebody else's, so it is there
        return False
    return False
