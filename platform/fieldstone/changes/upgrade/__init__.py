"""Upgrades: a new version of the lower layers under the site's own changes, merged three ways."""
