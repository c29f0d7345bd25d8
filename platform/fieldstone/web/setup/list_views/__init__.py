"""List views for everybody in Setup."""
