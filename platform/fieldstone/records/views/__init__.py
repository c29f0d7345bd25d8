"""Views that people save of the list of a module, and what each person arranges for oneself."""
