from __future__ import annotations

import codecs
import gzip
import random
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.decode import decode, is_binary
from tests.data import real_data

POUNDS = "£720m – “Übung”"


@pytest.mark.parametrize(
    ("body", "content_type", "encoding", "source"),
    [
        (POUNDS.encode(), "text/html; charset=UTF-8", "utf-8", "http"),
        (POUNDS.encode(), "text/html", "utf-8", "utf-8"),
        (POUNDS.encode(), "text/html; charset=iso-8859-1", "utf-8", "utf-8"),
        (POUNDS.encode("cp1252"), "text/html; charset=ISO-8859-1", "windows-1252", "http"),
        (POUNDS.encode("cp1252"), "text/html", "windows-1252", "fallback"),
        (POUNDS.encode("cp1252"), "text/html; charset=hex", "windows-1252", "fallback"),
        (b"<meta charset=latin1>" + POUNDS.encode("cp1252"), "text/html", "windows-1252", "meta"),
        (b'<META http-equiv=content-type content="text/html; charset=windows-1252">' + POUNDS.encode("cp1252"), "",
         "windows-1252", "meta"),
        (POUNDS.encode(), "text/html; charset=utf-16", "utf-8", "utf-8"),
        (POUNDS.encode("utf-16le"), "text/html; charset=utf-16", "utf-16le", "http"),
        (codecs.BOM_UTF8 + POUNDS.encode(), "text/html; charset=latin1", "utf-8", "bom"),
        (codecs.BOM_UTF16_LE + POUNDS.encode("utf-16le"), "", "utf-16le", "bom"),
        (codecs.BOM_UTF16_BE + POUNDS.encode("utf-16be"), "text/html; charset=utf-8", "utf-16be", "bom"),
    ],
)  # fmt: skip
def test_pounds_and_dashes_survive(body: bytes, content_type: str, encoding: str, source: str) -> None:
    decoded = decode(body, content_type)
    assert decoded.text.endswith(POUNDS)
    assert (decoded.encoding, decoded.source) == (encoding, source)


def test_one_wrong_byte_makes_no_mojibake() -> None:
    assert decode(POUNDS.encode() + b" \xff \xed\xa0").text.startswith(POUNDS)
    assert decode("naïve café, £5".encode("cp1252")).text == "naïve café, £5"


@pytest.mark.parametrize(
    ("text", "label", "encoding"),
    [
        ("Погибли 170 человек", "windows-1251", "windows-1251"),
        ("Погибли 170 человек", "koi8-r", "koi8-r"),
        ("死者170人", "x-sjis", "shift_jis"),
        ("死者170人", "euc-jp", "euc-jp"),
        ("死亡170人", "gb2312", "gbk"),
        ("사망 170명", "ks_c_5601-1987", "euc-kr"),
        ("死亡170人", "big5", "big5"),
        ("170 öldü İstanbul", "iso-8859-9", "windows-1254"),
    ],
)
def test_labels_of_the_standard(text: str, label: str, encoding: str) -> None:
    decoded = decode(
        text.encode(label.removeprefix("x-").replace("ks_c_5601-1987", "euc-kr")), f"text/html; charset={label}"
    )
    assert (decoded.text, decoded.encoding) == (text, encoding)


def test_the_language_tells_what_an_old_page_without_label_is_in() -> None:
    body = '<html lang="ru"><p>Погибли 170 человек'.encode("windows-1251")
    assert decode(body).text.endswith("Погибли 170 человек")


def test_a_text_file_names_no_encoding_of_its_own() -> None:
    body = b"<meta charset=windows-1251> " + "café".encode("cp1252")
    assert decode(body, "text/plain", html=False).text.endswith("café")


@pytest.mark.parametrize(
    "label",
    ["utf-7", "hex", "base64", "rot13", "zlib", "bz2", "idna", "punycode", "undefined", "unicode_escape",
     "raw_unicode_escape", "mbcs", "iso-2022-kr", "hz-gb-2312", "nonsense", "\xff", ""],
)  # fmt: skip
def test_a_server_chooses_no_codec_of_python(label: str) -> None:
    body = b"+ADw-script+AD4- 48656c6c6f " + b"A" * 160_000 + b"\xe9"
    begun = time.process_time()
    for content_type, page in (
        (f"text/html; charset={label}", body),
        ("", f"<meta charset='{label}'>".encode() + body),
    ):
        decoded = decode(page, content_type)
        assert "+ADw-script+AD4- 48656c6c6f AAA" in decoded.text
    assert time.process_time() - begun < 1


@given(st.binary(max_size=200), st.text(max_size=30))
def test_never_raises_and_gives_storable_text(body: bytes, charset: str) -> None:
    for html in (True, False):
        decode(body, f"text/html; charset={charset}", html=html).text.encode("utf-8")


@pytest.mark.parametrize(
    "body",
    [random.Random(1).randbytes(5000), gzip.compress(random.Random(1).randbytes(9000)),
     zlib.compress(bytes(range(256)) * 99), b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + random.Random(2).randbytes(3000)],
)  # fmt: skip
def test_what_is_no_text_in_any_encoding(body: bytes) -> None:
    assert is_binary(body, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("Жители села Новоё. " * 99, "utf-16"),
        ("Жители села. " * 99, "windows-1251"),
        ("発表された。" * 99, "iso-2022-jp"),
        ("発表された。" * 99, "shift_jis"),
        ("a\x00b\x00" * 99, "utf-8"),
        ("\x0c\t\r\n words " * 99, "utf-8"),
        ("\x01\x02\x03", "utf-8"),
        ("", "utf-8"),
    ],
)
def test_text_however_it_is_written(body: str, content_type: str) -> None:
    assert not is_binary(body.encode(content_type), f"text/html; charset={content_type}")
    assert not is_binary(body.encode("utf-16"))  # with a mark at its start
    assert not is_binary(body.encode("utf-16-le"), "text/html; charset=UTF-16LE")


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("gb2312", "gb18030", "总计①㐀𠀀人"),
        ("shift_jis", "cp932", "①㈱髙～死者"),
        ("ks_c_5601-1987", "cp949", "똠방 사망"),
        ("big5", "big5hkscs", "啫喺"),
    ],
)
def test_labels_mean_what_browsers_take_them_for(label: str, codec: str, text: str) -> None:
    assert decode(f"<p>{text}</p>".encode(codec), f"text/html; charset={label}").text == f"<p>{text}</p>"


def test_good_utf8_before_a_flood_of_something_else() -> None:
    for said in (POUNDS, "“It is sad,” said Touré"):
        page = f"<p>{said}</p>".encode() + "Größe ".encode("latin-1") * 1000
        assert said in decode(page).text
    cases = (
        ("windows-1251", "Жители села"), ("windows-1252", "Größe, façade"), ("euc_jp", "発表された"),
        ("shift_jis", "発表された"), ("gb2312", "联通发表声明"), ("big5", "發表聲明"), ("euc_kr", "정부는 발표했다"),
    )  # fmt: skip
    for codec, words in cases:
        assert decode(f"<html lang=xx><p>{words * 20}".encode(codec)).encoding != "utf-8"


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be"])
def test_utf16_that_does_not_say_so(name: str) -> None:
    page = f"<!doctype html><p>{POUNDS}</p>"
    assert decode(page.encode(name)).text == page
    assert decode(page.encode(name), "text/html; charset=utf-8").text == page


def test_real_pages_are_text() -> None:
    pages = [gzip.decompress(path.read_bytes()) for path in real_data("pages").rglob("*.gz")]
    assert not [page[:80] for page in pages if is_binary(page)]
