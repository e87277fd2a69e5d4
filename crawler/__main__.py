"""`python -m crawler` is `lamdong`."""

from crawler.cli import main

main()
