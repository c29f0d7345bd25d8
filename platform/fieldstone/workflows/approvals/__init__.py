"""Approvals: who is asked, who answered what, and what becomes of those that nobody answers."""
