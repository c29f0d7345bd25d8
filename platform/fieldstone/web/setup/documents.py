"""All documents as YAML: taken out as a zip, and brought in as a step of the draft."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import IO, Any

from flask import Response, g, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from fieldstone.changes.imported import with_effective_documents, with_own_documents
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.metadata.bundle import Unpacked, gather_documents, pack_documents, unpack_documents
from fieldstone.metadata.canonical import canonical_layer
from fieldstone.metadata.effective import effective_documents
from fieldstone.metadata.layers import Layer
from fieldstone.runtime.layers import site_layer_of
from fieldstone.web.current import current_site
from fieldstone.web.i18n import gettext, ngettext
from fieldstone.web.setup.categories import SITE
from fieldstone.web.setup.drafting import current_draft, try_edit
from fieldstone.web.setup.noted import note
from fieldstone.web.setup.review import changed_documents, diffs_of
from fieldstone.web.setup.view import Page, change, show
from fieldstone.web.setup.view import later as _
from fieldstone.web.words import explain

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_PIECE = 65_536


class DocumentsView(Page):
    @show()
    def index(self) -> ResponseReturnValue:
        return self._page()

    @show("/export")
    def export(self) -> ResponseReturnValue:
        """A zip of what is published: the site's own documents, or with `effective` what all layers say together."""
        everything = request.args.get("effective") == "1"
        layers, version = current_site().publishing.published_layers(), current_site().models.current.version
        if everything:
            documents = effective_documents(layers)
        else:
            own = site_layer_of(layers)
            documents = dict(canonical_layer(own).documents) if own else {}
        note("documents.exported", f"revision:{version}", documents=len(documents), everything=everything)
        name = f"fieldstone-{'all' if everything else 'site'}-r{version}-{date.today():%Y%m%d}.zip"
        answer = Response(pack_documents(documents), mimetype="application/zip")
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    @change("/import")
    def bring_in(self) -> ResponseReturnValue:
        """A step of the draft that brings in a zip or the files of a folder, and what it makes different."""
        files = [file for file in request.files.getlist("files") if file.filename]
        if not files:
            return self._page(problems=[gettext("Choose a file first.")])
        name = _name_of(files)
        try:
            found = _read(files, name)
        except InvalidInputError as error:
            return self._page(problems=[explain(error)])
        everything, whole = request.form.get("holds") == "all", request.form.get("others") == "go"

        def work(layers: Sequence[Layer]) -> Layer:
            bring = with_effective_documents if everything else with_own_documents
            return bring(layers, found.documents, whole=whole)

        before = current_draft()
        problems = try_edit(gettext("Import of %(file)s", file=name), work, "")
        if problems:
            return self._page(problems=problems)
        after = current_draft()
        note("documents.imported", f"draft:{g.actor.user_id}", file=name, documents=len(found.documents))
        page = self._page(
            diffs=diffs_of(changed_documents(before.site, after.site)), done=name, read=len(found.documents),
            left=found.left, changed=after.turn != before.turn,
        )  # fmt: skip
        return page, 200

    def _page(self, **values: Any) -> str:
        nothing = dict.fromkeys(("problems", "diffs", "done", "read", "left", "changed"), ())
        return self.render("setup/documents.html", **{**nothing, **values})


def _read(files: Sequence[FileStorage], name: str) -> Unpacked:
    """Raises InvalidInputError bundle.E001 to E006."""
    if len(files) == 1:
        content = files[0].stream.read()  # no longer than a request may be
        if content.startswith(_ZIP) or not name.endswith((".yaml", ".yml")):
            return unpack_documents(content, name)
        files[0].stream.seek(0)
    return gather_documents(((file.filename or "", _pieces(file.stream)) for file in files), name)


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    while piece := stream.read(_PIECE):
        yield piece


def _name_of(files: Sequence[FileStorage]) -> str:
    """What to call it: the folder, when it is one."""
    first = files[0].filename or ""
    if len(files) == 1:
        return first.replace("\\", "/").rpartition("/")[2][:120]
    folder = first.partition("/")[0] if "/" in first else ""
    return folder[:120] or ngettext("%(num)s file", "%(num)s files", len(files))


def documents_view() -> DocumentsView:
    return DocumentsView(_("YAML documents"), SITE, endpoint="documents", menu_icon_value="file-earmark-zip")
