"""Settings: one file, the environment above it, and errors that name what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config import Settings, describe, load
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
        inner = getattr(field.annotation, "model_fields", None)
        assert {(name, one) for one in inner} <= names if inner else ("", name) in names


def test_a_password_is_never_shown() -> None:
    written('[mail]\npassword = "open sesame"\n')
    settings = load()
    assert "sesame" not in repr(settings)
    assert settings.mail.password.get_secret_value() == "open sesame"
