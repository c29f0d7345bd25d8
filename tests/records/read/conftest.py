from __future__ import annotations

import pytest

from fieldstone.storage.database import Database
from records.read.trade import Trade


@pytest.fixture
def trade(database: Database) -> Trade:
    return Trade(database)
