"""The web application: app factory, pages, API, templates and static files."""
