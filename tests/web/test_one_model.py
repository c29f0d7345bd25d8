"""One request works with one model, however often it reads and whoever publishes meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask, Response

from fieldstone.kernel.actors import Actor
from fieldstone.metadata.layers import Layer
from fieldstone.records.service import Records
from fieldstone.runtime.site import Site
from fieldstone.web.current import current_actor, current_published, current_records
from web.visitor import Visitor


@pytest.fixture
def publish(site: Site, actor: Actor) -> Callable[[str], None]:
    """Publish a field of organizations from another thread, which takes up the new model."""

    def work(name: str) -> None:
        text = f"module: organization\nfields:\n  {name}: {{type: text}}\n"
        layer = Layer(name="site", documents={"modules/organization.yaml": text})
        thread = threading.Thread(
            target=lambda: site.publishing.publish(site.publishing.plan(layer), actor, message=name)
        )
        thread.start()
        thread.join()
        assert name in site.models.current.model.modules["organization"].fields

    return work


def logged_in(app: Flask) -> Visitor:
    """Somebody who logs in now, when the views of the test are there."""
    visitor = Visitor(app)
    visitor.log_in()
    return visitor


def fields_read(records: Records) -> list[str]:
    """The names that a read of records sees by itself."""
    with records.models.read() as (_, published):
        return list(published.model.modules["organization"].fields)


def test_a_request_that_reads_twice_sees_one_model(app: Flask, site: Site, publish: Callable[[str], None]) -> None:
    seen: list[bool] = []

    @app.get("/twice")
    def twice() -> str:
        seen.append("extra" in fields_read(site.records))
        if len(seen) == 1:
            publish("extra")
        current_records().search(current_actor(), "Acme")
        seen.append("extra" in fields_read(site.records))
        assert current_published() is site.models.reading
        return "read"

    visitor = logged_in(app)
    assert visitor.get("/twice").status_code == 200
    assert seen == [False, False]
    assert visitor.get("/twice").status_code == 200
    assert seen == [False, False, True, True]


def test_a_write_in_a_request_uses_the_newest_model(app: Flask, site: Site, publish: Callable[[str], None]) -> None:
    seen: list[bool] = []

    @app.get("/write")
    def write() -> str:
        publish("extra")
        models = site.models
        written = models.write(lambda conn, published: "extra" in published.model.modules["organization"].fields)
        seen.extend([written, "extra" in fields_read(site.records)])
        return "written"

    assert logged_in(app).get("/write").status_code == 200
    assert seen == [True, False]


def test_an_answer_that_streams_keeps_its_model_to_the_end(
    app: Flask, site: Site, publish: Callable[[str], None]
) -> None:
    closed = threading.Event()

    @app.get("/stream")
    def stream() -> Response:
        def parts() -> Iterator[str]:
            try:
                yield str("extra" in fields_read(site.records))
                yield str("extra" in fields_read(site.records))
            finally:
                closed.set()

        return Response(parts(), mimetype="text/plain")

    answer = logged_in(app).client.get("/stream")
    chunks = answer.iter_encoded()
    assert next(chunks) == b"False"
    publish("extra")
    with site.models.read() as (_, outside):
        assert "extra" in outside.model.modules["organization"].fields
    assert next(chunks) == b"False"
    assert next(chunks, None) is None
    answer.close()
    assert closed.is_set()


def test_nothing_stays_pinned_after_a_request(site: Site, admin: Visitor, publish: Callable[[str], None]) -> None:
    assert admin.get("/m/organization").status_code == 200
    assert admin.get("/m/nothing").status_code == 404
    publish("extra")
    with site.models.read() as (_, published):
        assert published is site.models.reading is site.models.current
        assert "extra" in published.model.modules["organization"].fields
