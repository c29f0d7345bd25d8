"""Merging records that mean the same thing into one of them, and taking that back."""
