"""What the site has of its own, and a plugin in three versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SITE: Mapping[str, dict[str, Any]] = {
    "modules/ticket.yaml": {
        "module": "ticket",
        "name_field": "subject",
        "fields": {
            "subject": {"type": "text", "required": True},
            "state": {"type": "picklist", "picklist": "ticket_state"},
            "points": {"type": "integer"},
            "cost": {"type": "money"},
            "code": {"type": "text"},
            "due": {"type": "date"},
            "customer": {"type": "lookup", "to": "organization", "reverse": "tickets"},
        },
        "relations": {"leads": {"kind": "many_to_many", "to": "lead", "label": "Leads", "reverse": "tickets"}},
    },
    "metadata/picklists/ticket_state.yaml": {
        "picklist": "ticket_state",
        "values": {key: {"label": key.title()} for key in ("new", "open", "waiting", "solved", "closed", "dropped")},
    },
    "metadata/roles.yaml": {"roles": {"helper": {"label": "Helper", "modules": {"ticket": ["view", "edit"]}}}},
    "modules/vehicle.yaml": {
        "module": "vehicle",
        "fields": {"distance": {"label": "Way"}, "colour": {"type": "text", "label": "Colour"}},
    },
}

TRACKED: Mapping[str, tuple[int, tuple[str, ...]]] = {
    "opportunity": (40, ("name", "next_step", "description", "engage_date", "fleet_size")),
    "organization": (15, ("name", "employees", "website", "email", "description")),
    "lead": (15, ("name", "company", "title", "website", "employees", "rating", "description")),
    "ticket": (20, ("subject", "state", "points", "cost", "code", "due")),
    "vehicle": (10, ("plate", "distance", "fuel", "colour")),
}
"""Module → its share of the records in per cent, and the fields that people fill in."""

_VEHICLE = """\
module: vehicle
name_field: plate
fields:
  plate: {type: text, required: true}
  distance: {type: integer, label: Distance}
  fuel: {type: picklist, picklist: fuel, index: true}
"""
_FUELS = "picklist: fuel\nvalues:\n  petrol: {label: Petrol}\n  diesel: {label: Diesel}\n  gas: {label: Gas}\n"
_OPPORTUNITY = "module: opportunity\nfields:\n  fleet_size: {type: integer, label: Fleet size}\n"

_RENAMES = """\
moves:
  - {id: km, rename: {from: vehicle.distance, to: vehicle.mileage}}
  - {id: size, rename: {from: opportunity.fleet_size, to: opportunity.fleet_count}}
"""

FLEET: tuple[Mapping[str, str], ...] = (
    {
        "plugin.yaml": "plugin: fleet\nlabel: Fleet\nversion: 1\n",
        "modules/vehicle.yaml": _VEHICLE,
        "modules/opportunity.yaml": _OPPORTUNITY,
        "metadata/picklists/fuel.yaml": _FUELS,
    },
    {
        "modules/vehicle.yaml": _VEHICLE.replace(
            "distance: {type: integer, label: Distance}", "mileage: {type: integer}"
        )
        + "  seats: {type: integer, label: Seats}\n",
        "modules/opportunity.yaml": _OPPORTUNITY.replace("fleet_size", "fleet_count"),
        "metadata/picklists/fuel.yaml": _FUELS + "  power: {label: Power}\n",
        "metadata/moves.yaml": _RENAMES,
    },
    {
        "modules/vehicle.yaml": "",
        "modules/car.yaml": _VEHICLE.replace("module: vehicle", "module: car")
        .replace("distance: {type: integer, label: Distance}", "mileage: {type: decimal, decimals: 1}")
        .replace("picklist: fuel", "picklist: drive")
        + "  seats: {type: integer, label: Seats}\n  doors: {type: integer, label: Doors}\n",
        "modules/opportunity.yaml": _OPPORTUNITY.replace("fleet_size", "fleet_count"),
        "metadata/picklists/fuel.yaml": "",
        "metadata/moves.yaml": _RENAMES
        + """\
  - {id: car, rename: {from: vehicle, to: car}}
  - {id: drive, rename: {from: fuel, to: drive}}
  - {id: electric, rename: {from: drive.power, to: drive.electric}}
""",
        "metadata/picklists/drive.yaml": (_FUELS + "  electric: {label: Power}\n").replace("fuel", "drive"),
    },
)
"""Its files: all of the first version, then those that differ; empty ones go."""
