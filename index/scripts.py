"""What other scripts than the Latin one need to become search terms: borders where no space stands, marks, endings.

Chinese, Japanese and Korean give each pair of characters and each character by itself; Thai, Lao, Khmer and Burmese each run
of three (as Lucene's CJK and n-gram analysers have it: without a dictionary, so that no word is unknown). Arabic, Cyrillic,
Greek, Armenian, Devanagari and Tamil words are stemmed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from threading import Lock
from typing import Any

import snowballstemmer

LAST_LATIN = 0x24F  # end of the block Latin Extended-B
SMALL_RUN = 2
LARGE_RUN = 3  # of alphabets: two letters of them say little

_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HIRAGANA = "\u3041-\u309f"
_KATAKANA = "\u30a0-\u30ff\u31f0-\u31ff"
_HANGUL = "\u1100-\u11ff\u3130-\u318f\uac00-\ud7ff"
_SOUTH_EAST = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_UNSPACED = re.compile(f"[{_HAN}{_HIRAGANA}{_KATAKANA}{_HANGUL}{_SOUTH_EAST}]+")
_IS_SOUTH_EAST = re.compile(f"[{_SOUTH_EAST}]")
_KANA_BETWEEN = re.compile(f"[{_HIRAGANA}]+")  # Japanese particles and endings; words are seldom written in them alone
_CONCERNED = re.compile(
    "[\u0370-\u1fff\u2c80-\u2dff\u2e80-\uabff\uac00-\ud7ff\uf900-\ufaff\U00010000-\U0001efff\U00020000-\U0003ffff]"
)
# Combining characters of the scripts from Devanagari to Khmer are letters to a reader, and none to SQLite's tokenizer:
# in a term each is a character of the private use area, which is one to it.
_MARKS_FROM, _MARKS_AS = 0x0900, 0xE000
_MARK = re.compile("(?!\\w)[\u0900-\u1fff]")
_KOREAN_ENDING = re.compile(
    "(?:(?:하였|했|하|되었|됐|되|였|었|았|겠)?(?:습니까|습니다|나요|어요|아요|다고|다는|다)|합니까|합니다|한다|"
    "됩니까|됩니다|된다|되며|하며|이며|되는|하는|입니까|입니다|인가요|인가|에서는|에서|에게서|에게|까지|부터|으로|이라고|라고|께서|한테|은|는|이|가|을|를|에|와|과|의|로|도|만)$"
)

# What questions are asked with, and the commonest words beside it, as English stop words are.
FUNCTION_WORDS = tuple(
    "什么时候 什么地方 什么 为什么 为何 怎么样 怎么 怎样 如何 哪里 哪儿 哪些 哪个 哪位 何时 何地 何处 谁 多少 多久 几个 是否 有没有 请问 "
    "什麼時候 什麼地方 什麼 為什麼 為何 怎麼樣 怎麼 怎樣 哪裡 哪個 何時 何處 誰 幾個 有沒有 請問 吗 嗎 呢 的 了 在 是 "
    "何人 何日 何曜日 何処 何 "
    "누구와 누구 누가 언제 어디에서 어디서 어디 무엇을 무엇 무슨 어떻게 얼마나 얼마 어느 왜 "
    "อะไร ใคร ที่ไหน เมื่อไร เมื่อไหร่ เมื่อใด ทำไม อย่างไร ยังไง หรือไม่ เท่าไร เท่าไหร่ ที่ใด ไหม กี่".split()
)
STOP_WORDS = frozenset(
    "кто кого кому кем что чего чем где куда когда почему зачем как сколько какой какая какие какое какую чей ли и в во на с со по о об "
    "от до за из у к не это был была было были он она они его её ее их "
    "хто що де коли чому скільки який яка які "
    "متى اين من ماذا ما هل كيف لماذا كم اي في على الى عن مع ان هذا هذه التي الذي كان كانت و "
    "کی کا کے میں نے کو سے ہے کیا کون کب کہاں کیوں "
    "מי מה כל מתי איפה היכן למה מדוע איך כמה האם של על את עם אל הוא היא "
    "क्या कौन किसने किसको कब कहाँ कहां क्यों कैसे कितने कितना कितनी किस का की के में से को ने है हैं था थी थे पर और "
    "ποιος ποια ποιο τι που ποτε γιατι πως ποσο ποσα ο η το οι τα του της των τον την τη και να σε με για απο στο στη στην ειναι ηταν".split()
)
_STEMMERS = (
    ("greek", 0x370, 0x3FF),
    ("russian", 0x400, 0x52F),
    ("armenian", 0x530, 0x58F),
    ("arabic", 0x600, 0x6FF),
    ("hindi", 0x900, 0x97F),
    ("tamil", 0xB80, 0xBFF),
)
_STEMMING = Lock()  # a stemmer keeps the word it works on in itself


def concerned(text: str) -> bool:
    """Whether some of a text is in a script that is cut here; else its words are runs of letters and digits."""
    return _CONCERNED.search(text) is not None


def mostly_other(text: str) -> bool:
    """Whether most letters of a text are of another script than the Latin one."""
    letters = [character for character in text if character.isalpha()]
    return sum(ord(letter) > LAST_LATIN for letter in letters) * 2 > len(letters)


def words(folded: str) -> Iterator[str]:
    """The words of a folded text; of what no space divides each run of characters that a word may be."""
    for run in _runs(folded):
        for piece, is_unspaced in _pieces(run):
            if is_unspaced:
                yield from _grams(piece, each=True)
            else:
                yield piece


def content_words(folded: str, function_words: re.Pattern[str]) -> Iterator[str]:
    """Like `words`, without what matches `function_words`, Japanese syllables between words, and Korean endings.

    A single character is given only where it stands alone between these.
    """
    for run in _runs(folded):
        for piece, is_unspaced in _pieces(run):
            if is_unspaced:
                for part in _KANA_BETWEEN.sub(" ", function_words.sub(" ", piece)).split():
                    yield from _grams(_KOREAN_ENDING.sub("", part), each=False)
            else:
                yield piece


def term(word: str) -> str:
    """The search term of a folded word: without its ending, its marks written as letters."""
    first = ord(word[0])
    language = next((name for name, low, high in _STEMMERS if low <= first <= high), None)
    if language is not None:
        with _STEMMING:
            word = str(_stemmer(language).stemWord(word))
    return _MARK.sub(lambda match: chr(ord(match.group()) - _MARKS_FROM + _MARKS_AS), word)


@cache
def _stemmer(language: str) -> Any:
    return snowballstemmer.stemmer(language)


def _runs(folded: str) -> list[str]:
    """What stands between spaces and punctuation."""
    return "".join(c if c.isalnum() or _is_mark(c) else " " for c in folded).split()


def _is_mark(character: str) -> bool:
    return _MARK.match(character) is not None and unicodedata.category(character) in ("Mn", "Mc")


def _pieces(run: str) -> Iterator[tuple[str, bool]]:
    """The parts of a run, each with whether it is written without spaces."""
    at = 0
    for match in _UNSPACED.finditer(run):
        if match.start() > at:
            yield run[at : match.start()], False
        yield match.group(), True
        at = match.end()
    if at < len(run):
        yield run[at:], False


def _grams(piece: str, *, each: bool) -> Iterator[str]:
    """Overlapping runs of characters; where two are one, also `each` character by itself."""
    for is_south_east, group in groupby(piece, lambda c: _IS_SOUTH_EAST.match(c) is not None):
        part = "".join(group)
        size = LARGE_RUN if is_south_east else SMALL_RUN
        yield from (part[at : at + size] for at in range(max(1, len(part) - size + 1)))
        if each and not is_south_east and len(part) > 1:
            yield from part
