"""Import of files: read, map, preview, run as a resumable job, report, undo."""
