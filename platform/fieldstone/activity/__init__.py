"""What people tell each other about records: mentions, following, notices, reminders."""
