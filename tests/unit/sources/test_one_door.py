"""All that goes out to an address that somebody else gave goes through the guard: there is no other way in the code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
WAYS_OUT = {
    "socket", "http.client", "urllib.request", "urllib3", "requests", "aiohttp", "httpx", "httpx2", "httpcore2", "h2",
    "ftplib", "telnetlib", "xmlrpc", "asyncio.open_connection", "websockets", "aiosmtplib", "smtplib",
    "trafilatura.downloads", "trafilatura.fetch_url", "trafilatura.feeds", "trafilatura.sitemaps", "trafilatura.spider",
}  # fmt: skip
ALLOWED = {
    "monitor/sources/guard.py": {"socket", "httpcore2"},  # the guard itself
    "monitor/sources/transport.py": {"httpcore2", "httpx2"},  # what goes out over the guard
    "monitor/sources/http.py": {"httpx2"},  # its errors and cookies; asks through `transport.py`
    "monitor/sources/proxy.py": {"socket", "httpcore2"},  # listens for the browser; goes out by the guard's backend
    "monitor/outgoing.py": {"httpx2"},  # the same, for webhooks
    "alerts/channels/webhook/send.py": {"httpx2"},  # is handed that client
    "alerts/channels/email/connections.py": {"aiosmtplib", "socket"},  # to the operator's own mail server
    "alerts/channels/messenger/held.py": {"requests"},  # runs in a process whose only way out is our proxy
    "alerts/channels/email/send.py": {"aiosmtplib", "socket"},  # the operator's own mail server; errors of look-ups
    "monitor/cli/examinations.py": {"aiosmtplib"},  # the same, for `doctor`
    "monitor/service.py": {"socket"},  # listens
}


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for package in ("monitor", "alerts", "storage"):
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_other_module_can_open_a_connection() -> None:
    for path, tree in _modules():
        used = {way for name in _imported(tree) for way in WAYS_OUT if name == way or name.startswith(f"{way}.")}
        assert used <= ALLOWED.get(path, set()), f"{path} has a way out of its own: {used}"


def test_clients_are_made_with_the_guarded_transport_only() -> None:
    made = []
    for path, tree in _modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("httpx2.Client", "httpx2.AsyncClient"):
                given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
                assert given["transport"] == "transport" or given["transport"].startswith("GuardedTransport("), path
                assert given["trust_env"] == "False", path
                made.append(path)
    assert made == ["monitor/outgoing.py"]
