from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extraction.gate import visible_text_hash
from monitor.extraction.normalise import line, text_hash


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("  170\u00a0killed\r\n\t now ", "170 killed now"),
        ("1\u200b70\u00ad kil\ufeffled\u2060", "170 killed"),
        ("170\u200d \u200ckilled", "170 killed"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # there it divides the word
        ("cafe\u0301", "café"),
        ("a\x00b\x01c\ud800d", "abcd"),
        ("“170” – don’t", "“170” – don’t"),
        ("\u202e071\u202c", "071"),
        ("１７０", "１７０"),  # full width is typography, too
    ],
)
def test_one_line(written: str, normal: str) -> None:
    assert line(written) == normal


@given(st.text())
def test_normal_text_is_a_fixed_point_and_storable(text: str) -> None:
    normal = line(text)
    assert line(normal) == normal
    normal.encode("utf-8")
    assert unicodedata.is_normalized("NFC", normal)


def test_hashes_differ_with_the_words_and_not_with_the_blanks() -> None:
    assert text_hash("170\u00a0killed \n now") == text_hash("170 killed now")
    assert text_hash("170 killed") != text_hash("171 killed")
    assert text_hash("“170” killed") != text_hash('"170" killed')


def test_marks_without_end_take_no_time() -> None:
    begun = time.process_time()
    line("a" + "\u0301\u0323" * 1_000_000)
    assert time.process_time() - begun < 5


# The gate

PAGE = b"<html><head><title>Toll</title><script>var n=%d</script><style>a{}</style></head><body class='%d'><p>170 <b>killed</b></p><!-- %d --></body></html>"  # noqa: E501


def test_markup_and_scripts_do_not_open_the_gate() -> None:
    hashes = {visible_text_hash(PAGE % (n, n, n), "text/html; charset=utf-8") for n in range(3)}
    assert len(hashes) == 1
    reformatted = (PAGE % (1, 1, 1)).replace(b"<p>", b"\n  <p id='x'>\n")
    assert visible_text_hash(reformatted, "text/html") in hashes


@pytest.mark.parametrize(
    ("old", "new"), [(b"170", b"303"), (b"killed", b"wounded"), (b"Toll", b"Toll rises"), (b"</p>", b"</p><p>More</p>")]
)
def test_words_open_it(old: bytes, new: bytes) -> None:
    body = PAGE % (1, 1, 1)
    assert visible_text_hash(body, "text/html") != visible_text_hash(body.replace(old, new), "text/html")


def test_text_files_have_no_markup() -> None:
    assert visible_text_hash(b"a <b> c", "text/plain") != visible_text_hash(b"a  c", "text/plain")
    assert visible_text_hash(b"a   c\n", "text/plain") == visible_text_hash(b"a c", "text/plain")


@pytest.mark.parametrize(
    "piece",
    [b"<div>", b"<script>", b"<!--", b"<", b"<a href='", b"<p a=1 ", b"&#1;", b"<svg", b"</script", b"<style><script>",
     b"<select><option>", "a\u0301".encode(), b"\xff", b"\0"],
)  # fmt: skip
def test_no_page_holds_the_gate_up(piece: bytes) -> None:
    begun = time.process_time()
    visible_text_hash(piece * (2**21 // len(piece)), "text/html")
    assert time.process_time() - begun < 3
