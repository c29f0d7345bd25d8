"""The site layer brought onto a new version of the layers below it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from fieldstone.changes.upgrade.differences import Differences, find_differences
from fieldstone.changes.upgrade.documents import REMOVED, changed_paths, merged_documents, site_documents, state_of
from fieldstone.changes.upgrade.patches import ABSENT, same
from fieldstone.changes.upgrade.three_way import DocumentMerge
from fieldstone.metadata.addresses import Address
from fieldstone.metadata.conflict import Conflict
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.writer import write_document


@dataclass(frozen=True, kw_only=True)
class MergedSite:
    """`site` is the site layer to publish over the new base; documents that need no change keep their bytes.
    `conflicts`: what both sides changed; the site's value counts until a person decides."""

    site: Layer
    conflicts: tuple[Conflict, ...] = ()


def merge_site(then: Sequence[Layer], now: Sequence[Layer], site: Layer) -> MergedSite:
    """Merge three ways: the layers below the site as they were and as they are, and the site's patch.

    What the site does not name is what `now` says; what it names stays. Documents that cannot be read are left
    as they are: whoever compiles the result hears of them.
    """
    return Upgrade(then, now, site).merge()


class Upgrade:
    """The documents of an upgrade, read once, so that several ways of merging them can be tried."""

    def __init__(self, then: Sequence[Layer], now: Sequence[Layer], site: Layer) -> None:
        paths = changed_paths(then, now)
        self._then = merged_documents(then, paths)
        self._now = merged_documents(now, paths)
        self._patches = site_documents(site, paths)
        self._site = site

    def differences(self) -> Differences:
        return find_differences(self._then, self._now)

    def merge(self, held: Collection[Address] = ()) -> MergedSite:
        """At each of the `held` addresses everything stays in force as it was, and the conflict is listed."""
        documents = dict(self._site.documents)
        conflicts: list[Conflict] = []
        known = {**self._now, **self._then, **self._patches}
        for path in sorted({*self._patches, *(address.path for address in held)}):
            then, now = state_of(self._then.get(path)), state_of(self._now.get(path))
            own = self._patches.get(path)
            patch = own.data if own else ABSENT
            if then is None or now is None or patch is None or same(then, now):
                continue
            document = known[path]
            steps = [address.steps for address in held if address.path == path]
            merge = DocumentMerge(document.kind, document.name, steps)
            merged = merge.merge(then, now, patch)
            conflicts += merge.conflicts
            below = self._now.get(path)
            if merged is not ABSENT and below is not None and below.is_removed:
                merged = {**merged, REMOVED: False}
            if merged is ABSENT:
                documents.pop(path, None)
            elif not same(merged, patch):
                documents[path] = write_document(merged)
        return MergedSite(
            site=Layer(name=self._site.name, documents=dict(sorted(documents.items()))), conflicts=tuple(conflicts)
        )
