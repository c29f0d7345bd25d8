"""Runs that wait: what is kept of them, how they come back, and how they are ended."""
