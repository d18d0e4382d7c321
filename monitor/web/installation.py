"""What runs here: versions of everything, and the settings as they hold. Secrets are never shown."""

from __future__ import annotations

import platform
import re
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from typing import Any

from sqlalchemy.engine import make_url

from monitor.config import SITE_EXAMPLE, STORY_EXAMPLE, Settings, describe
from monitor.config_site import SiteSettings, StorySettings
from storage import sizes
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting as it holds."""

    name: str
    value: str
    standard: bool
    """Whether it is what it is when nobody says anything."""
    description: str


def versions(database: Database) -> Mapping[str, str]:
    """What this is made of: ourselves first, then what it stands on, then the libraries by name."""
    libraries = sorted({name for need in requires("corrigenda") or () if (name := _library(need))}, key=str.casefold)
    return {
        "Corrigenda": version("corrigenda"),
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "System": f"{platform.system()} {platform.release()}, {platform.machine()}",
        "Database": sizes.engine_version(database),
        "Extractor": f"trafilatura {version('trafilatura')}",
        "TLS": ssl.OPENSSL_VERSION,
    } | {name: known for name in libraries if (known := _version(name))}


def settings_as_running(settings: Settings) -> Iterator[Setting]:
    """Every setting; of sites and stories only what is set."""
    running = settings.model_dump(mode="json")
    running["database"] = make_url(settings.database).set(query={}).render_as_string(hide_password=True)
    standard = Settings.model_construct().model_dump(mode="json")
    for each in describe():
        if each.section in (SITE_EXAMPLE, STORY_EXAMPLE):
            continue
        holder, usual = (running[each.section], standard[each.section]) if each.section else (running, standard)
        name = f"{each.section}.{each.name}" if each.section else each.name
        value = holder[each.name]
        shown = each.default if value is None and isinstance(each.default, str) else value  # `auto` holds as null
        yield Setting(name, _written(shown), value == usual[each.name], each.description)
    tables = {"sites": SiteSettings().model_dump(mode="json"), "stories": StorySettings().model_dump(mode="json")}
    for table, usual in tables.items():
        for key, values in running[table].items():
            for name, value in values.items():
                if value != usual[name]:
                    yield Setting(f'{table}."{key}".{name}', _written(value), False, "")


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_written(each) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_written(each)}" for name, each in value.items())
    return f"{value:.15g}" if isinstance(value, float) else "" if value is None else str(value)


def _library(need: str) -> str:
    """The name in a requirement; empty for those of an extra."""
    name = re.match(r"[\w.-]+", need)
    return name[0] if name and "extra ==" not in need else ""


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
