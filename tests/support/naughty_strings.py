"""Texts that have broken other software.

Our own short list, after the Big List of Naughty Strings: its packages were last maintained in 2020.
"""
# ruff: noqa: RUF001 -- letters that look like others are the point

from __future__ import annotations

import html5lib

NAUGHTY = (
    # Words that programs take for something else
    *("undefined", "null", "None", "NaN", "Infinity", "true", "0", "-1", "1e999", "0x10", "__proto__", "constructor"),
    *("../../../../etc/passwd%00.html", "C:\\con", "$HOME", "${jndi:ldap://x}", "$(touch /tmp/x)", "`id`", "--help"),
    *("' OR 1=1; --", "'; DROP TABLE leads; --", '{"$gt": ""}', "=1+1", '=HYPERLINK("x")', "@SUM(1)", "+1", "*)(uid=*"),
    # HTML and templates
    *("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</title></textarea></template><svg/onload=x>"),
    *(
        "<!--",
        "-->",
        "<!--main-->",
        "<!--title-->",
        "]]>",
        "<bdi>",
        "</bdi>",
        "&lt;b&gt;",
        "&amp;amp;",
        "&#x41;",
        "&nbsp",
    ),
    *("{{ 7 * 7 }}", "{% raw %}", "{0.__class__}", "%(name)s", "%s%n", "${7*7}", "#{7*7}"),
    # Headers and encodings
    *("Ada, Bcc: x@evil.example", '"Ada, \\"Countess\\"" <a@evil.example>', "=?utf-8?q?Bcc=3A?=", "=?utf-8?B?QQ==?="),
    *(
        "Ada%0d%0aBcc: x",
        "Ada\\r\\nBcc: x",
        "%2B%26%3D",
        "%252e",
        "%",
        "%zz",
        "a+b&c=d;e",
        "Ada=0A",
        ".",
        "..",
        "From Ada",
    ),
    *("Ada\r\nBcc: x@evil.example", "Ada\nB", "Ada\0B", "\x1b[31mAda", "Ada\x85B", "Ada\u2028B", "\x7f", "\ufffe\x00"),
    # Unicode
    *(
        "Ω≈ç√∫˜µ≤≥÷",
        "ÅÍÎÏ˝ÓÔÒÚÆ☃",
        "田中さん",
        "表ポあA鷗ŒéＢ逍Üßªąñ丂㐀𠀀",
        "הָיְתָה test",
        "الكل في المجمو عة",
        "ثم نفس سقطت",
    ),
    *(
        "\u202eada",
        "Ada\u202e",
        "\u2066Ada\u2067",
        "\u2069Ada",
        "\u200fAda",
        "\ufeffAda",
        "A\u200bd\u200da",
        "Ada\u00ad",
    ),
    *("Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮", "👩‍👩‍👧‍👦", "🏳‍🌈", "🇺🇸🇷🇺", "1️⃣", "𝐓𝐡𝐞", "ﷺ", "ǅ", "İ", "ß", "ﬁ", "Ⅷ", "٣", "½", "ａｄａ"),
    *(
        "",
        " ",
        "\u00a0",
        "\u3000",
        "\u3164",
        "\u2800",
        "\u180e",
        "\u0301",
        "\ue000",
        "\U0010ffff",
        "\ufdd0",
        "\U000e0041",
    ),
    "a" * 100,
    "李" * 101,
    "👩‍👩‍👧‍👦" * 14,
)


def parts_of(page: str) -> list[str]:
    """Return a page's elements with the names of their attributes: what a text in it must not change."""
    return [f"{element.tag} {sorted(element.keys())}" for element in html5lib.parse(page).iter()]


def shown_text(page: str) -> str:
    """Return the text of a page as its reader sees it."""
    return "".join(html5lib.parse(page, namespaceHTMLElements=False).itertext())
