"""Who is said to say what inside one sentence: each verb of saying with its subject and the words it governs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.types import Span
from service.attribution import subjects
from service.attribution.subjects import Subject
from service.attribution.vocabulary import (
    ADVERBS,
    BE,
    CLAIM_NOUNS,
    CLAUSE_OPENERS,
    HAVE,
    INFINITIVES,
    INVERTS,
    MODALS,
    NEEDS,
    NEEDS_CONTENT,
    PREPOSITIONS,
    PRONOUNS,
    SAID,
    SAYING,
    WHO,
)
from service.attribution.words import Word

MAX_OBJECT_WORDS = 12  # between a verb and its clause: `told reporters on a call that`
CALLED = frozenset("it them this that him her".split())
BASE = frozenset(verb for verb in SAID if not verb.endswith(("s", "ed")))
NOUNS_TOO = frozenset(
    "promises claims reports report estimates estimate demands calls hopes fears notes puts states suggests claim".split()
)
_JOINS = frozenset("and but while whereas".split())


@dataclass(frozen=True, slots=True)
class Frame:
    """One saying: `subject` is None where it is that of the frame before, or of the sentence; `content` are the words governed.

    `cue` covers subject and verb; `leads` tells that the words come after it.
    """

    subject: Subject | None
    cue: Span
    content: tuple[Span, ...]
    leads: bool
    inverted: bool = False


def frames_of(words: Sequence[Word]) -> list[Frame]:
    """The frames of a sentence from left to right; the content of a later one lies inside an earlier one's, or ends it."""
    found: list[Frame] = []
    for at, word in enumerate(words):
        if not word.is_word:
            continue
        frame = _according(words, at) or _claim(words, at) or _verb(words, at)
        if frame is not None:
            found.append(frame)
    return _bounded(found, words)


def _verb(words: Sequence[Word], at: int) -> Frame | None:
    low = words[at].low
    if low in SAYING:
        return _participle(words, at)
    next_to_quote = at >= 1 and low.endswith("ed") and _quote_before(words, at)
    if words[at].is_name and at > 0 and words[at - 1].is_word:  # the United States
        return None
    if low not in SAID and low not in INFINITIVES and not next_to_quote:
        return None
    following = words[at + 1].low if at + 1 < len(words) else ""
    if low in NEEDS and following not in NEEDS[low]:
        return None
    inverted = _inverted(words, at)
    if inverted is not None:
        return inverted
    return _with_subject(words, at)


def _with_subject(words: Sequence[Word], at: int) -> Frame | None:
    """The frame of a verb whose subject stands before it."""
    low = words[at].low
    following = words[at + 1].low if at + 1 < len(words) else ""
    left, helping = subjects.skip_auxiliaries(words, at)
    if _is_denied(helping) or (low in INFINITIVES - SAID and not helping & MODALS):
        return None
    if helping & BE and not helping & {"quoted"}:
        return _quoted_as(words, at, left) if following == "as" else _by(words, at)
    if low in ("quoted", "cites", "quotes", "cited") and (quoted := _quoted_another(words, at)):
        return quoted
    if (left >= 0 and words[left].low in _JOINS) or (left >= 0 and words[left].text == "," and not _has_subject(words, left)):
        return _placed(words, None, left + 1, at)
    subject = subjects.before(words, left)
    first = -1 if subject is None else subject.first
    if subject is not None and words[first].low in WHO and subject.last == first:
        subject = subjects.antecedent(words, first)
    if subject is None or not _can_say(words, at, subject, first):
        return None
    return _placed(words, subject, first, at)


def _can_say(words: Sequence[Word], at: int, subject: Subject, first: int) -> bool:
    """Whether the verb at `at` tells of a saying: no question, no noun, and with something said if it needs that."""
    low = words[at].low
    if low in NOUNS_TOO and not (words[subject.last].is_name or subject.last > subject.first or words[first].low in PRONOUNS):
        return False
    if first > 0 and words[first - 1].low in MODALS | HAVE | BE and low in BASE:  # Did Arclight warn you?
        return False
    put = first > 0 and words[first - 1].low == "as"  # as she put it
    return low not in NEEDS_CONTENT or put or _names_it(words, at) or _has_content(words, at) or _quote_or_comma(words, first)


def _names_it(words: Sequence[Word], verb: int) -> bool:
    """Whether something is called by a name: `called it a recording`, `called them reckless`, not `called him on Monday`."""
    following = [word.low for word in words[verb + 1 : verb + 3]]
    if words[verb].low not in {"called", "calls"} or len(following) < 2 or following[0] not in CALLED:  # noqa: PLR2004  object and name
        return False
    return following[1].isalpha() and following[1] not in PREPOSITIONS | ADVERBS


def _has_subject(words: Sequence[Word], comma: int) -> bool:
    return subjects.before(words, comma) is not None


def _is_denied(helping: set[str]) -> bool:
    return bool(helping & {"not", "never", "to", "hardly"})


def _has_content(words: Sequence[Word], verb: int) -> bool:
    """Whether a clause, a quotation or a colon follows the verb."""
    rest = words[verb + 1 :]
    for place, word in enumerate(rest[:MAX_OBJECT_WORDS]):
        if word.quote is not None or word.text == ":" or word.low in CLAUSE_OPENERS:
            return True
        if word.text in {",", ";"}:
            return place + 1 < len(rest) and rest[place + 1].quote is not None
        if word.low in BE | HAVE | MODALS or (place and word.low in PRONOUNS):
            return True
    return False


def _quote_or_comma(words: Sequence[Word], first: int) -> bool:
    return first > 0 and (words[first - 1].quote is not None or words[first - 1].text == ",")


def _quote_before(words: Sequence[Word], verb: int) -> bool:
    """Whether a quotation, a subject and this verb stand side by side: `\u201cNo,\u201d Ms. Holm shrugged`."""
    left, helping = subjects.skip_auxiliaries(words, verb)
    subject = subjects.before(words, left) if not helping & BE else None
    at = -1 if subject is None else subject.first - 1
    return at >= 0 and words[at].quote is not None and _ends_open(words[at])


def _ends_open(word: Word) -> bool:
    return word.text.rstrip('\u201d"\u2019\u00bb ')[-1:] in ",?!\u2026-\u2013\u2014"


def _inverted(words: Sequence[Word], at: int) -> Frame | None:
    """`\u201cYes,\u201d said Mr. Kirby.` and `The deal is off, said one diplomat`."""
    if (
        at == 0
        or words[at].low not in INVERTS
        or not (words[at - 1].quote is not None or words[at - 1].text in {",", "\u2014", "\u2013"})
    ):
        return None
    subject = subjects.after(words, at + 1)
    if subject is None or (words[at - 1].quote is None and _has_subject(words, at - 1)):
        return None
    if words[subject.first].low in PRONOUNS - {"he", "she", "they", "it", "i", "we"}:
        return None
    last = subject.beside[1] if subject.beside else subject.last
    frame = _placed(words, subject, at, max(at, last))
    return replace(frame, inverted=True)


def _participle(words: Sequence[Word], at: int) -> Frame | None:
    """`..., adding that`: said by whom the sentence is about; `was saying that` has its own subject."""
    left, helping = subjects.skip_auxiliaries(words, at)
    if _is_denied(helping):
        return None
    if helping & BE:
        subject = subjects.before(words, left)
        return None if subject is None else _placed(words, subject, subject.first, at)
    if (
        left < 0
        or words[left].text in {",", "\u2013", "\u2014"}
        or words[left].low in {"and", "by", "before", "while", "after", "in", "as"}
        or words[left].quote is not None
    ):
        return _placed(words, None, left + 1, at)
    return None


def _quoted_as(words: Sequence[Word], at: int, left: int) -> Frame | None:
    """`Mr. Holm was quoted as saying`."""
    if words[at].low not in ("quoted", "cited", "reported") or at + 2 >= len(words) or words[at + 2].low != "saying":
        return None
    subject = subjects.before(words, left)
    return None if subject is None else _placed(words, subject, subject.first, at + 2)


def _quoted_another(words: Sequence[Word], at: int) -> Frame | None:
    """`The agency quoted Mr. Holm as saying`: his words."""
    subject = subjects.after(words, at + 1)
    place = None if subject is None else subject.last + 1
    if place is None or place + 1 >= len(words) or words[place].low != "as" or words[place + 1].low != "saying":
        return None
    return _placed(words, subject, at, place + 1)


def _by(words: Sequence[Word], at: int) -> Frame | None:
    """`She was told by Mr. Holm that`: his words; without a `by` nobody is named."""
    if at + 2 >= len(words) or words[at + 1].low != "by" or words[at].low not in SAID:
        return None
    subject = subjects.after(words, at + 2)
    return None if subject is None or not _has_content(words, at) else _placed(words, subject, at, subject.last)


def _according(words: Sequence[Word], at: int) -> Frame | None:
    """`According to ...`, and `in the words of ...`."""
    low = words[at].low
    following = words[at + 1].low if at + 1 < len(words) else ""
    if (low == "according" and following == "to") or (
        low == "words" and following == "of" and at > 1 and words[at - 1].low == "the"
    ):
        first = at + 2
    else:
        return None
    subject = subjects.after(words, first)
    if subject is None:
        return None
    whole = Span(words[0].span.start, words[-1].span.end)
    last = subject.beside[1] if subject.beside else subject.last
    cue = Span(words[at].span.start, words[last].span.end)
    leads = at <= 1 or words[at - 1].low in {"and", "but", "yet", "so"}
    spans = (Span(cue.end, whole.end),) if leads else (Span(whole.start, cue.start), Span(cue.end, whole.end))
    return Frame(subject, cue, spans, leads)


def _claim(words: Sequence[Word], at: int) -> Frame | None:
    """`Moscow's claim that`, `his warning that`."""
    if words[at].low not in CLAIM_NOUNS or at + 1 >= len(words) or words[at + 1].low != "that" or at == 0:
        return None
    owner = at - 1
    while (
        owner > 0
        and words[owner].is_word
        and not words[owner].is_name
        and owner > at - 4
        and not words[owner].text.endswith(("'s", "\u2019s"))
    ):
        owner -= 1
    if not words[owner].text.endswith(("'s", "\u2019s", "s'", "s\u2019")):
        return None
    subject = subjects.before(words, owner)
    return None if subject is None else _placed(words, subject, subject.first, at)


def _placed(words: Sequence[Word], subject: Subject | None, first: int, verb: int) -> Frame:
    """The frame with what it governs: the words after the verb if they are a clause, else those before it."""
    cue = Span(words[first].span.start, words[verb].span.end)
    start, end = words[0].span.start, words[-1].span.end
    after = Span(cue.end, end)
    if first == 0:
        return Frame(subject, cue, (after,), leads=True)
    previous = words[first - 1]
    as_said = previous.low == "as" and subject is not None
    if not as_said and previous.quote is None and previous.text not in {",", "\u2013", "\u2014", ")"}:
        return Frame(subject, cue, (after,), leads=True)
    if subject is None and previous.quote is None:
        return Frame(subject, cue, (after,), leads=True)
    before = Span(start, previous.span.start if previous.quote is None else previous.span.end)
    if as_said or previous.quote is not None or not _is_clause(words[verb + 1 :]):
        return Frame(subject, cue, (before, after), leads=False)
    return Frame(subject, cue, (after,), leads=True)


def _is_clause(words: Sequence[Word]) -> bool:
    """Whether what follows a verb is said by it: a clause or a quotation, before the next comma or right after it."""
    for place, word in enumerate(words):
        if word.quote is not None or word.text == ":":
            return True
        if word.text == ",":
            return place + 1 < len(words) and words[place + 1].quote is not None and place == 0
        if word.low in CLAUSE_OPENERS - {"when", "where", "what", "if"} or (word.low in BE | HAVE | MODALS):
            return True
        if place == 0 and word.low in PRONOUNS - {"who", "which", "that"} and words[1:] and words[1].is_word:
            return True
    return False


def _bounded(found: Sequence[Frame], words: Sequence[Word]) -> list[Frame]:
    """The frames with what they govern ended where another begins that stands beside or over them."""
    ends = {word.span.start: place for place, word in enumerate(words)}
    bounded: list[Frame] = []
    for number, frame in enumerate(found):
        content = list(frame.content)
        for later in found[number + 1 :]:
            place = ends.get(later.cue.start, 0)
            if not later.leads or _is_beside(words, place, later):
                border = words[max(0, place - 1)].span.start if place else later.cue.start
                content[-1] = Span(content[-1].start, max(content[-1].start, min(content[-1].end, border)))
                break
        bounded.append(replace(frame, content=tuple(span for span in content if span)))
    return bounded


def _is_beside(words: Sequence[Word], first: int, later: Frame) -> bool:
    """Whether a frame is joined on, not part of what the one before governs: `, and Biden said`, `and added`."""
    if later.subject is None:
        return True
    if first < 1:
        return False
    previous = words[first - 1]
    verb = next((i for i, word in enumerate(words) if word.span.end == later.cue.end), first)
    if previous.low in _JOINS and words[verb - 1].low not in HAVE | MODALS:  # what they had told each other is one report
        return True
    joined = (previous.low in _JOINS and first > 1 and words[first - 2].text in {",", ";"}) or (
        previous.low in _JOINS and words[first - 2].quote is not None
    )
    return joined or previous.text == ";"
