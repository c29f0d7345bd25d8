"""What can be wrong with documents that are well formed: one concern a file, all problems together."""
