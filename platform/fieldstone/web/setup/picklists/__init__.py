"""Picklists in Setup: shared ones, the values of single fields, and what they offer beside other fields."""
