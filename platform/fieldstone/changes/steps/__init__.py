"""Row work of a publish: one file per kind of step."""
