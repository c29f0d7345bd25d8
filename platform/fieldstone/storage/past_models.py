"""Models of earlier revisions, kept while they are asked for."""

from __future__ import annotations

import threading
from collections import OrderedDict

from fieldstone.storage.database import Database
from fieldstone.storage.published import CompileModel, PublishedModel, load_model

KEPT = 4


class PastModels:
    """Called with a revision, gives its model. Threads share it. Raises as `storage.published.load_model`."""

    def __init__(self, database: Database, compile_model: CompileModel) -> None:
        self._database = database
        self._compile = compile_model
        self._models: OrderedDict[int, PublishedModel] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, version: int) -> PublishedModel:
        with self._lock:
            found = self._models.get(version)
            if found is not None:
                self._models.move_to_end(version)
                return found
        with self._database.read() as conn:
            made = load_model(conn, version, self._compile)
        with self._lock:
            self._models[version] = made
            while len(self._models) > KEPT:
                self._models.popitem(last=False)
        return made
