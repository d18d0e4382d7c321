"""The command line: one file per command. `docs/commands.md` is made from it (`python -m monitor.cli.reference`)."""

from monitor.cli.app import main

__all__ = ["main"]
