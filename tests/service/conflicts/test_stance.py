"""Told as a fact, denied, or only supposed."""

from __future__ import annotations

import pytest

from service.conflicts.stance import Stance, stances


@pytest.mark.parametrize(
    ("sentence", "stance"),
    [
        ("The minister resigned on Friday.", Stance.AFFIRMED),
        ("The minister had offered to resign.", Stance.SUPPOSED),
        ("The minister would resign, an aide said.", Stance.SUPPOSED),
        ("The minister did not resign.", Stance.DENIED),
        ("The office denied that she would resign.", Stance.DENIED),
        ("She refused to resign.", Stance.DENIED),
        ("Nobody knew why, but she resigned.", Stance.AFFIRMED),
        ("Will she resign?", Stance.SUPPOSED),
    ],
)
def test_the_words_before_a_verb_tell_how_it_is_told(sentence: str, stance: Stance) -> None:
    assert [found for _, found in stances(sentence, "resign")] == [stance]
