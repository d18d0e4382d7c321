from __future__ import annotations

import csv
import ipaddress
import shutil
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitor.sources import networks
from monitor.sources.guard import why_forbidden
from monitor.sources.networks import REGISTRIES, generate

HERE = Path(generate.__file__).parent
Block = ipaddress.IPv4Network | ipaddress.IPv6Network


def _registry_rows() -> Iterator[tuple[Block, str]]:
    """Read apart from `generate`, so that one can be held against the other."""
    for file in HERE.glob("iana-*.csv"):
        for row in csv.DictReader(file.open(encoding="utf-8", newline="")):
            for block in row["Address Block"].split(", "):
                yield ipaddress.ip_network(block.split(" ")[0]), row["Globally Reachable"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of what is kept, to be written to."""
    copy = tmp_path / "networks"
    copy.mkdir()
    for file in (HERE / REGISTRIES, *HERE.glob("*.csv")):
        shutil.copy(file, copy)
    return copy


def test_the_table_is_what_the_kept_registries_give(folder: Path) -> None:
    assert generate.main(["--folder", str(folder)]) == 0
    assert (folder / REGISTRIES).read_bytes() == (HERE / REGISTRIES).read_bytes()


def test_every_row_of_the_registries_is_obeyed_at_its_edges() -> None:
    rows = list(_registry_rows())
    assert len(rows) == 51
    closed = [block for block, reachable in rows if reachable != "True"]
    for block, reachable in rows:
        inside = any(block.version == other.version and block.subnet_of(other) for other in closed)  # type: ignore[arg-type]
        if str(block) in ("::ffff:0:0/96", "64:ff9b::/96"):
            continue  # judged by the IPv4 address that they carry
        for edge in (block[0], block[-1]):
            assert bool(why_forbidden(edge)) == inside, f"{edge} of {block}, reachable: {reachable}"


def test_what_lies_beside_a_closed_block_is_public_unless_it_is_closed_itself() -> None:
    public = 0
    for network in networks.not_public():
        first, last = int(network.block[0]), int(network.block[-1])
        kind = type(network.block[0])
        top = 2**network.block.max_prefixlen - 1
        for number in (first - 1, last + 1):
            if 0 <= number <= top:
                neighbour = kind(number)
                closed = any(neighbour in other.block for other in networks.not_public())
                assert bool(why_forbidden(neighbour)) == closed
                public += not closed
    assert public > 20


def test_every_row_of_ours_has_a_reason() -> None:
    for row in tomllib.loads((HERE / networks.OURS).read_text(encoding="utf-8"))["networks"]:
        assert len(row["why"]) > 10
        assert why_forbidden(ipaddress.ip_network(row["block"])[0])


def test_a_new_row_of_the_registry_closes_a_new_block(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ipv4 = tmp_path / "new.csv"
    ipv4.write_bytes(
        generate.kept("ipv4").read_bytes()
        + b'"45.1.0.0/16 [9], 45.2.0.0/16","A ""new"" use",[RFC9999],2027-01,N/A,True,True,True,False [2],False\r\n'
    )
    assert generate.main(["--folder", str(folder), "--ipv4", str(ipv4), "--read-on", "2027-02-03"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == ["  new: 45.1.0.0/16", "  new: 45.2.0.0/16"]
    table = tomllib.loads((folder / REGISTRIES).read_text(encoding="utf-8"))
    assert table["read_on"].isoformat() == "2027-02-03"
    assert {"block": "45.2.0.0/16", "why": "A new use, RFC 9999"} in table["networks"]


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda text: text[: len(text) // 3], "cut short in the row of 192.0.0.0/24"),
        (lambda text: text[: text.index(b"192.168.")], "does not hold 192.168.0.0/16, 240.0.0.0/4"),
        (lambda text: text.replace(b"Globally Reachable", b"Global"), "not those of a registry"),
        (lambda text: b"<html>Service unavailable</html>", "not those of a registry"),
        (lambda text: text.replace(b"10.0.0.0/8", b"10.0.0.0/99"), "10.0.0.0/99"),
    ],
)
def test_a_registry_that_is_not_whole_opens_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], damage: Callable[[bytes], bytes], why: str
) -> None:
    ipv4 = folder / generate.kept("ipv4").name
    ipv4.write_bytes(damage(ipv4.read_bytes()))
    assert generate.main(["--folder", str(folder)]) == 1
    assert why in capsys.readouterr().err
    assert (folder / REGISTRIES).read_bytes() == (HERE / REGISTRIES).read_bytes()
