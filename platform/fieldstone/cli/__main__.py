"""`python -m fieldstone.cli`."""

from fieldstone.cli import main

main()
