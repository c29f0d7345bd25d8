"""The sole write path (the save pipeline) and the sole read path (query and access) of records."""
