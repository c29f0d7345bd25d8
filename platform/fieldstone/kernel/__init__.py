"""What everything else stands on: errors, diagnostics, events, settings, hook specifications."""
