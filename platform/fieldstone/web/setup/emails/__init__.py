"""E-mail templates in Setup: written in every language, looked at with a real record."""
