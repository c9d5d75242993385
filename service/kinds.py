"""Whether a sentence holds words of the kind that a question asks for: a time of what is asked, a number of what is counted."""

from __future__ import annotations

import re

from index.normalise import content_terms, terms
from index.reader.expects import Expected, candidates, counted
from service.question import Asked

LACKS_KIND = 0.3  # what is left of a judgement where nothing of the kind stands; the reader has seen as much, and may know better
PERSONS_ELSE_NAMED = 0.7  # what is left of a judgement where persons are counted under another name: workers, citizens
COUNTED_BESIDE = 0.8  # what is left of it where what is counted stands only beside the sentence
_SINCE = re.compile(r"\b(?:since|until)\b(?P<told>(?:(?!\b(?:when|and|on|but)\b)[^.;:]){0,60})$", re.IGNORECASE)
_WHEN = re.compile(r"\bwhen\b(?P<told>[^,;.:]*)$", re.IGNORECASE)
_NEXT_WORDS = re.compile(r"(?: [\w\u2019'-]+){1,3}")
_STANDS_ALONE = re.compile(r" (?:and|or|but|of (?:them|these|those)|in|at|on|are|were|is|was|have|had|by|from|to|now)\b")
_PERSONS = re.compile(
    r"\b(?:people|persons?|citizens?|nationals|men|women|children|staff|crew|members?|passengers?|victims?|patients?|guests?|"
    r"residents?|troops?|posts?|jobs?|[a-z]{3,}(?:ers|ors|ists|ians|ees|ards|smen|swomen|diers))\b",
    re.IGNORECASE,
)
_CAPITALISED = re.compile(r"\b[^\W\d_a-z]\w*")
_SINCE_ASKED = re.compile(r"\b(?:since|how long|first|last|previous|until|before)\b", re.IGNORECASE)


def holds_kind(asked: Asked, sentence: str, neighbours: str) -> float:
    """What is left of a judgement of the sentence by the kind of thing asked for, `LACKS_KIND` to 1.

    `neighbours` is the sentence with those beside it.
    """
    if asked.expected is Expected.NUMBER:
        return _counts(asked, sentence, neighbours)
    return 1.0 if asked.expected is not Expected.DATE or _holds_time(asked, sentence) else LACKS_KIND


def _counts(asked: Asked, sentence: str, neighbours: str) -> float:
    """How surely a number of the sentence counts what is asked: 1 where it is named there, less where it goes by another name.

    `LACKS_KIND` where no number could count it. A number that stands alone counts what its neighbours name: "How many goats
    does she keep?" "She likes goats. She keeps forty."
    """
    found = candidates(Expected.NUMBER, sentence, question=asked.text)
    what = counted(asked.text)
    if what is None or not found:
        return 1.0 if found else LACKS_KIND
    head = terms(what)[-1]
    if head in terms(sentence):
        return 1.0
    following = [_NEXT_WORDS.match(sentence, span.end) for span in found]
    if _PERSONS.search(what) and any(words and _PERSONS.search(words.group()) for words in following):
        return PERSONS_ELSE_NAMED
    alone = any(words is None or _STANDS_ALONE.match(words.group()) for words in following)
    return COUNTED_BESIDE if alone and head in terms(neighbours) else LACKS_KIND


def _holds_time(asked: Asked, sentence: str) -> bool:
    found = candidates(asked.expected, sentence, question=asked.text)
    if not _SINCE_ASKED.search(asked.text):
        # "Their first call since July" is not a call in July, nor what they agreed "when they met in May" a call in May.
        before = [sentence[: span.start] for span in found]
        found = [
            span
            for span, words in zip(found, before, strict=True)
            if not any(_of_another(clause, asked.text) for clause in (_SINCE.search(words), _WHEN.search(words)) if clause)
        ]
    return bool(found)


def _of_another(clause: re.Match[str], question: str) -> bool:
    """Whether a clause with "when" or "since" before a time tells of something else than the question."""
    told = set(content_terms(_CAPITALISED.sub(" ", clause["told"])))
    if not told:
        return clause.re is _SINCE
    return not told & set(content_terms(_CAPITALISED.sub(" ", question)))
