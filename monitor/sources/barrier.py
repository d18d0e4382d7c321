"""Marks that bot protection leaves on its own pages, by vendor.

A mark alone proves nothing: the same vendors put scripts on pages that they let through. Who finds one asks besides
whether there is an article (see monitor.extraction.walls) or whether the status says no.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# Vendor, and what only its challenge or block pages hold (not the beacons that it adds to good pages).
_MARKS: tuple[tuple[str, re.Pattern[bytes]], ...] = tuple(
    (vendor, re.compile(pattern, re.IGNORECASE))
    for vendor, pattern in (
        (
            "Cloudflare",
            rb"_cf_chl_|cf-browser-verification|cf_chl_(?:opt|prog|jschl)|jschl[-_]answer|cf-error-(?:details|overview)"
            rb"|challenge-error-t(?:itle|ext)|/cdn-cgi/challenge-platform/(?:h/[a-z]/)?(?:orchestrate|turnstile)"
            rb"|challenges\.cloudflare\.com/cdn-cgi|/cdn-cgi/l/chk_|Attention Required! \| Cloudflare"
            rb"|/cdn-cgi/bm/cv/result",
        ),
        ("DataDome", rb"captcha-delivery\.com"),
        ("HUMAN", rb"id=[\"']?px-captcha|captcha\.px-cdn\.net|captcha\.perimeterx\.net"),
        ("Imperva", rb"Incapsula incident ID|_Incapsula_Resource\?(?:SWUDNSAI|SWJIYLWA)"),
        ("Akamai", rb"errors\.edgesuite\.net|Reference\s*(?:&#32;)*(?:#|&#35;)\s?\d+\.[0-9a-f]+\.\d{9,}"),
        ("AWS WAF", rb"token\.awswaf\.com|captcha\.awswaf\.com|window\.gokuProps"),
        ("Sucuri", rb"Sucuri Website Firewall|sucuri_cloudproxy_js"),
        ("DDoS-Guard", rb"ddos-guard\.net/(?:.{0,40})?check|/\.well-known/ddos-guard/(?:js-)?ch(?:eck|allenge)"),
        ("Project Shield", rb"ddos-shield\.appspot\.com|g\.co/shield"),
        ("Kasada", rb"ips\.js\?KP_UIDz|KPSDK\.(?:now|start)"),
        ("Vercel", rb"Vercel Security Checkpoint"),
        ("Anubis", rb"/\.within\.website/x/cmd/anubis"),
        ("hCaptcha", rb"class=[\"'][^\"']*\bh-captcha\b"),
        ("reCAPTCHA", rb"class=[\"'][^\"']*\bg-recaptcha\b|/recaptcha/api2/anchor"),
        ("Turnstile", rb"class=[\"'][^\"']*\bcf-turnstile\b"),
    )
)
_HEADERS: tuple[tuple[str, str, str], ...] = (
    ("Cloudflare", "cf-mitigated", "challenge"),
    ("AWS WAF", "x-amzn-waf-action", ""),
    ("Vercel", "x-vercel-mitigated", ""),
)
_LOOKED_AT = 256 * 1024


def mark(body: bytes, headers: Mapping[str, str] | None = None) -> str | None:
    """The vendor whose challenge or block page this may be, or None. Header names in lower case."""
    for vendor, name, value in _HEADERS:
        if headers and value in headers.get(name, "\x00").lower() and name in headers:
            return vendor
    start = body[:_LOOKED_AT]
    return next((vendor for vendor, pattern in _MARKS if pattern.search(start)), None)
