"""`--jsonl`: the contract that other programs build on, kept by the installed script in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.conftest import SCRIPT, CommandLine

TEXT = "At least 170 peacekeepers have been killed since Friday, the U.N. said."
FACT_FIELDS = [
    "kind", "predicate", "noun", "subject", "key", "quantity", "time", "as_of", "attribution", "certainty",
    "quote", "start", "end", "phrase", "sentence", "rule",
]  # fmt: skip
CHANGE_FIELDS = [
    "type", "kind", "subject", "key", "before", "after", "delta", "ratio", "acknowledged", "severity", "summary",
]  # fmt: skip


def test_facts_come_line_by_line_in_order_with_their_id(corrigenda: CommandLine) -> None:
    big = 2**70
    records = [{"id": number, "text": f"{number} people were killed."} for number in range(10, 500)]
    answered = corrigenda.jsonl("facts", [*records, {"id": big, "text": ""}, {"id": "é\n", "text": TEXT, "lang": None}])
    assert [answer["id"] for answer in answered] == [*range(10, 500), big, "é\n"]
    for number, answer in zip(range(10, 500), answered, strict=False):
        [fact] = answer["facts"]
        assert (fact["quote"], fact["quantity"]["lower"], fact["kind"]) == (str(number), number, "casualties")
    assert answered[-2]["facts"] == []
    for fact in answered[-1]["facts"]:
        assert list(fact) == FACT_FIELDS
        assert TEXT[fact["start"] : fact["end"]] == fact["quote"]
        assert TEXT[fact["phrase"]["start"] : fact["phrase"]["end"]] == fact["phrase"]["text"]


def test_the_publication_date_resolves_relative_dates(corrigenda: CommandLine) -> None:
    text = "The council voted on Friday."
    without, dated, timed, null = corrigenda.jsonl(
        "facts",
        [
            {"id": 1, "text": text},
            {"id": 2, "text": text, "published": "2023-07-01"},
            {"id": 3, "text": text, "published": "2023-07-01T01:00:00+02:00"},
            {"id": 4, "text": text, "published": None},
        ],
    )
    assert without["facts"][0]["time"]["value"] == null["facts"][0]["time"]["value"] == "XXXX-WXX-5"
    assert dated["facts"][0]["time"]["value"] == timed["facts"][0]["time"]["value"] == "2023-06-30"


def test_options_count_for_the_lines_that_say_nothing_else(corrigenda: CommandLine) -> None:
    text = "The council voted on Friday."
    lines = [{"id": 1, "text": text}, {"id": 2, "text": text, "published": "2023-07-08", "lang": "en"}]
    stdin = "".join(json.dumps(line) + "\n" for line in lines).encode()
    answers = corrigenda.script("facts", "--jsonl", "--published", "2023-07-01", "--lang", "en", stdin=stdin).lines
    assert [answer["facts"][0]["time"]["value"] for answer in answers] == ["2023-06-30", "2023-07-07"]
    assert "'soon'" in corrigenda.script("facts", "--jsonl", "--published", "soon", stdin=stdin, code=2).error


def test_changes_come_line_by_line(corrigenda: CommandLine) -> None:
    changed, silent, dated = corrigenda.jsonl(
        "compare",
        [
            {"id": "a", "before": "Four people were killed.", "after": "Six people were killed."},
            {"id": "b", "before": "15,000 troops stayed.", "after": "Fifteen thousand troops stayed."},
            {
                "id": "c",
                "before": "The council voted on June 30, 2023.",
                "after": "The council voted on Friday.",
                "published": "2023-06-10",
                "published_after": "2023-07-01",
            },
        ],
    )
    [change] = changed["changes"]
    assert list(change)[: len(CHANGE_FIELDS)] == CHANGE_FIELDS
    assert (change["type"], change["before"]["quote"], change["after"]["quote"]) == ("value", "Four", "Six")
    assert (change["delta"], change["acknowledged"]) == (2, False)
    assert silent == {"id": "b", "changes": []}
    assert dated == {"id": "c", "changes": []}, "dates that the caller gave are not news to him"


BAD = {
    "empty": (b"", None),
    "not JSON": (b"{", None),
    "not UTF-8": (b'{"id": 1, "text": "\xff"}', None),
    "nested": (b'{"id": 1, "text": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", None),
    "a list": ([1, 2], None),
    "a number": (7, None),
    "no id": ({"text": TEXT}, None),
    "id null": ({"id": None, "text": TEXT}, None),
    "id true": ({"id": True, "text": TEXT}, None),
    "id 1.5": ({"id": 1.5, "text": TEXT}, None),
    "id NaN": (b'{"id": NaN, "text": "5"}', None),
    "huge id": (b'{"id": ' + b"9" * 5000 + b', "text": "5"}', None),
    "NaN": (b'{"id": 4, "text": "5", "more": [NaN]}', 4),
    "no text": ({"id": 5}, 5),
    "text null": ({"id": 6, "text": None}, 6),
    "text a number": ({"id": "seven", "text": 7}, "seven"),
    "half a character": (b'{"id": 8, "text": "\\ud83d"}', 8),
    "id half a character": (b'{"id": "\\ud83d", "text": 1}', "\ud83d"),
    "published nonsense": ({"id": 9, "text": TEXT, "published": "yesterday"}, 9),
    "published a number": ({"id": 10, "text": TEXT, "published": 20230630}, 10),
    "published no day": ({"id": 11, "text": TEXT, "published": "2023-02-30"}, 11),
    "published without offset": ({"id": 12, "text": TEXT, "published": "2023-06-30T12:00:00"}, 12),
    "published empty": ({"id": 13, "text": TEXT, "published": ""}, 13),
    "lang a number": ({"id": 14, "text": TEXT, "lang": 1}, 14),
}


def test_a_bad_line_gets_an_error_and_the_stream_goes_on(corrigenda: CommandLine) -> None:
    good = {"id": "good", "text": TEXT}
    answered = corrigenda.jsonl("facts", [each for bad, _ in BAD.values() for each in (bad, good)])
    assert len(answered) == 2 * len(BAD)
    for (name, (_, given_id)), answer in zip(BAD.items(), answered[::2], strict=True):
        assert list(answer) == ["id", "error"], name
        assert answer["id"] == given_id, name
        assert answer["error"], name
        assert "internal" not in answer["error"], name
        assert "\n" not in answer["error"], name
    assert all(answer["id"] == "good" and answer["facts"] for answer in answered[1::2])


def test_a_wrong_language_still_gets_its_digits(corrigenda: CommandLine) -> None:
    languages = ["", "zz", "EN-gb", "../../etc", "x" * 500, "\x00", "日本"]
    for answer in corrigenda.jsonl("facts", [{"id": lang, "text": "45 %", "lang": lang} for lang in languages]):
        assert [fact["quote"] for fact in answer["facts"]] == ["45 %"], answer["id"]


def test_missing_sides_of_a_comparison_are_named(corrigenda: CommandLine) -> None:
    answered = corrigenda.jsonl(
        "compare", [{"id": 1, "before": ""}, {"id": 2, "after": "", "before": 3}, {"id": 3, "before": "", "after": ""}]
    )
    assert "`after`" in answered[0]["error"]
    assert "`before`" in answered[1]["error"]
    assert answered[2] == {"id": 3, "changes": []}


def test_a_line_is_answered_before_the_next_is_asked() -> None:
    with subprocess.Popen([SCRIPT, "facts", "--jsonl"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        for number in range(3):
            process.stdin.write(json.dumps({"id": number, "text": TEXT}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()
        assert process.stdout.read() == b""


@pytest.mark.parametrize("locale", ["C", "de_DE.ISO-8859-1"])
def test_the_locale_changes_nothing(corrigenda: CommandLine, locale: str) -> None:
    line = json.dumps({"id": "ü", "text": "£5 million – “gone”"}, ensure_ascii=False).encode()
    environment = {"LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}
    answered = corrigenda.script("facts", "--jsonl", stdin=line, environment=environment)
    assert answered.out.isascii()
    [answer] = answered.lines
    assert answer["id"] == "ü"
    assert [fact["quote"] for fact in answer["facts"]] == ["£5 million"]
    (corrigenda.folder / "ü.txt").write_text("£5 million – “gone”", encoding="utf-8")
    shown = corrigenda.script("facts", "-", stdin="£5 million – gone".encode(), environment=environment)
    assert "£5 million" in shown.out


def test_windows_line_ends_and_a_byte_order_mark_are_no_trouble(corrigenda: CommandLine) -> None:
    lines = b"\xef\xbb\xbf" + b'{"id": 1, "text": "5 %"}\r\n{"id": 2, "text": "6 %"}'
    answered = corrigenda.script("facts", "--jsonl", stdin=lines).lines
    assert [answer["facts"][0]["quote"] for answer in answered] == ["5 %", "6 %"]


def test_a_reader_who_goes_away_is_no_error(corrigenda: CommandLine) -> None:
    source = corrigenda.folder / "in.jsonl"
    source.write_text("".join(json.dumps({"id": number, "text": TEXT}) + "\n" for number in range(3000)))
    command = f"'{SCRIPT}' facts --jsonl < in.jsonl | head -n 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, cwd=corrigenda.folder, timeout=60, check=False)
    assert json.loads(done.stdout)["id"] == 0
    assert done.stderr == b""


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=60).filter(lambda line: b"\n" not in line), min_size=30, max_size=60))
def test_whatever_comes_in_as_many_lines_go_out(corrigenda: CommandLine, lines: list[bytes]) -> None:
    answered = corrigenda.jsonl("compare", lines)
    assert len(answered) == len(lines)
    assert all("error" in answer for answer in answered)


def test_pages_are_extracted_line_by_line(corrigenda: CommandLine) -> None:
    page = corrigenda.folder / "page.html"
    page.write_text(
        '<html lang="en"><head><title>Mali</title>'
        '<meta property="article:published_time" content="2023-06-30T08:00:00Z">'
        "</head><body><article><h1>Peacekeepers leave Mali</h1>"
        + "<p>At least 170 peacekeepers have been killed in Mali since 2013, the United Nations said on Friday.</p>"
        * 3
        + "<p>Correction: An earlier version of this article gave a wrong number of soldiers.</p>"
        "</article></body></html>",
        encoding="utf-8",
    )
    answered = corrigenda.jsonl(
        "extract",
        [
            {"id": 1, "path": str(page), "url": "https://news.example/mali"},
            {"id": 2, "path": str(corrigenda.folder / "none.html"), "url": "https://news.example/none"},
            {"id": 3, "url": "https://news.example/mali"},
            {"id": 4, "path": "a\x00b"},
            {"id": 5, "path": str(page)},
        ],
    )
    first = answered[0]
    assert (first["id"], first["page"], first["language"]) == (1, "article", "en")
    assert first["published"] == {"value": "2023-06-30T08:00:00+00:00", "source": "meta"}
    assert "At least 170 peacekeepers" in first["text"]
    assert any("wrong number of soldiers" in notice for notice in first["notices"])
    assert set(first) >= {"headline", "byline", "modified"}
    assert [list(answer) for answer in answered[1:4]] == [["id", "error"]] * 3
    assert "none.html" in answered[1]["error"]
    assert answered[4]["text"] == first["text"]


def test_the_streams_load_neither_database_nor_network() -> None:
    loaded = "import sys, monitor.cli.facts, monitor.cli.compare; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, check=True)
    assert not {b"sqlalchemy", b"httpx2", b"trafilatura", b"fastapi"} & set(done.stdout.split())


@pytest.mark.parametrize("options", ["facts -", "facts --jsonl", "compare --jsonl"])
def test_a_closed_input_is_said_in_one_line(options: str) -> None:
    done = subprocess.run(["sh", "-c", f"'{SCRIPT}' {options} <&-"], capture_output=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr == b"corrigenda: standard input is closed: pipe a text into the command, or give it a file\n"
