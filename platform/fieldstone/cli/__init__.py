"""The `fieldstone` command."""
