"""Pages made to hang, crash or deceive a reader: those of hostile.jsonl by their ids there, made anew after their
descriptions, at their sizes. Each holds the same short article, before its trap or around it."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.unit.extraction.pages import PARAGRAPHS

HEADLINE = "Toll rises to 303 in Mali"
_TEXT = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
Make = Callable[[], bytes]


def body(markup: str, head: str = "") -> bytes:
    """The article with a trap after it, inside of its element."""
    page = (
        f"<!doctype html><html lang=en><head><title>Toll</title>{head}</head><body>"
        f"<article><h1>{HEADLINE}</h1>{_TEXT}{markup}</article></body></html>"
    )
    return page.encode("utf-8", "surrogatepass")


def head(markup: str) -> bytes:
    """The article with a trap in the head of its page."""
    return body("", markup)


def ld(text: str) -> bytes:
    """The article with a trap in its JSON-LD."""
    return head(f'<script type="application/ld+json">{text}</script>')


GOOD = body("")


def _nested(tag: str, count: int, attributes: str = "") -> Make:
    return lambda: body(f"<{tag}{attributes}>" * count + "<p>x</p>" + f"</{tag}>" * count)


def _title(text: str) -> bytes:
    return GOOD.replace(b"<title>Toll</title>", f"<title>{text}</title>".encode())


def _random(size: int) -> bytes:
    return random.Random(20231).randbytes(size)


def _mixture() -> bytes:
    """A good head, then three encodings at once."""
    piece = "Größe ".encode("latin-1") + "Größe ".encode() + "発表 ".encode("shift_jis")
    return GOOD.replace(b"</article>", b"<p>" + piece * (4_999_000 // len(piece)) + b"</article>")


ORDINARY = "<p>The ministers met in Geneva and spoke at length about the harvest, the roads and the weather.</p>"

PAGES: dict[str, Make] = {
    "normal_20k": lambda: body(ORDINARY * 166),
    "nest_div_1000": _nested("div", 1000),
    "nest_div_10000": _nested("div", 10_000),
    "nest_div_100000": _nested("div", 100_000),
    "nest_div_1000000": _nested("div", 1_000_000),
    "nest_div_unclosed_255": lambda: body("<div>" * 255),
    "nest_div_unclosed_300": lambda: body("<div>" * 300),
    "nest_div_unclosed_2000": lambda: body("<div>" * 2000),
    "nest_div_unclosed_100000": lambda: body("<div>" * 100_000),
    "nest_b_20000": lambda: body("<b>x " * 20_000),
    "nest_span_100000": lambda: body("<span>" * 100_000),
    "nest_blockquote_20000": lambda: body("<blockquote>" * 20_000),
    "nest_ul_20000": lambda: body("<ul><li>" * 20_000),
    "nest_table_5000": lambda: body("<table><tr><td>" * 5000),
    "nest_font_100000": lambda: body("<font>" * 100_000),
    "nest_a_20000": lambda: body("<a href=x>" * 20_000),
    "nest_p_100000": lambda: body("<p>x " * 100_000),
    "nest_em_5000": lambda: body("<em>x " * 5000),
    "flat_p_200k": lambda: body("<p>Short one.</p>" * 200_000),
    "flat_para_10mb": lambda: body(ORDINARY * (10_800_000 // len(ORDINARY))),
    "flat_a_200k": lambda: body("<a href='/news/one'>a link</a> " * 200_000),
    "flat_br_500k": lambda: body("x<br>" * 500_000),
    "flat_span_300k_one_p": lambda: body("<p>" + "<span>x</span> " * 300_000),
    "flat_td_200k": lambda: body("<table><tr>" + "<td>1</td>" * 200_000),
    "flat_tr_50k": lambda: body("<table>" + "<tr><td>1</td><td>2</td><td>3</td></tr>" * 50_000),
    "flat_li_200k": lambda: body("<ul>" + "<li>one item</li>" * 200_000),
    "text_node_12mb": lambda: body("<p>" + "word " * 2_400_000),
    "nospace_12mb": lambda: body("<p>" + "a" * 12_000_000),
    "attr_20mb": lambda: body(f"<p title='{'x' * 20_000_000}'>x</p>"),
    "attrs_200k": lambda: body("<p " + " ".join(f"a{n}=1" for n in range(200_000)) + ">x</p>"),
    "comment_unclosed_20mb": lambda: body("<!--" + "x" * 20_000_000),
    "lt_5m": lambda: body("<" * 5_000_000),
    "amp_5m": lambda: body("&" * 5_000_000),
    "nul_bytes": lambda: body("<p title='a\x00b'>a\x00b</p>", "<meta name=author content='Jane\x00 Doe'>"),
    "charrefs": lambda: body("<p>a&#0;b&#x0b;c&#xD800;d&#x110000;e&#xFFFE;f&#1;</p>"),
    "surrogate_utf8": lambda: body("<p>a\ud800b</p>"),
    "bidi": lambda: body("<p>\u202eyrav\u202c \u2066x\u2069 ze\u200bro sha\u00addow раypal</p>"),
    "zalgo": lambda: body("<p>a" + "\u0301" * 100_000 + "</p>"),
    "billion_laughs_xhtml": lambda: (
        b"<!DOCTYPE html [<!ENTITY l0 'ha'>"
        + "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10)).encode()
        + b"]>"
        + body("<p>&l9;</p>")
    ),
    "quadratic_blowup": lambda: (
        b"<!DOCTYPE html [<!ENTITY a '" + b"x" * 100_000 + b"'>]>" + body("<p>" + "&a;" * 10_000 + "</p>")
    ),
    "xxe_file": lambda: b"<!DOCTYPE html [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + body("<p>&x;</p>"),
    "jsonld_deep": lambda: ld("[" * 200_000 + "]" * 200_000),
    "jsonld_deep_obj": lambda: ld('{"author":' * 50_000 + "1" + "}" * 50_000),
    "jsonld_bigint": lambda: ld('{"@type": "NewsArticle", "wordCount": ' + "1" * 1_000_000 + "}"),
    "jsonld_5mb_broken": lambda: ld('{"author": {"name": "a"}, ' * 160_000),
    "jsonld_many": lambda: head('<script type="application/ld+json">{"@type": "NewsArticle"}</script>' * 20_000),
    "meta_author_1mb": lambda: head(f"<meta name=author content='{'a and ' * 170_000}'>"),
    "meta_author_spaces": lambda: head(f"<meta name=author content='{' ' * 1_000_000}!'>"),
    "meta_many": lambda: head("<meta name=author content='Jane Doe'>" * 100_000),
    "title_1mb": lambda: _title(" | a - b" * 130_000),
    "title_spaces_1mb": lambda: _title(" " * 1_000_000).replace(b"<h1>", b"<h1>" + b" " * 1_000_000),
    "date_digits_5mb": lambda: body("<p>" + "2020-01-01 " * 450_000),
    "date_digits_run": lambda: body(f"<time datetime='{'1' * 1_000_000}'>x</time><p>{'1' * 1_000_000}</p>"),
    "date_many_time": lambda: body("<time datetime='2020-01-01'>x</time>" * 100_000),
    "url_text_1mb": lambda: body("<p>" + "http://" * 140_000),
    "ws_5mb": lambda: body("<p>" + " \t\n\u00a0" * 1_000_000),
    "newlines_pre_5mb": lambda: body("<pre>" + "\n" * 5_000_000),
    "dups_50k": lambda: body("<p>The very same paragraph, over and over</p>" * 50_000),
    "binary_5mb": lambda: _random(5_000_000),
    "binary_html_5mb": _mixture,
    "utf16_nobom": lambda: body(ORDINARY * 1000).decode().encode("utf-16-le"),
    "utf7_meta": lambda: head("<meta charset=utf-7>") + b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "meta_charset_bogus": lambda: head("".join(f"<meta charset={n}>" for n in ("punycode", "idna", "zlib", "unknown"))),
    "svg_math_nest": lambda: body("<svg><foreignObject>" * 10_000),
    "template_nest": lambda: body("<template>" * 20_000),
    "select_option_100k": lambda: body("<select>" + "<option>a" * 100_000),
    "xss_title": lambda: _title("</title><script>alert(1)</script>").replace(
        b"</article>", b"<p onclick=alert(1)><a href='javascript:alert(1)'>a link</a></p></article>"
    ),
    "formula_cells": lambda: body(
        "".join(f"<p>{cell}</p>" for cell in ("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\tx", "\rx"))
    ),
}

NO_ARTICLE = frozenset({"binary_5mb"})
"""What holds no article at all."""
DEAR = frozenset(
    {"nest_p_100000", "flat_p_200k", "flat_para_10mb", "flat_a_200k", "flat_br_500k", "flat_span_300k_one_p",
     "flat_td_200k", "flat_tr_50k", "flat_li_200k", "attrs_200k", "date_digits_5mb", "dups_50k", "binary_html_5mb"}
)  # fmt: skip
"""What may need more than the limits allow; what matters is what happens then."""
