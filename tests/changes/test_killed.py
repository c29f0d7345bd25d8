"""A publisher that is killed leaves the old state behind, whole, and the next one takes over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from changes import killed_publisher
from fieldstone.changes.publish import publish
from fieldstone.kernel.actors import SYSTEM
from fieldstone.kernel.errors import ConflictError
from fieldstone.storage.catalogue import load_catalogue
from fieldstone.storage.database import Database
from fieldstone.storage.locks import lock
from fieldstone.storage.physical import read_physical
from fieldstone.storage.revisions import find_version


def test_a_killed_publish_changes_nothing_and_is_taken_over(database: Database) -> None:
    program = Path(killed_publisher.__file__)
    url = database.url.render_as_string(hide_password=False)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ended = subprocess.run([sys.executable, program, url], env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    with database.read() as conn:
        assert find_version(conn) == 0
        assert "organization" not in read_physical(conn).columns
        assert not list(load_catalogue(conn))

    plan = killed_publisher.sample_plan(database)
    elsewhere = sa.update(lock).values(place="another machine")  # where nobody can see that it was killed
    database.transact(lambda conn: conn.execute(elsewhere))
    with pytest.raises(ConflictError) as waiting:
        publish(database, plan, SYSTEM)
    assert waiting.value.code == "publish.E001"
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    database.transact(lambda conn: conn.execute(sa.update(lock).values(until=long_ago)))
    assert publish(database, plan, SYSTEM) == 1
    with database.read() as conn:
        assert "organization" in read_physical(conn).columns
