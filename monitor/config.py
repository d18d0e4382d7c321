"""Every setting: its type, its default and one line of why. One TOML file, `corrigenda.toml`, and the environment.

An environment variable beats the file: `CORRIGENDA_DATABASE`, `CORRIGENDA_MAIL__HOST` (section, two underscores, name).
`docs/settings.md` and the file that `corrigenda init` writes are made from this module (`describe`).
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from monitor.config_base import Seconds, Section, parse_seconds
from monitor.config_retention import Retention, disorder
from monitor.config_site import Sites, SiteSettings, StorySettings, settings_of
from monitor.errors import ConfigurationError

FILE_NAME = "corrigenda.toml"
ENV_PREFIX = "CORRIGENDA_"
SITE_EXAMPLE = 'sites."example.org"'
STORY_EXAMPLE = 'stories."Flood of 2026"'
"""How the table of a site and of a story are written, for the descriptions."""


AUTO = "auto"


def _parse_interval(value: object) -> object:
    return None if value == AUTO else parse_seconds(value)


Interval = Annotated[Annotated[float, Field(gt=0)] | None, BeforeValidator(_parse_interval)]
"""Seconds; null stands for `auto`."""


class Checks(Section):
    """When articles are looked at."""

    interval: Interval = Field(
        AUTO,
        validate_default=True,
        description="`auto`: by an article's age, its record of changes and its publisher's caching headers. "
        "A length of time: always that, unless the article has its own.",
    )
    pace: Seconds = Field(
        300.0,
        gt=0,
        description="The one knob of `auto`: the wait of an article that was published just now. All others follow "
        "in proportion; half of it costs twice the requests.",
    )
    fastest: Seconds = Field(60.0, gt=0, description="`auto` never looks at an article more often.")
    slowest: Seconds = Field(7 * 86400.0, gt=0, description="`auto` never looks at an article more seldom.")
    retry: Seconds = Field(120.0, gt=0, description="First wait after a failed or doubtful check; it doubles.")
    lasting: Seconds = Field(
        3600.0,
        description="How long a gone, walled or collapsed page must stay so before anybody is told.",
    )
    concurrent_visits: int = Field(16, ge=1, le=256, description="Sites visited at the same time.")
    visit_articles: int = Field(20, ge=1, description="Articles checked in one visit of a site at most.")
    visit_time: Seconds = Field(30.0, gt=0, description="Length of one visit of a site at most.")
    restart_rate: float = Field(
        10.0, gt=0, description="Overdue checks caught up per second after a stop, so that a restart is no stampede."
    )

    @model_validator(mode="after")
    def _check_bounds(self) -> Self:
        if self.fastest > self.slowest:
            raise ValueError(f"fastest ({self.fastest:g} s) is longer than slowest ({self.slowest:g} s)")
        return self


class Fetch(Section):
    """How pages are fetched."""

    contact: str = Field(
        "set fetch.contact in corrigenda.toml",
        description="An address or URL at which publishers reach you; sent in the User-Agent.",
    )
    gap: Seconds = Field(2.0, description="Least time between two requests to one site.")
    robots: bool = Field(True, description="Obey robots.txt.")
    allow_hosts: list[str] = Field(
        default_factory=list,
        description="Internal `host:port`s that may be fetched although their address is not public.",
    )
    deadline: Seconds = Field(30.0, gt=0, description="One limit around a whole fetch, redirects included.")
    max_bytes: int = Field(5 * 2**20, ge=1024, description="Largest page, in bytes after decompression.")
    max_redirects: int = Field(5, ge=0, le=20, description="Redirects followed, each checked like the first address.")


class Feeds(Section):
    """Feeds whose new entries are tracked (`corrigenda feed`)."""

    interval: Seconds = Field(900.0, gt=0, description="Time between two readings of a feed without its own.")
    first: int = Field(
        20, ge=0, description="Entries that are tracked when a feed is read for the first time, the newest."
    )
    daily: int = Field(
        100, ge=0, description="New articles in 24 hours from a feed without its own limit; the rest is left out."
    )


class Files(Section):
    """Local files that are read like articles."""

    folders: list[Path] = Field(
        default_factory=list, description="Folders whose text, HTML and Markdown files may be tracked."
    )


class Extraction(Section):
    """The worker processes that take the text out of pages."""

    workers: int = Field(1, ge=1, le=64, description="Worker processes.")
    cpu: Seconds = Field(20.0, gt=0, description="CPU time for one page at most.")
    memory: int = Field(2**30, ge=2**28, description="Memory of one worker at most, in bytes.")


class Mail(Section):
    """The mail server that e-mail channels use."""

    host: str = Field("", description="Name of the SMTP server; empty: no e-mail can be sent.")
    port: int = Field(587, ge=1, le=65535, description="Port of the SMTP server.")
    tls: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        description="`starttls` (required, never skipped), `tls` from the start, or `none` (a local server).",
    )
    username: str = Field("", description="Login, when the server wants one.")
    password: SecretStr = Field(SecretStr(""), description="Password; better given by the environment.")
    sender: str = Field("corrigenda@localhost", description="The From address of alerts.")
    timeout: Seconds = Field(30.0, gt=0, description="Limit for one conversation with the server.")


class Deliveries(Section):
    """How alerts are delivered from the outbox."""

    retries: list[Seconds] = Field(
        default_factory=lambda: [5.0, 300.0, 1800.0, 7200.0, 18000.0, 36000.0, 50400.0, 72000.0, 86400.0],
        description="Waits before the second and each later try (with jitter); then the delivery is kept as failed.",
    )
    timeout: Seconds = Field(15.0, gt=0, description="Limit for one webhook call.")
    lease: Seconds = Field(
        90.0, gt=0, description="After so long a try whose process died is made again; longer than any real try."
    )
    first_wait: Seconds = Field(
        10.0,
        ge=0,
        le=604800,
        description="So long an alert waits for more before it goes by mail or messenger; webhooks do not wait.",
    )
    interval: Seconds = Field(
        300.0,
        ge=0,
        le=604800,
        description="Least time between two alerts to one; what comes meanwhile joins the next. Not for webhooks.",
    )
    repeat: Seconds = Field(
        14400.0,
        ge=0,
        le=604800,
        description="A page that goes back and forth between two texts is told of once in this time; 0: every turn.",
    )


def _networks(values: list[str]) -> list[str]:
    for value in values:
        try:
            ip_network(value)
        except ValueError as error:
            raise ValueError(f"{value!r} is no address or network: {error}") from None
    return values


def _public_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        valid = not value or (parts.scheme in ("http", "https") and parts.hostname and not parts.username)
        valid = bool(valid) and not (parts.query or parts.fragment or parts.path.strip("/")) and (parts.port or 1) > 0
    except ValueError:
        valid = False
    if not valid:
        raise ValueError("no address of a web site: write for example https://news.example.org")
    return value


def _host_names(values: list[str]) -> list[str]:
    for value in values:
        if not re.fullmatch(r"[\w.-]+|\[?[0-9a-fA-F:.]+\]?", value):
            raise ValueError(f"{value!r} is no host name: write it without scheme, port and path")
    return values


class Web(Section):
    """The pages and the API."""

    host: str = Field(
        "127.0.0.1",
        description="Address to listen on. While there are no accounts only a loopback address is taken; "
        "with one, `0.0.0.0` is all addresses of this machine.",
    )
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    public_url: Annotated[str, AfterValidator(_public_url)] = Field(
        "",
        description="Where readers reach the pages, for links in alerts; default: host and port. "
        "With https cookies are sent that way only.",
    )
    hosts: Annotated[list[str], AfterValidator(_host_names)] = Field(
        default_factory=list,
        description="More names or addresses under which the pages answer, besides this machine's loopback, "
        "`web.host` and that of `web.public_url`.",
    )
    trusted_proxies: Annotated[list[str], AfterValidator(_networks)] = Field(
        default_factory=list,
        description="Addresses or networks of reverse proxies that are believed: X-Forwarded-For, X-Forwarded-Proto.",
    )
    session_idle: Seconds = Field(3 * 86400.0, gt=0, description="A login ends when it was not used for so long.")
    session_length: Seconds = Field(
        30 * 86400.0, gt=0, description="A login ends after so long, however much it was used."
    )


class Log(Section):
    """The log, on standard error."""

    format: Literal["console", "json"] = Field("console", description="`console` for people, `json` one object a line.")
    level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least important level shown.")


class Browser(Section):
    """The browser for sites with `browser = true`; needs `corrigenda[browser]`."""

    executable: str = Field("", description="The Chromium to use, where it is not on PATH.")
    sandbox: bool = Field(
        True, description="Chromium's own sandbox. Switch it off only where a container shuts the browser in instead."
    )


class Operator(Section):
    """Who is told when the watch itself is in trouble: the channels added with `--operator`."""

    failures: int = Field(5, ge=1, description="So many failures in a row of a site are told to operators.")
    heartbeat: SecretStr = Field(
        SecretStr(""),
        description="A URL that is asked for while all is well, and not otherwise: a dead man's switch elsewhere.",
    )
    heartbeat_every: Seconds = Field(60.0, gt=0, description="Time between two such requests.")


@functools.cache
def _version() -> str:
    """Read once: it stands in a file, and every Visit asks."""
    return version("corrigenda")


class Settings(BaseSettings):
    """All settings, validated. Build with `load`."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX,
        env_nested_delimiter="__",
        env_ignore_empty=True,  # as compose.yaml gives what `.env` does not set
        extra="forbid",
        frozen=True,
        toml_file=None,
    )

    database: str = Field(
        "sqlite:///corrigenda.db", description="Where everything is kept, as an SQLAlchemy URL; relative to this file."
    )
    checks: Checks = Field(default_factory=Checks)
    fetch: Fetch = Field(default_factory=Fetch)
    feeds: Feeds = Field(default_factory=Feeds)
    files: Files = Field(default_factory=Files)
    browser: Browser = Field(default_factory=Browser)
    extraction: Extraction = Field(default_factory=Extraction)
    mail: Mail = Field(default_factory=Mail)
    deliveries: Deliveries = Field(default_factory=Deliveries)
    web: Web = Field(default_factory=Web)
    retention: Retention = Field(default_factory=Retention)
    operator: Operator = Field(default_factory=Operator)
    log: Log = Field(default_factory=Log)
    sites: Sites = Field(default_factory=dict)
    stories: dict[str, StorySettings] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _check_stories(self) -> Self:
        for name, story in self.stories.items():
            if fault := disorder(story.keep(self.retention)):
                raise ValueError(f"of the story {name!r}: {fault}")
        return self

    @property
    def user_agent(self) -> str:
        """The User-Agent of every request (RFC 9110 10.1.5)."""
        return f"Corrigenda/{_version()} (+{self.fetch.contact})"

    @property
    def public_url(self) -> str:
        """Where readers reach the pages, without a slash at the end."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.web.host.strip("[]"), self.web.host.strip("[]"))
        return (self.web.public_url or f"http://{f'[{host}]' if ':' in host else host}:{self.web.port}").rstrip("/")

    def site(self, host: str) -> SiteSettings:
        """What `[sites]` says of a host (`name` or `name:port`, as a Site is called); the defaults where nothing."""
        return settings_of(self.sites, host)


def load(path: Path | None = None) -> Settings:
    """The settings from `path` (default: `corrigenda.toml` in the working folder, if there) and the environment.

    Raises ConfigurationError that names the setting and what is wrong with it.
    """
    file = path or Path(FILE_NAME)
    if path is not None and not file.is_file():
        raise ConfigurationError(f"no configuration file at {file}: create one with `corrigenda init`")

    class FromFile(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return env_settings, TomlConfigSettingsSource(settings_cls, toml_file=file if file.is_file() else None)

    try:
        settings = FromFile()
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{file} is not valid TOML: {error}") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{file} is not UTF-8 text") from None
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from None
    except ValidationError as error:
        raise ConfigurationError(_explain(error, file)) from None
    except Exception as error:  # noqa: BLE001  pydantic-settings wraps a malformed environment value in its own error
        raise ConfigurationError(f"a setting in the environment cannot be read: {error}") from None
    return _resolve(settings, file.parent)


def _explain(error: ValidationError, file: Path) -> str:
    first = error.errors(include_url=False)[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"{file}: there is no setting `{name}`; docs/settings.md lists them all"
    message = first["msg"].removeprefix("Value error, ")
    if not name:
        return f"{file} or environment: {message}"
    # What a table or a secret holds is not repeated: errors end up in logs.
    if isinstance(first["input"], dict) or {"headers", "password", "heartbeat"} & set(first["loc"]):
        return f"{file} or environment: setting `{name}`: {message}"
    return f"{file} or environment: setting `{name}` = {first['input']!r}: {message}"


def _resolve(settings: Settings, base: Path) -> Settings:
    """Paths in the file are relative to the file, wherever the command is run."""
    prefix = "sqlite:///"
    database = settings.database
    if database.startswith(prefix) and not database.startswith(f"{prefix}/") and ":memory:" not in database:
        database = f"{prefix}{(base / database.removeprefix(prefix)).resolve()}"
    folders = [(base / folder.expanduser()).resolve() for folder in settings.files.folders]
    return settings.model_copy(
        update={"database": database, "files": settings.files.model_copy(update={"folders": folders})}
    )


@dataclass(frozen=True, slots=True)
class Described:
    """One setting, for people."""

    section: str
    name: str
    default: Any
    """Null: not set, something else holds."""
    description: str
    example: Any = None
    """A value to show where the default is none."""

    @property
    def environment(self) -> str:
        """The name of its environment variable; empty for a site's, which are given together in `CORRIGENDA_SITES`."""
        if self.section in (SITE_EXAMPLE, STORY_EXAMPLE):
            return ""
        return ENV_PREFIX + "__".join(part.upper() for part in (self.section, self.name) if part)


_TABLES: dict[str, tuple[str, type[Section]]] = {
    "sites": (SITE_EXAMPLE, SiteSettings),
    "stories": (STORY_EXAMPLE, StorySettings),
}
"""Settings that are tables by name: how one is written, and what is in it."""


def describe() -> Iterator[Described]:
    """All settings in the order of the file."""
    for name, field in Settings.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, Section):
            for inner, inner_field in section.model_fields.items():
                default = inner_field.get_default(call_default_factory=True)
                yield Described(name, inner, default, inner_field.description or "")
        elif name in _TABLES:
            example_section, each = _TABLES[name]
            for inner, inner_field in each.model_fields.items():
                default = inner_field.get_default(call_default_factory=True)
                example = (inner_field.examples or [default])[0]
                yield Described(example_section, inner, default, inner_field.description or "", example)
        else:
            yield Described("", name, field.default, field.description or "")
