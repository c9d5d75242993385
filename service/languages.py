"""What an answer must say of languages that the models do not know as they know English."""

from __future__ import annotations

from collections.abc import Sequence

from index.language import foreign_language
from index.reader.by_words import is_read_by_words
from service.types import FoundPassage

_BY_WORDS = "the question is in a script that the models do not know: only a sentence that holds its words can answer it"


def language_warnings(question: str, passages: Sequence[FoundPassage]) -> tuple[str, ...]:
    """That a question was read by its words, and which languages other than English cited passages seem to be in."""
    found = (foreign_language(passage.text) for passage in passages if passage.cited)
    cited = dict.fromkeys(language for language in found if language)
    return (
        *((_BY_WORDS,) if is_read_by_words(question) else ()),
        *(f"a cited passage seems to be in {language}: the models know English best" for language in cited),
    )
