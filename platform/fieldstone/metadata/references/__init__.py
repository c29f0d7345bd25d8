"""Where documents say a name: to rewrite it after a rename, to find it, to leave out what is gone."""
