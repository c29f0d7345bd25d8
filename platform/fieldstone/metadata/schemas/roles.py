"""The schema of roles and profiles: who may do what."""

from __future__ import annotations

from fieldstone.metadata.rights import FIELD_ACCESS, PROFILE_SCOPE, RIGHTS, ROLE_SCOPE, SCOPES, SETUP_PARTS, TOOLS
from fieldstone.metadata.schemas.parts import Schema, label, name, named, one_of, record, texts

_RIGHTS: Schema = {
    "type": ["array", "object"],
    "description": f"A list of rights, or a mapping of rights to scopes. Rights: {', '.join(RIGHTS)}.",
    "items": {"enum": list(RIGHTS)},
    "uniqueItems": True,
    "propertyNames": {"enum": list(RIGHTS)},
    "additionalProperties": one_of("", *SCOPES),
}
_MODULES: Schema = {
    "type": "object",
    "description": 'Rights by module; "*" stands for all modules that are not named.',
    "additionalProperties": _RIGHTS,
}
_FIELDS: Schema = {
    "type": "object",
    "description": "What may be done with the fields of a module; those that are not named may be edited.",
    "additionalProperties": {
        "type": "object",
        "description": f"Field → {', '.join(FIELD_ACCESS)}.",
        "additionalProperties": one_of("", *FIELD_ACCESS),
    },
}
_TOOLS = texts("Rights that belong to no module.") | {"items": {"enum": list(TOOLS)}}


def _grants(scope: str) -> dict[str, Schema]:
    whose = f"Whose records the rights reach that name no scope themselves; {scope} when left out."
    return {"scope": one_of(whose, *SCOPES), "modules": _MODULES, "fields": _FIELDS, "tools": _TOOLS}


ROLES: Schema = record(
    "The roles and the profiles.",
    {
        "roles": named(
            "Roles by name.",
            record(
                "What people with this role may do.",
                {
                    "label": label("How people call the role."),
                    "parent": name("The role above."),
                    "setup": {
                        "type": ["boolean", "array"],
                        "items": {"enum": list(SETUP_PARTS)},
                        "uniqueItems": True,
                        "description": "May change the CRM itself: true for all of Setup, or a list of its parts: "
                        f"{', '.join(SETUP_PARTS)}.",
                    },
                    "setup_modules": texts("Modules that people with the role may shape, and no others."),
                    "profiles": texts("Profiles whose rights the role has too."),
                    **_grants(ROLE_SCOPE),
                },
                required=("modules",),
            ),
        ),
        "profiles": named(
            "Profiles by name: rights for roles and for single users.",
            record(
                "What this profile lets people do besides.",
                {"label": label("How people call the profile."), **_grants(PROFILE_SCOPE)},
            ),
        ),
    },
)
