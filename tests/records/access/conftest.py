from __future__ import annotations

import pytest

from fieldstone.storage.database import Database
from records.access.company import Company


@pytest.fixture
def company(database: Database) -> Company:
    return Company(database)
