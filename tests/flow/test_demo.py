"""`make demo` as a person runs it: real service, real site, real receivers; and proof that it can fail."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from demo.editions import MANIFEST, load_script, load_seeds

ROOT = Path(__file__).parents[2]


def run_demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "demo", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=240,
        check=False,
    )


def test_editions_compare_as_the_manifest_says() -> None:
    """The same editions as plain texts, through the stream of `corrigenda compare`: no page, no service between."""
    seeds = load_seeds()
    current = {name: seed.text for name, seed in seeds.items()}
    asked, expected = [], {}
    for edition in load_script(seeds).later:
        if edition.answer == "page" and edition.text != current[edition.article]:
            key = f"{edition.article}-{edition.number}"
            published = seeds[edition.article].published.isoformat()
            asked.append({"id": key, "before": current[edition.article], "after": edition.text, "published": published})
            expected[key] = sorted(
                (each.type, each.kind, each.before if each.kind else None, each.after if each.kind else None)
                for each in edition.expect
            )
            current[edition.article] = edition.text
    answers = subprocess.run(
        [Path(sys.executable).parent / "corrigenda", "compare", "--jsonl"],
        input="".join(json.dumps(line) + "\n" for line in asked),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    found = {
        answer["id"]: sorted(
            (each["type"], each["kind"], (each["before"] or {}).get("quote"), (each["after"] or {}).get("quote"))
            for each in answer["changes"]
        )
        for answer in map(json.loads, answers.stdout.splitlines())
    }
    assert len(found) == 9
    assert found == expected


def first_round() -> str:
    """The manifest, cut after its first round: as much as a failure needs."""
    text, second, _ = MANIFEST.read_text(encoding="utf-8").partition("[[round]]\nnumber = 2")
    assert second
    return text


@pytest.mark.timeout(300)
def test_every_expected_alert_comes_and_no_other(tmp_path: Path) -> None:
    picture = tmp_path / "demo.svg"
    result = run_demo("--picture", str(picture))
    assert result.returncode == 0, result.stdout + result.stderr
    said = " ".join(result.stdout.split())
    for line in (
        "INVENTED",
        "At least 170 peacekeepers have been killed",
        "At least 303 peacekeepers have been killed",
        "13,000 → 11,000",
        "acknowledged by the publisher",
        "by Dec. 31, 2023 → by January 1, 2024",
        "two → three",
        "three → two",
        "behind a wall",
        "failed: 503 Service",
        "10 of 10 expected alerts came by mail and by webhook, 7 of 7 silent editions stayed silent",
    ):
        assert line in said, f"{line!r} is not in\n{result.stdout}"
    assert "INVENTED" in picture.read_text(encoding="utf-8").replace("&#160;", " ")


@pytest.mark.timeout(300)
def test_demo_fails_when_an_alert_is_missing_or_unexpected(tmp_path: Path) -> None:
    text = first_round()
    altered = text.replace('before = "170", after = "303"', 'before = "170", after = "304"')
    altered = altered.replace(
        'expect = [{ type = "value", kind = "count", before = "two", after = "three", acknowledged = false }]',
        'silent = "it is said to be"',
    )
    assert altered.count("304") == text.count("304") + 1
    assert altered.count("silent =") == text.count("silent =") + 1
    manifest = tmp_path / "manifest.toml"
    manifest.write_text(altered, encoding="utf-8")
    result = run_demo("--manifest", str(manifest))
    said = " ".join(result.stdout.replace("│", " ").split())
    assert result.returncode == 1, result.stdout + result.stderr
    assert "not told: value of casualties: “170” → “304”" in said
    assert "told, but not expected: at least 170 → at least 303" in said
    # Nobody waits for an alert that is not expected: it may come after its round, and is then known by what was kept.
    unexpected = r"Unnamed explainer site, edition 2: (told, but not expected|a change was found where nothing changed)"
    assert re.search(unexpected, said), said


def test_demo_takes_no_folder_that_is_in_use(tmp_path: Path) -> None:
    (tmp_path / "corrigenda.db").write_bytes(b"somebody's")
    result = run_demo("--folder", str(tmp_path))
    assert result.returncode == 2
    assert "not empty" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["corrigenda.db"]


@pytest.mark.parametrize("arguments", [("--manifest", "nowhere.toml"), ("--no-such-option",)])
def test_demo_that_cannot_be_run_says_so(arguments: tuple[str, ...]) -> None:
    result = run_demo(*arguments)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert result.stderr.strip()
