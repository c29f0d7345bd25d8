"""The words of access: what may be done with records and besides, how far a right reaches, and fields."""

from __future__ import annotations

RIGHTS = ("view", "create", "edit", "delete", "import", "export", "mass_edit", "report")
"""What may be done with the records of a module."""
SCOPES = ("own", "team", "subtree", "all", "related")
"""Whose records a right reaches: the user's own and those of the user's teams; of the members of these teams and
of the teams below them; of whoever has a role below the user's; everybody's; those that belong to the record the
user stands for, in a portal."""
ROLE_SCOPE, PROFILE_SCOPE = "all", "own"
"""The scope of rights for which neither they nor the role, or profile, name one."""
FIELD_ACCESS = ("hidden", "read", "edit")
SHARED = ("private", "read", "edit")
"""What a module's records are to everybody who has the right."""
SHARED_ACCESS = ("read", "edit")
TOOLS = ("share", "merge", "api_tokens")
"""Rights that belong to no module: share single records with others, merge duplicates, make API tokens for oneself."""
SETUP_PARTS = ("people", "access", "structure", "company", "system")
"""Parts of Setup: users, teams, sessions and tokens; roles and sharing; modules, layouts, picklists, workflows, words;
the company; jobs, revisions, health, settings of the machine."""
PARTIES = ("role", "subtree", "team")
EVERY_MODULE = "*"
SELF = "self"
"""A path of a portal that ends where it begins: the user stands for the record itself."""
