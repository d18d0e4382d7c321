"""Settings: one file, the environment above it, and errors that name what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config import SITE_EXAMPLE, STORY_EXAMPLE, Settings, describe, load
from monitor.config_site import SiteSettings, StorySettings
from monitor.errors import ConfigurationError


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(text: str) -> Path:
    file = Path("corrigenda.toml")
    file.write_text(text)
    return file


def test_nothing_is_needed(tmp_path: Path) -> None:
    settings = load()
    assert settings.database == f"sqlite:///{tmp_path}/corrigenda.db"
    assert settings.public_url == "http://127.0.0.1:8000"


def test_the_environment_beats_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    written('[checks]\ninterval = "5m"\nretry = 7\n')
    monkeypatch.setenv("CORRIGENDA_CHECKS__INTERVAL", "2h")
    settings = load()
    assert (settings.checks.interval, settings.checks.retry) == (7200.0, 7.0)


def test_an_empty_variable_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    written('[mail]\nhost = "mail.example.org"\n')
    monkeypatch.setenv("CORRIGENDA_MAIL__HOST", "")
    assert load().mail.host == "mail.example.org"


def test_texts_of_a_story_stay_as_long_as_its_pages() -> None:
    usual = '[retention]\nkeep_raw = "90d"\nkeep_texts = "730d"\n'
    for said, raw, texts in (('keep_raw = "forever"', None, None), ('keep_raw = "900d"', 900, 900),
                             ('keep_raw = "30d"', 30, 730)):  # fmt: skip
        written(f'{usual}[stories."Flood"]\n{said}\n')
        settings = load()
        keep = settings.stories["Flood"].keep(settings.retention)
        days = [span and span.days for span in (keep.raw, keep.texts)]
        assert days == [raw, texts]


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    file = tmp_path / "etc" / "c.toml"
    file.write_text('database = "sqlite:///data/c.db"\n[files]\nfolders = ["texts"]\n')
    settings = load(file)
    assert settings.database == f"sqlite:///{tmp_path}/etc/data/c.db"
    assert settings.files.folders == [tmp_path / "etc" / "texts"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[checks]\nintervall = 5\n", "no setting `checks.intervall`"),
        ("colour = 5\n", "no setting `colour`"),
        ('[checks]\ninterval = "soon"\n', "`checks.interval` = 'soon'"),
        ('[checks]\ninterval = "5 years"\n', '"15m"'),
        ("[checks]\ninterval = 0\n", "`checks.interval` = 0"),
        ("[mail]\nport = 99999\n", "`mail.port` = 99999"),
        ('[mail]\ntls = "maybe"\n', "`mail.tls` = 'maybe'"),
        ("[checks\n", "not valid TOML"),
        ("checks = 5\n", "`checks` = 5"),
        ('[checks]\nfastest = "8d"\n', "`checks`: fastest (691200 s) is longer than slowest (604800 s)"),
        ('[sites."example.org"]\nrobot = false\n', "no setting `sites.example.org.robot`"),
        ('[sites."https://example.org"]\n', "write example.org"),
        ('[sites."example.org/news"]\n', "more than a host"),
        ('[sites."*.example.org"]\n', "no host"),
        ('[sites."example.org"]\n[sites."Example.org."]\n', "'example.org' and 'Example.org.' are the same host"),
        ('[sites."example.org"]\nfastest = "1d"\nslowest = "1h"\n', "fastest (86400 s) is longer than slowest"),
        ('[sites."example.org"]\nheaders = {Host = "x"}\n', "the header Host is set by Corrigenda itself"),
        ('[sites."example.org"]\nheaders = {"A b" = "x"}\n', "'A b' is no name of a header"),
    ],
)
def test_a_wrong_setting_is_named(text: str, said: str) -> None:
    written(text)
    with pytest.raises(ConfigurationError) as caught:
        load()
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_text_or_not_there_is_named(tmp_path: Path) -> None:
    Path("corrigenda.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigurationError, match="UTF-8"):
        load()
    with pytest.raises(ConfigurationError, match="corrigenda init"):
        load(tmp_path / "nowhere.toml")


def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORRIGENDA_MAIL__PORT", "smtp")
    with pytest.raises(ConfigurationError, match=r"mail\.port"):
        load()
    monkeypatch.delenv("CORRIGENDA_MAIL__PORT")
    monkeypatch.setenv("CORRIGENDA_FETCH__ALLOW_HOSTS", "not json")
    with pytest.raises(ConfigurationError, match="environment"):
        load()


def test_every_setting_has_one_line_of_why() -> None:
    described = list(describe())
    assert all(setting.description.endswith(".") for setting in described)
    names = {(setting.section, setting.name) for setting in described}
    for name, field in Settings.model_fields.items():
        if name in ("sites", "stories"):
            example, each = (SITE_EXAMPLE, SiteSettings) if name == "sites" else (STORY_EXAMPLE, StorySettings)
            name, inner = example, each.model_fields
        else:
            inner = getattr(field.annotation, "model_fields", None)
        assert {(name, one) for one in inner} <= names if inner else ("", name) in names


def test_a_password_is_never_shown() -> None:
    written('[mail]\npassword = "open sesame"\n')
    settings = load()
    assert "sesame" not in repr(settings)
    assert settings.mail.password.get_secret_value() == "open sesame"


def test_a_site_and_its_subdomains_have_settings_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    written(
        '[sites."example.org"]\ngap = "10s"\nrobots = false\nheaders = {Cookie = "open=sesame"}\n'
        '[sites."News.Example.org"]\nfastest = "10m"\n[sites."example.org:8080"]\nbrowser = true\n'
        '[sites."bücher.example"]\nkeep = ["article"]\n'
    )
    monkeypatch.setenv("CORRIGENDA_SITES", '{"example.org": {"headers": {"X-Key": "7"}}}')
    settings = load()
    site = settings.site("example.org")
    assert (site.gap, site.robots, set(site.headers)) == (10.0, False, {"Cookie", "X-Key"})
    assert settings.site("www.example.org") == site
    assert settings.site("a.news.example.org").fastest == 600.0
    assert settings.site("news.example.org").gap is None, "the most particular table holds alone"
    assert settings.site("www.example.org:8080").browser
    assert settings.site("www.example.org:8081") == site
    assert settings.site("xn--bcher-kva.example").keep == ["article"]
    for stranger in ("badexample.org", "org", "example.org.evil.test", "file:", "[::1]:80", "127.0.0.1:80"):
        assert settings.site(stranger) == SiteSettings()
    assert "sesame" not in repr(settings)


def test_what_is_wrong_with_a_secret_is_said_without_it() -> None:
    written('[sites."example.org"]\nheaders = {Cookie = "open\\nsesame"}\n')
    with pytest.raises(ConfigurationError, match="the value of Cookie") as caught:
        load()
    assert "sesame" not in str(caught.value)
    written('[sites."example.org"]\nrobots = "perhaps"\nheaders = {Cookie = "open sesame"}\n')
    with pytest.raises(ConfigurationError, match="'perhaps'") as caught:
        load()
    assert "sesame" not in str(caught.value)


def test_the_interval_is_fixed_or_auto() -> None:
    assert load().checks.interval is None
    written('[checks]\ninterval = "auto"\n')
    assert load().checks.interval is None
