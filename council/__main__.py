"""``python -m council``: the commands of the terminal."""

from council.cli import main

main()
