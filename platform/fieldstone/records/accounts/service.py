"""Accounts: the facade kept on the site (`site.accounts`)."""

from __future__ import annotations

from fieldstone.records.accounts.acting import Acting
from fieldstone.records.accounts.entering import Entering
from fieldstone.records.accounts.habits import Habits
from fieldstone.records.accounts.identities import Identities
from fieldstone.records.accounts.impersonation import Impersonation
from fieldstone.records.accounts.password_resets import PasswordResets
from fieldstone.records.accounts.role_holders import RoleHolders
from fieldstone.records.accounts.second_factors import SecondFactors
from fieldstone.records.accounts.team_changes import TeamChanges
from fieldstone.records.accounts.team_removal import TeamRemoval


class Accounts(
    TeamRemoval,
    TeamChanges,
    RoleHolders,
    Entering,
    SecondFactors,
    PasswordResets,
    Identities,
    Impersonation,
    Acting,
    Habits,
):
    """Users, teams, passwords, second factors, sessions, tokens, links and log-in providers of a site.

    Users are named by user name where people type them (the command line), by id elsewhere. `by` is who does it:
    only an administrator makes administrators; None is the operator. What changes somebody else's account, or what
    anybody may do, is in the audit log.
    """
