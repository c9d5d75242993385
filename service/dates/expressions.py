"""Where a text speaks of days, weeks, months and years: the patterns, none of which can run over more than a few words."""

from __future__ import annotations

import re

WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
MONTHS = "january february march april may june july august september october november december".split()
_SHORT = {
    "jan": 1,
    "feb": 2,
    "mar": 3,
    "apr": 4,
    "jun": 6,
    "jul": 7,
    "aug": 8,
    "sep": 9,
    "sept": 9,
    "oct": 10,
    "nov": 11,
    "dec": 12,
}
NUMBERS = {
    word: n
    for n, words in enumerate(
        "no|a an one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|"
        "nineteen|twenty".split("|")
    )
    for word in words.split()
}
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth "
    "seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth "
    "twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
).split()
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_MONTH_LONG = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_MONTH_SHORT = r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\."
_MONTH = rf"(?:{_MONTH_LONG}|{_MONTH_SHORT})"
_DAY = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?|{'|'.join(sorted(_ORDINALS, key=len, reverse=True))})"
_COUNT = rf"(?:\d{{1,3}}|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})"
_S = r"\s{1,3}"  # a line may break inside an expression
_DASH = r"\s?[-\u2013\u2014]\s?"
_PART_OF_DAY = "morning|afternoon|evening|night"

EXPRESSION = re.compile(
    "|".join(
        (
            r"(?P<iso>\b\d{4}-\d{2}-\d{2}\b)",
            rf"(?P<full>\b(?:{_WEEKDAY},?{_S})?(?:(?:the{_S})?(?P<full_day>{_DAY}){_S}(?:of{_S})?(?P<full_month>{_MONTH}),?{_S}(?P<full_year>\d{{4}})"
            rf"|(?P<us_month>{_MONTH}){_S}(?P<us_day>\d{{1,2}})(?:st|nd|rd|th)?,?{_S}(?P<us_year>\d{{4}}))\b)",
            rf"(?P<span>\b(?:(?P<span_month>{_MONTH}){_S}(?P<span_a>\d{{1,2}}){_DASH}(?P<span_b>\d{{1,2}})"
            rf"|(?P<eu_a>\d{{1,2}}){_DASH}(?P<eu_b>\d{{1,2}}){_S}(?P<eu_month>{_MONTH}))\b(?!:)(?!,?\s\d{{4}}))",
            rf"(?P<date>\b(?:{_WEEKDAY},?{_S})?(?:(?:the{_S})?(?P<day>{_DAY}){_S}(?:of{_S})?(?P<month>{_MONTH})"
            rf"|(?P<month_first>{_MONTH}){_S}(?P<day_last>\d{{1,2}})(?:st|nd|rd|th)?)(?!\w)(?![:.,]\d))",
            rf"(?P<month_year>\b(?P<my_month>{_MONTH}),?{_S}(?:of{_S})?(?P<my_year>\d{{4}})\b)",
            rf"(?P<said_month>(?i:\b(?P<said_which>last|next|this(?:{_S}past|{_S}coming)?)){_S}(?P<said_name>{_MONTH_LONG})\b)",
            rf"(?P<bare_month>(?:(?i:(?<=\bin\s)|(?<=\bsince\s)|(?<=\bby\s)|(?<=\buntil\s)|(?<=\btill\s)|(?<=\bof\s)|(?<=\bfrom\s)|(?<=\bfor\s)|"
            rf"(?<=\bduring\s)|(?<=\bearly\s)|(?<=\blate\s)|(?<=\bmid-)|(?<=\bbefore\s)|(?<=\bafter\s)|(?<=\bthrough\s)|(?<=\bto\s))){_MONTH_LONG}\b(?!{_S}\d))",
            r"(?P<two_days>(?i:\bthe\sday\sbefore\syesterday|\bthe\sday\safter\stomorrow)\b)",
            rf"(?P<ago>(?i:(?<!half\s)\b(?P<ago_n>{_COUNT}|a{_S}couple{_S}of|a{_S}fortnight){_S}?(?P<ago_unit>days?|weeks?|months?|years?|fortnights?)?{_S}ago)\b)",
            rf"(?P<in>(?i:\bin{_S}(?P<in_n>{_COUNT}){_S}(?P<in_unit>days?|weeks?|months?|years?))\b(?P<in_time>['\u2019]?s?['\u2019]?{_S}time\b)?(?!{_S}(?:of|or|and|to)\b))",
            rf"(?P<later>(?i:\b(?P<later_n>{_COUNT}){_S}(?P<later_unit>days?|weeks?){_S}(?P<later_way>later|earlier|before(?=[\s,.;]*(?:[,.;]|$))|after(?=[\s,.;]*(?:[,.;]|$))))\b)",
            rf"(?P<anchored>(?i:\bthe{_S}(?:(?P<which>following|next|previous|same){_S}(?:day|{_PART_OF_DAY})|day{_S}(?P<around>before|after)(?!{_S}(?:yesterday|tomorrow)))"
            rf"|\bthat{_S}(?P<that>same{_S}day|day|{_PART_OF_DAY}))\b)",
            rf"(?P<day_word>(?i:\byesterday|\btoday|\btonight|\btomorrow|\bovernight|\blast{_S}(?:night|evening)|\bthis{_S}(?:morning|afternoon|evening)|\bearlier{_S}in{_S}the{_S}day)\b)",
            rf"(?P<period>(?i:\b(?P<period_which>last|next|this(?:{_S}past|{_S}coming)?|past|coming|the{_S}following|the{_S}previous){_S}(?P<period_unit>week-?end|week|month|year))\b(?!{_S}(?:and|or){_S}a))",
            r"(?P<weekend>(?i:\bthe\sweek-?end)\b)",
            rf"(?P<weekday>(?i:\b(?P<weekday_which>last|next|this(?:{_S}past|{_S}coming)?|the{_S}(?:following|previous)|on{_S}the{_S}following){_S})?\b(?P<weekday_name>{_WEEKDAY})\b"
            rf"(?P<weekday_of>(?i:{_S}(?:of{_S})?(?:last|next|this){_S}week|{_S}(?:last|week)\b))?)",
        )
    )
)


def month_number(name: str) -> int:
    """From 1: of a month's name or its abbreviation."""
    low = name.lower().rstrip(".")
    return _SHORT[low] if low in _SHORT else MONTHS.index(low) + 1


def day_number(word: str) -> int:
    """Of `2`, `2nd` or `second`."""
    low = word.lower()
    return _ORDINALS.index(low) + 1 if low in _ORDINALS else int(re.sub(r"\D", "", low))


def count(word: str) -> int:
    """Of `3`, `three`, `a`, `a couple of`."""
    low = " ".join(word.lower().split())
    if low == "a couple of":
        return 2
    return NUMBERS[low] if low in NUMBERS else int(low)
