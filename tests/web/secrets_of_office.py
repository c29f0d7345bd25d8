"""A clerk of the standard CRM who sees own records only, without amounts and next steps; secrets for doors to keep."""

from __future__ import annotations

from typing import Any

from fieldstone.metadata.layers import Layer
from fieldstone.records.changes import RecordChange
from fieldstone.runtime.site import Site

ROLES = """
roles:
  clerk:
    label: Clerk
    scope: own
    modules: {"*": [view, create, edit, delete, export, import, mass_edit, report]}
    fields:
      opportunity: {amount: hidden, next_step: hidden, close_date: read}
"""
FIGURE, WORD, AWAY = "77123", "zebrafish", "Farawayland"
FORMS = (FIGURE, "77,123", WORD, AWAY)
"""How they would look if they came out."""


class Office:
    """Ids: `mine` and `foreign` opportunities of organization `acme`; `gone` ones are in the recycle bin."""

    def __init__(self, site: Site) -> None:
        self.site = site
        admin = site.accounts.operator()
        layer = Layer(name="site", documents={"metadata/roles.yaml": ROLES})
        site.publishing.publish(site.publishing.plan(layer), admin, message="a clerk")
        site.models.refresh()
        self.clerk = site.accounts.add_user("clerk", roles=["clerk"], password="a long password")
        self.admin = admin
        (self.acme,) = self._save("organization", {"name": "Acme", "owner": self.clerk})
        secret = {"amount": FIGURE, "next_step": WORD, "organization": self.acme, "close_date": "2026-05-01"}
        self.mine, self.gone = self._save(
            "opportunity",
            {"name": "Mine", "owner": self.clerk, **secret},
            {"name": "Gone", "owner": self.clerk, **secret},
        )
        self.foreign, self.foreign_gone = self._save(
            "opportunity", {"name": AWAY, **secret}, {"name": f"{AWAY} again", **secret}
        )
        (self.contact,) = self._save("contact", {"name": {"last_name": AWAY}})
        self.change("opportunity", self.mine, next_step=f"{WORD} too")
        self.change("opportunity", self.mine, next_step=WORD)
        site.records.delete(admin, "opportunity", [self.gone, self.foreign_gone])

    def change(self, module: str, id: int, **values: Any) -> None:
        self.site.records.save(self.admin, [RecordChange(module=module, id=id, values=values)])

    def state(self) -> list[dict[str, Any]]:
        """What nobody but the administrator may have changed."""
        records, admin = self.site.records, self.admin
        found = records.fetch(admin, "opportunity", [self.foreign])
        found += records.fetch(admin, "opportunity", [self.foreign_gone], deleted=True)
        found += records.fetch(admin, "opportunity", [self.mine], fields=("amount", "next_step", "close_date", "owner"))
        return [each.values for each in found]

    def _save(self, module: str, *rows: dict[str, Any]) -> list[int]:
        changes = [RecordChange(module=module, values=row) for row in rows]
        return [saved.id for saved in self.site.records.save(self.admin, changes).records]
