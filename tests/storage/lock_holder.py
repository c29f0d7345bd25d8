"""Run as a program: takes the publish lock of the database given, says so, and holds it until it is killed."""

from __future__ import annotations

import sys

from fieldstone.storage.database import Database
from fieldstone.storage.locks import publish_lock

if __name__ == "__main__":
    with publish_lock(Database.open(sys.argv[1]), "Anna"):
        print("held", flush=True)
        sys.stdin.read()
