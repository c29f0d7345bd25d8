"""Editing documents: pure functions on the plain data of one document, which editors of every kind call."""
