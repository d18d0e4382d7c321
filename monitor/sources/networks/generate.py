"""Makes registries.toml from the IANA registries: `python -m monitor.sources.networks.generate`.

The special-purpose address registries are read from the files beside this one, which are kept as IANA publishes them
(public domain, CC0). `--fetch` brings them anew first, `--ipv4` and `--ipv6` take them from other files; then
`--read-on` says of what day they are. What was added and what went is printed: look at it before it is committed.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import ipaddress
import re
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from monitor.sources.http import Fetcher
from monitor.sources.networks import REGISTRIES

HERE = Path(__file__).parent
URL = "https://www.iana.org/assignments/iana-{0}-special-registry/iana-{0}-special-registry-1.csv"
FAMILIES = ("ipv4", "ipv6")
COLUMNS = ("Address Block", "Name", "RFC", "Termination Date", "Globally Reachable")
# Without these a file is no whole registry, and a table made from it would open what must be closed.
EXPECTED = {
    "ipv4": ("10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.168.0.0/16", "240.0.0.0/4"),
    "ipv6": ("::1/128", "64:ff9b:1::/48", "fc00::/7", "fe80::/10"),
}

_NOTE = re.compile(r"\s*\[\d+\]\s*$")
_RFC = re.compile(r"\[RFC(\d+)\]")


class RegistryError(Exception):
    """A file is not the registry that it should be; the message says which and why."""


def networks(text: str, family: str) -> Iterator[tuple[str, str]]:
    """Blocks that a registry does not call globally reachable, each with its name and RFCs.

    "True" alone counts as reachable: not "N/A", and not the empty field of what was withdrawn. A reachable block
    within one that is not makes no hole in it: anycast addresses of protocols serve no pages.
    """
    rows = csv.DictReader(io.StringIO(text, newline=""))
    if not set(COLUMNS) <= set(rows.fieldnames or ()):
        raise RegistryError(f"the {family} registry has columns {rows.fieldnames}, and not those of a registry")
    seen = []
    for row in rows:
        if None in row.values():
            raise RegistryError(f"the {family} registry is cut short in the row of {row['Address Block']}")
        numbers = ", ".join(f"RFC {number}" for number in _RFC.findall(row["RFC"]))
        for written in row["Address Block"].split(","):
            block = _NOTE.sub("", written).strip()
            ipaddress.ip_network(block)  # written as the registry does: Pythons differ in how they write some
            seen.append(block)
            if _NOTE.sub("", row["Globally Reachable"]).strip() != "True":
                yield block, f"{row['Name'].replace(chr(34), '').strip()}, {numbers}"
    if missing := [block for block in EXPECTED[family] if block not in seen]:
        raise RegistryError(f"the {family} registry does not hold {', '.join(missing)}: it is not whole")


def table(registries: dict[str, bytes], read_on: date) -> str:
    """The text of registries.toml, made from both registries as they were on a day."""
    lines = [
        "# Made by `python -m monitor.sources.networks.generate` from the IANA special-purpose address registries:",
        "# every block that they do not call globally reachable. Not to be edited; ours.toml is the place for more.",
        f"read_on = {read_on.isoformat()}",
    ]
    for family in FAMILIES:
        lines += [f'{family}_url = "{URL.format(family)}"']
        lines += [f'{family}_sha256 = "{hashlib.sha256(registries[family]).hexdigest()}"']
    lines += ["networks = ["]
    for family in FAMILIES:
        for block, why in networks(registries[family].decode("utf-8"), family):
            lines += [f'    {{ block = "{block}", why = "{why}" }},']
    return "\n".join([*lines, "]", ""])


def kept(family: str, folder: Path = HERE) -> Path:
    """Where the snapshot of a registry is kept."""
    return folder / Path(URL.format(family)).name


def fetch(family: str) -> bytes:
    """A registry as IANA publishes it now."""
    with Fetcher(user_agent="Corrigenda (making its table of networks)") as fetcher:
        capture = fetcher.fetch(URL.format(family))
    if capture.outcome != "page":
        raise RegistryError(f"{URL.format(family)}: {capture.reason}")
    return capture.body


def _registry(family: str, file: Path | None, anew: bool, folder: Path) -> bytes:
    if file:
        return file.read_bytes()
    return fetch(family) if anew else kept(family, folder).read_bytes()


def main(arguments: list[str] | None = None) -> int:
    """Renew the snapshots where asked, write the table, and say what became different. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m monitor.sources.networks.generate", description=__doc__)
    parser.add_argument("--fetch", action="store_true", help="bring both registries from IANA first")
    for family in FAMILIES:
        parser.add_argument(f"--{family}", type=Path, metavar="FILE", help=f"take the {family} registry from a file")
    parser.add_argument("--read-on", type=date.fromisoformat, metavar="DAY", help="day of the files, 2026-07-18")
    parser.add_argument("--folder", type=Path, default=HERE, help="where the snapshots and the table are kept")
    asked = parser.parse_args(arguments)

    files = {family: file for family in FAMILIES if (file := getattr(asked, family))}
    if files and not asked.read_on:
        parser.error("--read-on must say of what day the files are")
    output = asked.folder / REGISTRIES
    before = tomllib.loads(output.read_text(encoding="utf-8")) if output.exists() else {}
    read_on = asked.read_on or (datetime.now(UTC).date() if asked.fetch else before.get("read_on"))
    if read_on is None:
        parser.error("--read-on must say of what day the registries are: there is no table yet that does")
    try:
        registries = {family: _registry(family, files.get(family), asked.fetch, asked.folder) for family in FAMILIES}
        text = table(registries, read_on)
    except (RegistryError, OSError, ValueError) as error:
        print(f"nothing was written: {error}", file=sys.stderr)
        return 1
    for family in FAMILIES:
        kept(family, asked.folder).write_bytes(registries[family])
    output.write_text(text, encoding="utf-8")

    old, new = ({row["block"] for row in rows.get("networks", ())} for rows in (before, tomllib.loads(text)))
    print(f"{len(new)} networks, as of {read_on}")
    for block in sorted(new ^ old):
        print(f"  {'new' if block in new else 'gone'}: {block}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
