"""The process in which Apprise runs: one message, and nothing that it could reach but our proxy.

Apprise brings 180 plugins that connect to whatever the address names. Here they are held twice: `requests` is given a
session that goes through the guarded proxy of the service, follows no redirects and verifies every certificate; and
an audit hook of the interpreter (PEP 578, which cannot be taken off again) refuses every other connection, every
look-up of a name, every program, and every file that would be written.

Started by `send.py` as `python -P -m alerts.channels.messenger.held`; one JSON object comes in, one goes out.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import Any

from alerts import apart

MEMORY_BYTES = 2**30
CPU_SECONDS = 60
REQUEST_SECONDS = 20.0

_PROGRAMS = ("subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "pty.")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC


def hold(proxy: tuple[str, int] | None) -> None:
    """From here on this process connects to the proxy or to nothing."""

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("socket.__new__", "socket.gethostname"):
            return
        if event == "socket.connect" and proxy and arguments[1][:2] == proxy:
            return
        if event == "socket.getaddrinfo" and proxy and arguments[:2] == proxy:
            return
        if event.startswith("socket."):
            raise PermissionError(f"{event} is not for messengers: they speak through the proxy")
        if event.startswith(_PROGRAMS):
            raise PermissionError("messengers start no programs")
        if event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITES and arguments[0] != os.devnull:
            raise PermissionError("messengers write no files")

    sys.addaudithook(refuse)


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    """Judge an address (`check`) or tell a message (`send`)."""
    logging.disable(logging.CRITICAL)  # Apprise's log names addresses, and those are secrets
    try:
        return _apprise(asked)
    except ModuleNotFoundError as error:
        return {"error": f"the module {error.name} is missing"}


def _apprise(asked: dict[str, Any]) -> dict[str, Any]:
    heard: list[dict[str, Any]] = []
    proxy = asked.get("proxy")
    hold((proxy["host"], proxy["port"]) if proxy else None)
    _bind_requests(proxy, asked.get("authorities"), heard)
    import apprise

    from alerts.channels.messenger import services
    from alerts.channels.messenger.wording import Said

    asset = apprise.AppriseAsset(
        app_id="Corrigenda",
        app_desc="Corrigenda",
        app_url="",
        theme=None,
        image_url_mask="",
        image_url_logo="",
        async_mode=False,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
        http_redirects=False,
        secure_logging=True,
    )
    plugin = apprise.Apprise.instantiate(asked["url"], asset=asset, suppress_exceptions=True)
    if plugin is None:
        return {"error": "not an address that Apprise understands"}
    known = _described(plugin, services)
    if known.get("error") or asked["do"] == "check":
        return known
    formats = plugin.notify_format if isinstance(plugin.notify_format, tuple) else (plugin.notify_format,)
    text, html = apprise.NotifyFormat.TEXT, apprise.NotifyFormat.HTML
    # As text where that can be said, escaped where HTML is wanted; where only Markdown is, there is nothing to escape.
    given = text if {text, html} & set(formats) else apprise.NotifyFormat.MARKDOWN
    said = Said(*asked["verbatim" if known["verbatim"] else "inert"])
    room = min(int(plugin.body_maxlen * 0.9), services.BYTES.get(known["plugin"], sys.maxsize))
    title = ""
    if known["titled"] and plugin.title_maxlen:
        title = Said(said.title, [], "").fitted(plugin.title_maxlen)
    service = apprise.Apprise(asset=asset)
    service.add(plugin)
    took = bool(service.notify(body=said.fitted(room), title=title, body_format=given, interpret_escapes=False))
    return {**known, "took": took, "heard": heard}


def _described(plugin: Any, services: Any) -> dict[str, Any]:
    """What service it is, or why it is not used."""
    module = type(plugin).__module__
    name = module.removeprefix("apprise.plugins.").partition(".")[0]
    known = {
        "service": str(plugin.service_name),
        "plugin": name,
        "verbatim": name in services.VERBATIM,
        "titled": name in services.TITLED,
    }
    if not module.startswith("apprise.plugins.") or name in services.REFUSED:
        return {**known, "error": f"{plugin.service_name} cannot be used here"}
    if not plugin.verify_certificate:
        return {**known, "error": "certificates are verified: leave verify=no away"}
    if len(plugin) != 1:
        return {**known, "error": f"it names {len(plugin)} receivers: give each a channel of its own"}
    if getattr(plugin, "template", None):
        return {**known, "error": "templates are given to the channel, not in the address"}
    return known


def _bind_requests(proxy: dict[str, Any] | None, authorities: str | None, heard: list[dict[str, Any]]) -> None:
    """Whoever asks `requests` for a session in this process gets one that is held."""
    import requests

    class HeldSession(requests.Session):
        def __init__(self) -> None:
            super().__init__()
            self.trust_env = False  # no proxies and no .netrc of this machine
            if proxy:
                way = f"http://{proxy['username']}:{proxy['password']}@{proxy['host']}:{proxy['port']}"
                self.proxies = {"http": way, "https": way}

        def request(self, method: Any, url: Any, *args: Any, **options: Any) -> requests.Response:
            options |= {"allow_redirects": False, "verify": authorities or True, "proxies": None}
            options["timeout"] = options.get("timeout") or REQUEST_SECONDS
            response = super().request(method, url, *args, **options)
            heard.append({"status": response.status_code, "retry_after": response.headers.get("retry-after")})
            return response

    requests.Session = requests.sessions.Session = HeldSession  # type: ignore[misc]


if __name__ == "__main__":
    apart.answer(_answer, memory_bytes=MEMORY_BYTES, cpu_seconds=CPU_SECONDS)
