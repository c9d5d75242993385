"""Addresses and markup: found however they are disguised, and nothing else is taken for one."""

from __future__ import annotations

import pytest

from service.links import has_link, without_links


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("See https://evil.example/a?q=1 now.", "See \u2026 now."),
        ("See HTTP://EVIL.EXAMPLE now.", "See \u2026 now."),
        ("See h\u200bttps://evil.example now.", "See \u2026 now."),
        ("See \uff48\uff54\uff54\uff50\uff1a\uff0f\uff0fevil.example now.", "See \u2026 now."),
        ("See &#104;ttps://evil.example now.", "See \u2026 now."),
        ("A ![map](x) here.", "A \u2026 here."),
        ("A [map](<javascript:alert(1)>) here.", None),
        ("A [map][1] here.", "A \u2026 here."),
        ("A <img src=x onerror=y> here.", "A \u2026 here."),
        ("A <img src=x", "A \u2026img src=x"),
        ("Write to a@evil.com today.", None),
        ("Visit evil.com/x?y today.", "Visit \u2026 today."),
        ("Visit www.evil today.", "Visit \u2026 today."),
        ("Call 127.0.0.1:80/x today.", "Call \u2026 today."),
        ("Use mailto:a today.", "Use \u2026 today."),
        ("Use //evil.example/x today.", "Use \u2026 today."),
        ("Use ftp://x today.", "Use \u2026 today."),
    ],
)
def test_a_link_is_found_and_left_out(text: str, left: str | None) -> None:
    assert has_link(text)
    assert left is None or without_links(text) == left
    assert not has_link(without_links(text))


@pytest.mark.parametrize(
    "text",
    [
        "The U.S. said at 5 p.m. that it would.",
        "We have not changed our approach to [China], which remains (as ever) one focused.",
        "Prices rose by 3.5% to $1.30, i.e. 0.13 more.",
        "He said: no. And/or yes.",
        "AT&T rose; 3 < 5 and 7 > 5.",
        "John F. Kennedy Jr. met St. John's Inc. in Washington D.C. today.",
    ],
)
def test_prose_stays_as_it_is_to_the_letter(text: str) -> None:
    assert not has_link(text)
    assert without_links(text) == text
