"""Whether a text is in another language than English, which is what the models know best."""

from __future__ import annotations

from collections.abc import Mapping

from index.normalise import words
from index.scripts import mostly_other

SAMPLE_CHARACTERS = 4_000
MIN_LETTERS = 80  # of Latin script: a shorter text may be a list of names
MIN_LETTERS_OTHER_SCRIPT = 8
# Words that English has and its neighbours seldom.
_ENGLISH = frozenset(
    "the of and to that were with for from by this which their they have been would said what who it not are his her".split()
)
# Their share: none in 46 texts of 23 other languages, at least 0.06 in 615 English ones of 618; what is below is classified.
ENGLISH_FROM = 0.05
_NAMES: Mapping[str, str] = dict(
    pair.split(":")
    for pair in (
        "ar:Arabic az:Azerbaijani be:Belarusian bg:Bulgarian bn:Bengali bs:Bosnian ca:Catalan cs:Czech cy:Welsh "
        "da:Danish de:German el:Greek es:Spanish et:Estonian eu:Basque fa:Persian fi:Finnish fr:French ga:Irish "
        "gl:Galician gu:Gujarati he:Hebrew hi:Hindi hr:Croatian hu:Hungarian hy:Armenian id:Indonesian is:Icelandic "
        "it:Italian ja:Japanese ka:Georgian kk:Kazakh ko:Korean lt:Lithuanian lv:Latvian mk:Macedonian mn:Mongolian "
        "mr:Marathi ms:Malay nb:Norwegian nl:Dutch nn:Norwegian no:Norwegian pl:Polish pt:Portuguese ro:Romanian "
        "ru:Russian sk:Slovak sl:Slovenian sq:Albanian sr:Serbian sv:Swedish sw:Swahili ta:Tamil te:Telugu th:Thai "
        "tl:Tagalog tr:Turkish uk:Ukrainian ur:Urdu vi:Vietnamese zh:Chinese "
    ).split()
)


def foreign_language(text: str) -> str | None:
    """The language, in English, that the beginning of a text seems to be in; None for English, and for too little to tell."""
    sample = text[:SAMPLE_CHARACTERS]
    n_letters = sum(character.isalpha() for character in sample)
    if n_letters < (MIN_LETTERS_OTHER_SCRIPT if mostly_other(sample) else MIN_LETTERS):
        return None
    found = words(sample)
    if sum(word in _ENGLISH for word in found) >= ENGLISH_FROM * len(found):
        return None
    import py3langid  # loads a model of 5 MB: only where a text is not plainly English

    code, _ = py3langid.classify(sample)
    return None if code == "en" else _NAMES.get(code, "another language than English")
