"""Whose words a side, an institution or a role means."""

from __future__ import annotations

import pytest

from index.loaders import from_text
from index.types import Document
from service.attribution import Speakers, read_speakers
from service.sides import side_of, speaks_for
from service.types import Attribution

STORY = (
    "Chinese leader Li Wen said no. Boris Katz, the harbour union's secretary, said yes. White House spokeswoman Carla Dorn told "
    "reporters nothing. Emil Frey, a former Chinese trade official, said little. Anna Vance, an analyst in Beijing, said more."
)


@pytest.fixture(scope="module")
def speakers() -> Speakers:
    return read_speakers(Document("d", "d.txt", None, STORY, "s", None, None, None, from_text(STORY).sections))


@pytest.mark.parametrize(
    ("alias", "side"),
    [
        ("the Chinese side", "china"),
        ("Beijing", "china"),
        ("China", "china"),
        ("the U.S.", "unitedstates"),
        ("American officials", "unitedstates"),
        ("the White House", "unitedstates"),
        ("Moscow", "russia"),
        ("Li Wen", None),
        ("the union", None),
        ("China Daily", None),
        ("", None),
    ],
)
def test_a_side_is_a_state_by_any_of_its_names(alias: str, side: str | None) -> None:
    assert side_of(alias) == side


@pytest.mark.parametrize(
    ("speaker", "alias"),
    [
        ("Li Wen", "the Chinese side"),
        ("Li Wen", "Beijing"),
        ("China", "the Chinese side"),
        ("Chinese Foreign Ministry", "China"),
        ("Boris Katz", "the union"),
        ("Boris Katz", "the union's secretary"),
        ("Boris Katz", "KATZ"),
        ("Boris Katz", "Mr. Katz"),
        ("Carla Dorn", "the White House"),
        ("Carla Dorn", "the spokesman"),
        ("senior official at the bureau", "the official"),
    ],
)
def test_words_are_of_whom_the_document_ties_to_the_alias(speakers: Speakers, speaker: str, alias: str) -> None:
    assert speaks_for(speakers, Attribution(speaker, None), alias)


@pytest.mark.parametrize(
    ("speaker", "alias"),
    [
        ("Emil Frey", "the Chinese side"),
        ("Anna Vance", "Beijing"),
        ("Li Wen", "the White House"),
        ("Boris Katz", "the spokesman"),
        ("Carla Dorn", "the union"),
        (None, "Beijing"),
        ("Li Wen", ""),
    ],
)
def test_words_of_others_are_not(speakers: Speakers, speaker: str | None, alias: str) -> None:
    """A former official and an analyst speak for themselves."""
    assert not speaks_for(speakers, Attribution(speaker, None), alias)
