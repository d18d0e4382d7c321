"""What people paste and upload, and what comes of it."""

from __future__ import annotations

import pytest

from monitor.intake import MOST, Intake, read


def given(text: str | bytes, name: str = "", most: int = MOST) -> Intake:
    """As it comes from a form or a file."""
    return read(text.encode() if isinstance(text, str) else text, name=name, most=most)


def urls(text: str) -> list[str]:
    """The addresses that are found in a text."""
    return [line.url for line in given(text).lines if line.url]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://a.example/1", ["https://a.example/1"]),
        ("  https://a.example/1  \r\n\thttps://b.example/2", ["https://a.example/1", "https://b.example/2"]),
        ("- https://a.example/1\n* https://b.example/2\n• https://c.example/3\n4. https://d.example/4\n5) https://e.example",
         ["https://a.example/1", "https://b.example/2", "https://c.example/3", "https://d.example/4", "https://e.example/"]),
        ('"https://a.example/1", “https://b.example/2”, «https://c.example/3» and \'https://d.example/4\'',
         ["https://a.example/1", "https://b.example/2", "https://c.example/3", "https://d.example/4"]),
        ("[AP](https://a.example/1), [x](https://b.example/(y)) (https://c.example/3).",
         ["https://a.example/1", "https://b.example/(y)", "https://c.example/3"]),
        ("<https://a.example/1> <a href=\"https://b.example/2\">here</a> **https://c.example/3** `https://d.example/4`",
         ["https://a.example/1", "https://b.example/2", "https://c.example/3", "https://d.example/4"]),
        ("https://a.example/1,https://b.example/2;https://c.example/3|https://d.example/4",
         ["https://a.example/1", "https://b.example/2", "https://c.example/3", "https://d.example/4"]),
        ("https://a.example/1,2,3", ["https://a.example/1,2,3"]),
        ("https://web.archive.org/web/2020/https://x.example/y", ["https://web.archive.org/web/2020/https://x.example/y"]),
        ("https://a.example/1?utm_source=x&id=3&fbclid=7", ["https://a.example/1?id=3"]),
        ("www.a.example/1 and a.example/2, but not joe@a.example/3", ["https://www.a.example/1", "https://a.example/2"]),
        ("example.org", ["https://example.org/"]),
        ("Look at this: https://a.example/1!", ["https://a.example/1"]),
        ("HTTPS://A.EXAMPLE/Path", ["https://a.example/Path"]),
        ("\u200bhttps://a.example/1\u200b\ufeff", ["https://a.example/1"]),
        ("https://bücher.example/ä", ["https://xn--bcher-kva.example/%C3%A4"]),
        ("https://", []), ("http:///", []), ("nothing here, at all", []), ("joe@example.org", []), ("3/4 of all", []),
    ],
)  # fmt: skip
def test_texts(text: str, expected: list[str]) -> None:
    assert urls(text) == expected


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("file:///etc/passwd", "local file"), ("/etc/passwd", "local file"), ("C:\\news\\a.html", "local file"),
        ("../a.txt", "local file"), ("report.pdf", "local file"), ("javascript:alert(1)", "javascript:"),
        ("data:text/html,x", "data:"), ("ftp://a.example/x", "ftp:"), ("http://user:pw@a.example/", "user name"),
        ("http://[::1", "IPv6"), ("http://0x7f.1/", "IPv4"), ("http://a.example:99999/", "port"),
        ("http://a..example/", "not a valid name"), ("https://" + "a" * 9_000 + ".example/", "longer than"),
    ],
)  # fmt: skip
def test_lines_that_cannot_be_watched_say_why(line: str, fault: str) -> None:
    [read_line] = given(f"{line}\n").lines
    assert not read_line.url
    assert fault in read_line.fault
    assert len(read_line.given) <= 201


def test_each_address_is_taken_once_however_it_is_spelt() -> None:
    first, second = given("https://www.a.example/1?utm_source=x\nhttp://a.example/1/").lines
    assert (first.number, first.url) == (1, "https://www.a.example/1")
    assert second.fault == "the same as line 1"


def test_prose_is_counted() -> None:
    intake = given("Dear all,\n\nhere they are:\nhttps://a.example/1\nBest, Jo\n")
    assert (len(intake.lines), intake.blank) == (1, 3)


def test_a_table_with_named_columns() -> None:
    intake = given("Publisher;URL;Tags;Every;Story\nAP;https://a.example/1;a, b;15m;Mali\n;https://b.example/2;;;\n")
    first, second = intake.lines
    assert intake.form == "csv"
    assert (first.number, first.url) == (2, "https://a.example/1")
    assert (first.options.publisher, first.options.tags, first.options.interval_seconds) == ("AP", ("a", "b"), 900)
    assert (second.options.publisher, second.options.tags, second.options.story) == (None, (), None)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(mark: str) -> None:
    text = mark.join(("url", "publisher")) + "\n" + mark.join(("https://a.example/1", '"x, y; z"')) + "\n"
    [line] = given(text).lines
    assert line.options.publisher == "x, y; z"


def test_a_table_without_names_has_its_addresses_found() -> None:
    intake = given("Mali\thttps://a.example/1\nOther\thttps://b.example/2\n", name="links.tsv")
    assert [line.url for line in intake.lines] == ["https://a.example/1", "https://b.example/2"]


def test_rows_are_as_strict_as_the_form() -> None:
    intake = given(
        "url,interval,tags,publisher\nhttps://a.example/1,soon,,\nhttps://a.example/2,,!!,\nnope,,,\n,,,x\n"
        "https://a.example/3 https://a.example/4,,,\nhttps://a.example/5,,,A\x00B\nhttps://a.example/6,,,a\u202eb\n"
        'https://a.example/7,,,"two\nlines"\nfile:///etc/passwd,,,\n'
    )
    faults = [line.fault for line in intake.lines]
    wanted = [
        "no time|not a time",
        "no tag",
        "no address",
        "no address",
        "more than one",
        "NUL",
        "nobody can see",
        "",
        "local",
    ]
    assert len(faults) == len(wanted)
    for fault, expected in zip(faults, wanted, strict=True):
        assert any(part in fault for part in expected.split("|")) if expected else fault == ""


@pytest.mark.parametrize("header", ["url,colour", "url,<b>,x", "link,=cmd()"])
def test_columns_that_are_not_known_are_refused(header: str) -> None:
    intake = given(f"{header}\nhttps://a.example/1,x,y\n")
    assert "not known" in intake.fault
    assert not intake.lines


def test_formulas_are_names_like_any_other() -> None:
    [line] = given('url,publisher\nhttps://a.example/1,"=HYPERLINK(""http://evil"")"\n').lines
    assert line.options.publisher == '=HYPERLINK("http://evil")'


@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_files_of_spreadsheets(coding: str) -> None:
    text = "url,publisher\nhttps://a.example/1,Señor\n"
    data = b"\xff\xfe" + text.encode(coding) if coding == "utf-16-le" else text.encode(coding)
    [line] = given(data).lines
    assert line.options.publisher == "Señor"


@pytest.mark.parametrize("data", [b"PK\x03\x04" + bytes(100), b"%PDF-1.7", b"\xd0\xcf\x11\xe0" + bytes(9)])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    assert "no text" in given(data, name="list.csv").fault


def test_a_list_of_feeds() -> None:
    intake = given(
        '<?xml version="1.0"?>\n<!-- mine --><opml version="2.0"><body><outline text="News">'
        '<outline type="rss" text="A &amp; B" xmlUrl="https://a.example/feed?x=1&amp;y=2"/>'
        '<outline type="rss" text="Bad" xmlUrl="javascript:alert(1)"/>'
        '<outline type="include" text="More" url="https://c.example/more.opml"/></outline></body></opml>'
    )
    first, second, third = intake.lines
    assert (intake.form, first.feed, first.title) == ("opml", True, "A & B")
    assert first.url == "https://a.example/feed?x=1&y=2"
    assert "does not begin with http" in second.fault
    assert "not fetched" in third.fault


@pytest.mark.parametrize(
    "prologue",
    ["\n" * 5_000, "<?xml version='1.0'?>\n<!-- " + "a > b " * 300 + "-->", "<!-- a -->" * 900,
     "<!DOCTYPE opml SYSTEM 'x.dtd'>\n" * 200, "<!DOCTYPE opml [" + "<!ENTITY a 'b'>" * 500 + "]>"],
)  # fmt: skip
def test_a_list_of_feeds_may_begin_late(prologue: str) -> None:
    assert given(f"{prologue}<opml><body><outline xmlUrl='https://a.example/feed'/></body></opml>").form == "opml"


def test_entities_of_a_list_are_not_expanded() -> None:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    laughs = f'<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY l0 "lol">{levels}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    intake = given(
        f'{laughs}<opml><body><outline type="rss" text="&l9;&f;" xmlUrl="https://a.example/&l9;"/></body></opml>'
    )
    assert len(str(intake.lines)) < 1_000
    assert "root" not in str(intake.lines)


@pytest.mark.parametrize(
    "text",
    ["\n".join(f"https://a.example/{n}" for n in range(20_000)),
     "url,tags\n" + "\n".join(f"https://a.example/{n},x" for n in range(20_000)),
     " ".join(f"https://a.example/{n}" for n in range(20_000))],
)  # fmt: skip
def test_what_is_beyond_the_limit_is_counted(text: str) -> None:
    intake = given(text, most=50)
    assert (len(intake.lines), intake.left_out) == (50, 19_950)


@pytest.mark.parametrize(
    "text",
    ["(" * 1_000_000, "a." * 500_000, "https://" + "a" * 1_000_000, "<" * 1_000_000, "<opml " + "<outline " * 90_000,
     '"' * 1_000_000, "url," + '"' * 1_000_000, "www." * 250_000, "a-" * 500_000 + "/",
     "https://a.example/" + "(" * 900_000,
     "<!DOCTYPE>" * 100_000, " " * 1_000_000, "<!DOCTYPE x [" * 80_000, "<!DOCTYPE x []>" * 60_000, "<?x>" * 250_000,
     "<!--" * 250_000, "a:" * 500_000, "- " * 500_000, "\x00" * 1_000_000, "[" * 500_000 + "](" * 200_000],
)  # fmt: skip
@pytest.mark.timeout(10)
def test_hostile_texts_are_read_in_time(text: str) -> None:
    assert len(given(text).lines) <= 1


def test_what_is_too_large_is_refused() -> None:
    assert "larger than 4 MB" in given(b"x" * (4 * 2**20 + 1)).fault
