"""An internet of our own, in a network namespace: every address answers, and every packet to any of them is seen.

`python own_network.py JOB` is run inside a namespace (`inside` does it): it routes all addresses to the loopback
interface, puts a real name server at 9.9.9.9 and real web servers at every address, and then does the job, whose result
it prints as JSON. What connects nowhere it must not, connects nowhere at all: had the guard a hole, the address behind
it would have answered.
"""

from __future__ import annotations

import ipaddress
import itertools
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

NAME_SERVER = "9.9.9.9"
PORTS = (80, 443, 8080, 8443)
Answers = Sequence[str] | Sequence[Sequence[str]]


def inside(job: str, payload: object = None) -> Any:
    """What a job of `own_network_jobs` gives inside a namespace; the test is skipped where none can be made."""
    unshare = shutil.which("unshare")
    if unshare is None or shutil.which("ip") is None:
        pytest.skip("unshare and ip are not here to make a network namespace")
    alone = [unshare, "--net", "--mount", *(() if os.geteuid() == 0 else ("--map-root-user",))]
    if subprocess.run([*alone, "true"], check=False, capture_output=True).returncode:
        pytest.skip("no network namespace can be made here")
    command = [*alone, sys.executable, "-m", "tests.unit.sources.own_network_jobs", job]
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(
        command, check=False, capture_output=True, cwd=root, env=environment, input=json.dumps(payload).encode()
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


class Internet:
    """The other side of everything: names, pages, and the packets on the wire."""

    def __init__(self) -> None:
        self.names: dict[str, Answers] = {}
        """By name without its last dot: addresses, or one list of addresses for each look-up in turn."""
        self.redirects: dict[str, str] = {}
        """By `host/path`: where to."""
        self.lookups: list[tuple[str, tuple[str, ...]]] = []
        self.requests: list[tuple[str, str]] = []
        """The address that was connected to, and `METHOD host/path`."""
        self._open_lookups: dict[tuple[int, str], tuple[int, tuple[str, ...]]] = {}
        self._cable = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self._cable.bind(("lo", 0))
        self._cable.setblocking(False)

    def packets(self) -> list[str]:
        """`tcp ADDRESS:PORT` and `udp ADDRESS:PORT` since the last call, for each that would reach out: those that
        answer, and those to the name server, left out."""
        found = []
        with suppress(BlockingIOError):
            while True:
                frame, (_, _, direction, *_) = self._cable.recvfrom(65536)
                if direction == socket.PACKET_OUTGOING and (packet := _read_packet(frame)):
                    found.append(packet)
        return found

    def answer_names(self) -> None:
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.bind((NAME_SERVER, 53))
        threading.Thread(target=self._serve_names, args=(server,), daemon=True).start()

    def answer_requests(self) -> None:
        for port in PORTS:
            server = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
            server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            server.bind(("::", port))
            server.listen(100)
            threading.Thread(target=self._serve_pages, args=(server,), daemon=True).start()

    def _serve_names(self, server: socket.socket) -> None:
        while True:
            query, client = server.recvfrom(4096)
            name, kind, question = _read_question(query)
            addresses = self._addresses(name, kind, client[1])
            version = {1: 4, 28: 6}.get(kind)
            records = [a for a in map(ipaddress.ip_address, addresses) if a.version == version]
            code = 0 if addresses else 3  # NXDOMAIN
            head = query[:2] + struct.pack("!HHHHH", 0x8180 | code, 1, len(records), 0, 0)
            answers = [struct.pack("!HHHIH", 0xC00C, kind, 1, 0, len(r.packed)) + r.packed for r in records]
            server.sendto(head + question + b"".join(answers), client)

    def _addresses(self, name: str, kind: int, port: int) -> tuple[str, ...]:
        """The answer to a look-up. The system asks for IPv4 and IPv6 from one port: that is one look-up."""
        half = self._open_lookups.pop((port, name), None)
        if half and half[0] != kind:
            return half[1]
        turn = sum(name == asked for asked, _ in self.lookups)
        answers = self.names.get(name, ())
        chosen = answers if not answers or isinstance(answers[0], str) else answers[turn % len(answers)]
        self._open_lookups[port, name] = kind, tuple(chosen)  # type: ignore[arg-type]
        self.lookups.append((name, tuple(chosen)))  # type: ignore[arg-type]
        return tuple(chosen)  # type: ignore[arg-type]

    def _serve_pages(self, server: socket.socket) -> None:
        while True:
            connection, _ = server.accept()
            with suppress(OSError), connection:
                connection.settimeout(2)
                to = connection.getsockname()[0].removeprefix("::ffff:")
                head = b""
                while b"\r\n\r\n" not in head and (data := connection.recv(65536)):
                    head += data
                    if head[:1] == b"\x16":  # TLS, which nobody here can speak: the connection is all that matters
                        self.requests.append((to, "TLS"))
                        break
                else:
                    self._respond(connection, to, head)

    def _respond(self, connection: socket.socket, to: str, head: bytes) -> None:
        lines = head.decode("latin-1").split("\r\n")
        method, target, _ = lines[0].split(" ")
        host = next(line[5:].strip() for line in lines if line.lower().startswith("host:"))
        self.requests.append((to, f"{method} {host}{target}"))
        location = self.redirects.get(f"{host}{target}")
        status = f"302 Found\r\nLocation: {location}" if location else "200 OK"
        connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 4\r\nConnection: close\r\n\r\npage".encode())


@contextmanager
def internet() -> Iterator[Internet]:
    """Set this namespace up, so that the system's own resolver and sockets lead to an Internet."""
    for command in ("link set lo up", "route add local default dev lo", "-6 route add local default dev lo"):
        subprocess.run(["ip", *command.split()], check=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "resolv.conf": f"nameserver {NAME_SERVER}\noptions timeout:1 attempts:1\n",
            "nsswitch.conf": "hosts: files dns\n",
            "hosts": "",
        }
        for name, text in settings.items():
            file = Path(folder, name)
            file.write_text(text)
            file.chmod(0o644)
            subprocess.run(["mount", "--bind", str(file), f"/etc/{name}"], check=True)
        world = Internet()
        world.answer_names()
        world.answer_requests()
        yield world
        # The mounts go with the namespace; while they last, the folder can not be removed.
        for name in settings:
            subprocess.run(["umount", f"/etc/{name}"], check=True)


def _read_question(query: bytes) -> tuple[str, int, bytes]:
    """The name, the type of record, and the question's bytes (RFC 1035 4.1.2)."""
    labels = []
    at = 12
    while length := query[at]:
        labels.append(query[at + 1 : at + 1 + length].decode("latin-1").lower())
        at += 1 + length
    return ".".join(labels), int.from_bytes(query[at + 1 : at + 3], "big"), query[12 : at + 5]


def _read_packet(frame: bytes) -> str | None:
    """Where a packet that begins something goes to; None for one that answers, and for all talk of names."""
    kind, packet = frame[12:14], frame[14:]
    if kind == b"\x08\x00":
        protocol, to, rest = packet[9], ipaddress.ip_address(packet[16:20]), packet[(packet[0] & 15) * 4 :]
        source = str(ipaddress.ip_address(packet[12:16]))
    elif kind == b"\x86\xdd":
        protocol, to, rest = packet[6], ipaddress.ip_address(packet[24:40]), packet[40:]
        source = str(ipaddress.ip_address(packet[8:24]))
    else:
        return None
    port = int.from_bytes(rest[2:4], "big")
    if protocol == socket.IPPROTO_TCP:
        begins = rest[13] & 0x12 == 0x02  # SYN without ACK
        return f"tcp {to} {port}" if begins else None
    if protocol == socket.IPPROTO_UDP and NAME_SERVER not in (source, str(to)):
        return f"udp {to} {port}"
    return None


def turns(*answers: Sequence[str], count: int) -> list[Sequence[str]]:
    """These answers over and over, one for each of `count` look-ups."""
    return list(itertools.islice(itertools.cycle(answers), count))
