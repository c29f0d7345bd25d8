from __future__ import annotations

import pytest

from fieldstone.storage.database import Database
from records.as_of.timeline import Timeline
from records.as_of.timeline_documents import DOCUMENTS


@pytest.fixture
def timeline(database: Database) -> Timeline:
    made = Timeline(database)
    made.start(DOCUMENTS)
    made.advance(days=1)
    return made
