"""What kind of words a question expects for an answer, and whether a sentence holds such words."""

from __future__ import annotations

import re
from enum import StrEnum

from index.types import Span

_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan\.|Feb\.|Aug\.|Sept\.|Oct\.|Nov\.|Dec\.)"
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_UNIT_OF_TIME = r"(?:second|minute|hour|day|week|month|year|decade|quarter|spring|summer|autumn|fall|winter|weekend)"
_SEASON = r"(?:spring|summer|autumn|fall|winter)"
_ONES = r"(?:one|two|three|four|five|six|seven|eight|nine)"
_TENS = r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
_TEENS = r"(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)"
_LARGE = r"(?:dozen|hundred|thousand|million|billion|trillion)"
# "one" alone is seldom a number: "one of them".
_SMALL_NUMBER = rf"(?:{_TENS}(?:-{_ONES})?|{_TEENS}|(?!one\b){_ONES}|(?:one|an?) (?={_LARGE}\b){_LARGE}|{_LARGE}s?)(?: (?:and )?(?:{_LARGE}s?|{_TENS}(?:-{_ONES})?|{_TEENS}|{_ONES})\b)*"
_ORDINAL = r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|twenty-\w+th|twenty-first|twenty-second|twenty-third|thirtieth|thirty-first|\d{1,2}(?:st|nd|rd|th))"

DATES = re.compile(
    rf"\b(?:(?:early|late|mid-?)\s?)?(?:"
    rf"{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?|\d{{1,2}}\s+{_MONTH}(?:\s+\d{{4}})?|(?:last\s+|next\s+|this\s+)?{_MONTH}(?:,?\s+\d{{4}})?|"
    rf"(?:the )?{_ORDINAL} of (?:{_MONTH}|this month)|{_WEEKDAY},? the {_ORDINAL}|"
    rf"\d{{4}}-\d{{2}}-\d{{2}}|(?:last |next |this )?{_WEEKDAY}(?:\s+(?:morning|afternoon|evening|night))?|this (?:morning|afternoon|evening)|"
    rf"(?:the )?(?:end|beginning|start|middle) of (?:the |this |next |last )?(?:{_MONTH}|{_UNIT_OF_TIME})|(?:in )?the {_SEASON}(?: of (?:1[5-9]|20)\d\d)?|"
    rf"(?:in|within) (?:\d+|an?|{_SMALL_NUMBER}) {_UNIT_OF_TIME}s?(?: time)?|noon|midnight|\d{{1,2}}(?:[:.]\d\d)? ?[ap]\.?m\b|\d{{1,2}}:\d\d|\w+ o['\u2019]clock|"
    rf"yesterday|today|tomorrow|tonight|(?:earlier|later)?\s?(?:last|next|this) (?:{_UNIT_OF_TIME})|"
    rf"(?:about |at least )?(?:once|twice|three times) an? {_UNIT_OF_TIME}|every {_UNIT_OF_TIME}|"
    rf"(?:\d+|a|an|{_SMALL_NUMBER}) {_UNIT_OF_TIME}s? (?:ago|later|earlier)|(?:in |since |until )?(?:1[5-9]|20)\d\d|last {_MONTH}"
    rf")\b(?!-)",
    re.IGNORECASE,
)
NUMBERS = re.compile(
    rf"(?:[$\u20ac\u00a3\u00a5]\s?)?\b(?:nearly |about |around |more than |at least |almost |roughly )?"
    rf"(?:\d[\d,.]*\d|\d|{_SMALL_NUMBER})(?:\s?%|\s(?:percent|hundred|thousand|million|billion|trillion))*"
    rf"(?:[- ](?:{_UNIT_OF_TIME}s?)(?:-(?:long|old))?)?",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?:[^\W\d_a-z][\w\u2019'&\-]+)(?: (?:of |the )?[^\W\d_a-z][\w\u2019'&\-]+)*")
_DESCRIBED_PERSON = re.compile(
    r"\b(?:officials?|spokes\w+|authorities|president|minister|secretary|adviser|aide)\b", re.IGNORECASE
)

_DAY = re.compile(
    rf"{_MONTH}\s+\d{{1,2}}\b|\d\s+{_MONTH}|{_WEEKDAY}|yesterday|today|tomorrow|tonight|\d{{4}}-\d{{2}}-\d{{2}}", re.IGNORECASE
)
_LEAD = re.compile(
    r"(?:And|But|So|The|A|An|It|He|She|They|We|I|Yeah|Well|Oh|This|That|These|Those|There|In|On|At|According|As|If)\b",
    re.IGNORECASE,
)
_DAY_QUESTION = re.compile(r"\b(?:what|which|exact|precise) (?:exact |precise )?(?:day|date|weekday)\b", re.IGNORECASE)
_WEEKDAY_NAME = re.compile(_WEEKDAY, re.IGNORECASE)
_WEEKDAY_QUESTION = re.compile(r"\b(?:day of the week|weekday)\b", re.IGNORECASE)
_YEAR_QUESTION = re.compile(r"\b(?:what|which) year\b", re.IGNORECASE)
_YES_NO = re.compile(
    r"^\W*(?:and |but |so )?(?:did|does|do|is|are|was|were|has|have|had|will|would|can|could|should|might|may)\b(?!.*\bor\b[^?]*\?\s*$)",
    re.IGNORECASE,
)
_TAG = re.compile(r",? (?:right|correct|yes|no|okay|isn['\u2019]t it)\?$", re.IGNORECASE)
_PRICE_QUESTION = re.compile(
    r"\bhow much (?:money|.*\b(?:cost|pa(?:y|id)|spen[dt]|worth|price|charge))|\bwhat price\b", re.IGNORECASE
)
_MONEY = re.compile(r"[$\u20ac\u00a3\u00a5]|\b(?:dollars?|euros?|pounds?|yuan|yen|cents?)\b", re.IGNORECASE)
_SUM = re.compile(r"\b(?:million|billion|trillion)s?$", re.IGNORECASE)  # of whatever coin
_NEXT_WORD = re.compile(r"[ -][^\W\d_]+")
_AMOUNT_QUESTION = re.compile(r"\bhow much (?!(?:time|long|lat|earli|old|young)\w*)", re.IGNORECASE)
_AGE_QUESTION = re.compile(r"\bhow old\b", re.IGNORECASE)
# "Anna Vance, 61, said": the age of whom it stands behind, not of anybody.
_AGE_STANDS = re.compile(r"(?P<whose>[\w\u2019'-]+)(?:, (?:aged )?| is | turn(?:s|ed) | aged )\Z")
_AGE_FOLLOWS = re.compile(r"[ -]years?[ -]old\b")
_DURATION_QUESTION = re.compile(
    r"\bhow (?:old|long(?! (?:is|was|are|were|will|would) (?:(?:the|a|an|this|that|his|her|its|their) )?(?:[\w-]+ )?"
    r"(?:queue|line|list|tailback|road|bridge|cable|pipe\w*|fence|wall|tunnel|border|route|letter|document|report|ship|train)\b))\b",
    re.IGNORECASE,
)
# "How long has he been there?" "Since 2020"; but nothing lasted "since 2020".
_LASTED = re.compile(r"\bhow long (?:did|was|were)\b", re.IGNORECASE)
_STILL_TO_LAST = re.compile(r"\bhow long (?:will|would|until|till|before)\b", re.IGNORECASE)
_NO_MORE_THAN_ONE = re.compile(
    r"\b(?:one(?! (?:of|another|side|day|thing|hand)\b)|no(?= [a-z]+s\b)|none|nobody|no one)\b", re.IGNORECASE
)
_COUNTED = re.compile(
    r"\bhow many (?:more |other |of the |of )?(?P<counted>[\w\u2019'\-]+(?: [\w\u2019'\-]+){0,3}?)(?= (?:are|is|were|was|did|do|does|has|have|had|will|would|can|could)\b|[?.,]|$)",
    re.IGNORECASE,
)

# "What did they agree to when they met?" asks for no time: when and where ask at the start, at the end, or after "and".
_ASKS_HERE = r"(?:^\W*(?:(?:and|but|so|since|until|by|from|to|on the call,?)\s+)?|\band |, )"
_WHEN_QUESTION = re.compile(
    rf"{_ASKS_HERE}when\b|\bwhen\W*$|\b(?:what|which) (?:exact |other )?(?:day|date|year|month|week|time|century|decade)\b|\bhow (?:long ago|often|recently)\b",
    re.IGNORECASE,
)
_COUNT_QUESTION = re.compile(
    r"\bhow (?:many|much|long|old|far|big|large|high|tall)\b|\bwhat (?:percent\w*|number|share|amount|price|age)\b", re.IGNORECASE
)
_WHO_QUESTION = re.compile(r"\bwho(?:m|se)?\b", re.IGNORECASE)
_WHERE_QUESTION = re.compile(
    rf"{_ASKS_HERE}where\b|\bwhere\W*$|\b(?:what|which) (?:city|country|place|state|region|town)\b", re.IGNORECASE
)


class Expected(StrEnum):
    """The kind of words an answer needs."""

    DATE = "date"
    NUMBER = "number"
    PERSON = "person"
    PLACE = "place"
    ANY = "any"


def asks_for_a_nod(sentence: str) -> bool:
    """Whether what ends like a question states something: "A call, right?"."""
    return bool(_TAG.search(sentence.rstrip()))


def asks_whether(question: str) -> bool:
    """Whether yes or no is asked for."""
    return bool(_YES_NO.search(question))


def expected(question: str) -> Expected:
    """What the question word asks for; the first that stands in the question, so that "when and where" is a date."""
    asked = {
        Expected.DATE: _WHEN_QUESTION,
        Expected.NUMBER: _COUNT_QUESTION,
        Expected.PERSON: _WHO_QUESTION,
        Expected.PLACE: _WHERE_QUESTION,
    }
    found = {kind: match.start() for kind, pattern in asked.items() if (match := pattern.search(question))}
    return min(found, key=lambda kind: found[kind], default=Expected.ANY)


def candidates(kind: Expected, sentence: str, *, question: str) -> list[Span]:
    """The spans of a sentence that are of the expected kind and fine enough, and not words of the question, in order."""
    known = set(re.findall(r"\w+", question.casefold()))
    patterns = _patterns(kind)
    if kind is Expected.NUMBER and counted(question):
        patterns = (*patterns, _NO_MORE_THAN_ONE)
    if kind is Expected.NUMBER and _STILL_TO_LAST.search(question):
        patterns = (*patterns, DATES)
    spans = [Span(match.start(), match.end()) for pattern in patterns for match in pattern.finditer(sentence)]
    fresh = [
        span
        for span in spans
        if not set(re.findall(r"\w+", span.of(sentence).casefold())) <= known and _fits(kind, span, sentence, question)
    ]
    return sorted(fresh)


def counted(question: str) -> str | None:
    """What a "how many" question counts, as it names it."""
    match = _COUNTED.search(question)
    return match["counted"] if match else None


def _fits(kind: Expected, span: Span, sentence: str, question: str) -> bool:
    words = span.of(sentence)
    match kind:
        case Expected.DATE if _DAY_QUESTION.search(question):
            return bool((_WEEKDAY_NAME if _WEEKDAY_QUESTION.search(question) else _DAY).search(words))
        case Expected.DATE if _YEAR_QUESTION.search(question):
            return bool(re.search(r"\b\d{4}\b", words))
        case Expected.NUMBER:
            if _AGE_QUESTION.search(question):
                return _is_age(span, sentence, question)
            return _is_amount(words, _NEXT_WORD.match(sentence, span.end), question)
        case Expected.PERSON | Expected.PLACE:
            return not _LEAD.match(words)
        case _:
            return True


def _is_age(span: Span, sentence: str, question: str) -> bool:
    if _AGE_FOLLOWS.match(sentence, span.end) or span.of(sentence).casefold().endswith("-old"):
        return True
    stands = _AGE_STANDS.search(sentence[: span.start])
    if stands is None or not re.fullmatch(r"\d{1,3}", span.of(sentence)):
        return False
    return stands["whose"].casefold() in set(re.findall(r"[\w\u2019'-]+", question.casefold())) | {"he", "she", "it"}


def _is_amount(words: str, following: re.Match[str] | None, question: str) -> bool:
    """Whether a number is money, a stretch of time, or anything but that, as the question asks."""
    if _PRICE_QUESTION.search(question):
        return bool(_MONEY.search(words) or _SUM.search(words) or (following and _MONEY.search(following.group())))
    is_stretch, is_date = bool(re.search(_UNIT_OF_TIME, words, re.IGNORECASE)), bool(DATES.fullmatch(words))
    if _DURATION_QUESTION.search(question):
        return is_stretch or (is_date and not _LASTED.search(question))
    return not ((is_stretch or is_date) and _AMOUNT_QUESTION.search(question))


def _patterns(kind: Expected) -> tuple[re.Pattern[str], ...]:
    match kind:
        case Expected.DATE:
            return (DATES,)
        case Expected.NUMBER:
            return (NUMBERS,)
        case Expected.PERSON:
            return (_NAME, _DESCRIBED_PERSON)
        case Expected.PLACE:
            return (_NAME,)
        case Expected.ANY:
            return ()
