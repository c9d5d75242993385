"""How much of an article, and how little else, is taken from a web page: token F1, beside trafilatura's own text.

    python tests/benchmarks/extraction.py

Known articles (those of seeds/ and tests/calls/) are put into page templates with what surrounds articles: menus, cookie
notices, advertisements, boxes inside the text, related stories, comments. Truth is the article's words, headline included.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from statistics import mean

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

import trafilatura

from index.errors import InputRejected
from index.loaders import html
from tests.formats.table import f1

OTHERS = (
    "Markets close higher after a quiet week",
    "Ten recipes for a rainy weekend",
    "Storm warnings lifted along the coast",
    "What to know before you renew your passport",
    "Museum reopens its northern wing",
    "Cup final moved to Sunday evening",
)
COMMENTS = (
    "I have read better reports on the back of a cereal box, and I do not say that lightly.",
    "Thank you for covering this. Could somebody explain what happens now?",
    "Same story every year. Nobody learns anything.",
)
MENU = "".join(
    f"<li><a href='/{word.lower()}'>{word}</a></li>" for word in "Home World Politics Business Science Culture Sport".split()
)


def rng_of(*seed: object) -> random.Random:
    return random.Random(repr(seed))


def related(rng: random.Random, tag: str = "aside") -> str:
    links = "".join(f"<li><a href='/{n}'>{title}</a></li>" for n, title in enumerate(rng.sample(OTHERS, 4)))
    return f"<{tag} class='related'><h3>Related stories</h3><ul>{links}</ul></{tag}>"


def comments(rng: random.Random) -> str:
    said = "".join(f"<div class='comment'><b>reader{rng.randrange(99)}</b><p>{words}</p></div>" for words in COMMENTS)
    return f"<section id='comments' class='comments'><h3>{len(COMMENTS)} comments</h3>{said}</section>"


def paragraphs(texts: Sequence[str], tag: str = "p", between: str = "") -> str:
    made = [f"<{tag}>{escape(text)}</{tag}>" for text in texts]
    middle = len(made) // 2
    return "\n".join([*made[:middle], between, *made[middle:]])


def semantic(title: str, texts: Sequence[str], rng: random.Random) -> str:
    return f"""<header><nav><ul>{MENU}</ul></nav></header><main><article><h1>{title}</h1>
<p class="byline">By <a rel="author" href="/a">Jane Doe</a></p><time datetime="2024-04-03">April 3, 2024</time>
{paragraphs(texts)}</article>{related(rng)}</main>{comments(rng)}<footer>© 2024 The Paper. All rights reserved.</footer>"""


def division_soup(title: str, texts: Sequence[str], rng: random.Random) -> str:
    advertisement = "<div class='ad-slot'>Advertisement<a href='/buy'>Buy two, get one free</a></div>"
    return f"""<div id="top"><div class="menu"><ul>{MENU}</ul></div></div><div class="wrap"><div class="left">{related(rng, "div")}</div>
<div class="content"><h1>{title}</h1><div class="share"><a href="#">Share</a><a href="#">Tweet</a><a href="#">Email</a></div>
<div class="story-body">{paragraphs(texts, between=advertisement)}</div></div></div><div class="bottom">Terms of use | Privacy</div>"""


def cookie_wall(title: str, texts: Sequence[str], rng: random.Random) -> str:
    banner = "<div class='cookie-banner'><p>We and our 843 partners store cookies to make this site work.</p><button>Accept</button></div>"
    box = "<div class='newsletter-signup'><h4>Sign up</h4><p>Get our morning letter in your inbox every day.</p><input></div>"
    return f"""{banner}<nav>{MENU}</nav><article class="post"><header><h1>{title}</h1></header><div class="entry-content">
{paragraphs(texts, between=box)}</div><div class="tags">Tags: <a href="/t">calls</a> <a href="/t">talks</a></div></article>{comments(rng)}"""


def table_layout(title: str, texts: Sequence[str], rng: random.Random) -> str:
    return f"""<table width="100%"><tr><td colspan="3"><font size="5">The Paper</font></td></tr><tr><td width="150"><ul>{MENU}</ul></td>
<td><h2>{title}</h2>{paragraphs(texts)}</td><td width="150">{related(rng, "div")}</td></tr></table>"""


def with_media(title: str, texts: Sequence[str], rng: random.Random) -> str:
    picture = "<figure><img src='/p.jpg' alt='two leaders'><figcaption>File photograph: Agency</figcaption></figure>"
    pull = "<aside class='pullquote'>Read also: how calls are made</aside>"
    return f"""<header><a href="/">The Paper</a><nav><ul>{MENU}</ul></nav></header><main role="main"><div itemscope
itemtype="http://schema.org/NewsArticle"><h1 itemprop="headline">{title}</h1>{picture}<div itemprop="articleBody">
{paragraphs(texts, between=pull)}</div></div></main><section class="most-read"><h2>Most read</h2><ol>{MENU}</ol></section>
{related(rng, "section")}<footer><ul>{MENU}</ul></footer>"""


def bare(title: str, texts: Sequence[str], rng: random.Random) -> str:
    return f"<h1>{title}</h1>{paragraphs(texts)}<hr><p><a href='/'>Back to the front page, {rng.choice(OTHERS)}</a></p>"


TEMPLATES = (semantic, division_soup, cookie_wall, table_layout, with_media, bare)


def articles() -> list[tuple[str, str, list[str]]]:
    """Name, a headline made of its first words, and paragraphs of each known article."""
    found = []
    for path in sorted([*ROOT.glob("seeds/documents/*.txt"), *ROOT.glob("tests/calls/*/documents/*.txt")]):
        texts = [" ".join(part.split()) for part in re.split(r"\n\s*\n|\n", path.read_text(encoding="utf-8")) if part.strip()]
        found.append((path.stem, "Report: " + " ".join(texts[0].split()[:7]), texts))
    return found


def ours(markup: str) -> str:
    try:
        return html.from_markup(markup).text
    except InputRejected:
        return ""


def alone(markup: str) -> str:
    return trafilatura.extract(markup, include_comments=False) or ""


def stripped(markup: str) -> str:
    return re.sub(r"<[^>]+>", " ", markup)


def main() -> None:
    systems: dict[str, Callable[[str], str]] = {"readout": ours, "trafilatura alone": alone, "tags stripped": stripped}
    print(f"{'template':<16} {'pages':>5}  " + "  ".join(f"{name:>17}" for name in systems))
    totals: dict[str, list[float]] = {name: [] for name in systems}
    for template in TEMPLATES:
        scores: dict[str, list[float]] = {name: [] for name in systems}
        for name, title, texts in articles():
            body = template(title, texts, rng_of(template.__name__, name))
            markup = f"<!DOCTYPE html><html lang='en'><head><title>{escape(title)} | The Paper</title></head><body>{body}</body></html>"
            truth = " ".join([title, *texts])
            for system, extract in systems.items():
                scores[system].append(f1(extract(markup), truth))
        for system, values in scores.items():
            totals[system] += values
        row = "  ".join(f"{mean(values):>17.4f}" for values in scores.values())
        print(f"{template.__name__:<16} {len(scores['readout']):>5}  {row}", flush=True)
    print(f"{'all':<16} {len(totals['readout']):>5}  " + "  ".join(f"{mean(values):>17.4f}" for values in totals.values()))


if __name__ == "__main__":
    main()
