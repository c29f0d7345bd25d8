"""Drafts: what an administrator changes before it is published, step by step, with undo."""
