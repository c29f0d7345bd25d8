"""Relations between modules in Setup, with the related lists of both sides."""
