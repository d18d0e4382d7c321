"""`make demo`, or `python -m demo`: the main job from end to end, under a minute.

A small local news site serves the five articles of `seeds/`. The real service, set up by its own commands, watches them
over HTTP. The site publishes later editions (invented; `seeds/editions/manifest.toml`), and a real mail server and a
real webhook receiver take the alerts. Exit code 0: every expected alert came, and no other; 1: not so; 2: it could
not be run.
"""

from __future__ import annotations

import argparse
import re
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME

from demo.editions import MANIFEST, load_script, load_seeds
from demo.outcome import Outcome
from demo.play import Play
from demo.report import introduce, report
from demo.service import DemoError

WIDTH = 120


def main() -> int:
    """Run the demonstration. Returns the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped, too
    arguments = _arguments()
    console = Console(record=arguments.picture is not None, width=None if _is_wide() else WIDTH, highlight=False)
    seeds = load_seeds()
    try:
        script = load_script(seeds, arguments.manifest)
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        print(f"demo: {arguments.manifest} cannot be played: {error!r}", file=sys.stderr)
        return 2
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="corrigenda-demo-"))
    kept = arguments.keep or arguments.folder is not None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise DemoError(f"{folder} is not empty: give a new folder")
        problems = _play(console, folder, Play(script, seeds, lambda line: console.print(line, style="dim")), arguments)
    except (DemoError, OSError) as error:
        print(f"demo: {error}", file=sys.stderr)
        kept = True
        return 2
    except KeyboardInterrupt:
        return 130
    finally:
        if kept:
            console.print(f"Configuration, database and log are in {folder}", style="dim")
        else:
            shutil.rmtree(folder)
    if arguments.picture:
        arguments.picture.write_text(_picture(console), encoding="utf-8")
    return 1 if problems else 0


def _play(console: Console, folder: Path, play: Play, arguments: argparse.Namespace) -> list[str]:
    """Returns what was not as expected."""
    begun = time.monotonic()
    introduce(console)
    try:
        play.open(folder)
        outcome = play.run()
        if arguments.serve:
            paused = time.monotonic()
            _leave_running(console, play, outcome)
            begun += time.monotonic() - paused
        play.finish(outcome)
    finally:
        play.close()
    outcome.seconds = time.monotonic() - begun
    problems = outcome.problems()
    report(console, outcome, problems)
    return problems


def _picture(console: Console) -> str:
    """All that was printed, as SVG; without the web fonts that Rich would have readers fetch from elsewhere."""
    svg = console.export_svg(title="make demo", theme=DEFAULT_TERMINAL_THEME)
    return re.sub(r"@font-face\s*{.*?}\s*", "", svg, flags=re.DOTALL)


def _leave_running(console: Console, play: Play, outcome: Outcome) -> None:
    """Let somebody look at the pages; Ctrl-C goes on with the report."""
    console.print(f"The pages of the service are at {play.service.pages}")
    for name, publisher in outcome.publishers.items():
        console.print(f"  {publisher}: {play.site.address(name)}", style="dim")
    console.print("Ctrl-C stops all of it and shows the report.")
    try:
        while True:
            play.service.require_running()
            time.sleep(0.5)
    except KeyboardInterrupt:
        console.print()


def _is_wide() -> bool:
    return sys.stdout.isatty() and shutil.get_terminal_size().columns >= 100


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo", description="The main job from end to end, under a minute.")
    parser.add_argument("--manifest", type=Path, default=MANIFEST, help="play and expect what another manifest says")
    parser.add_argument("--folder", type=Path, help="work in this folder, and keep it")
    parser.add_argument("--keep", action="store_true", help="keep the folder with configuration, database and log")
    parser.add_argument("--serve", action="store_true", help="leave service and site running until Ctrl-C")
    parser.add_argument("--picture", type=Path, metavar="FILE.svg", help="also draw the output, as docs/demo.svg is")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
