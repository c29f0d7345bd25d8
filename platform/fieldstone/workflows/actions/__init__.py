"""What workflows can do. One file per action; plugins register theirs in the same registry."""
