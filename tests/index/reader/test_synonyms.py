"""Putting questions in other words by WordNet's files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.errors import InputRejected
from index.reader.training.synonyms import Thesaurus, read_wordnet

# "bank" is tagged as often in either sense; "car" has companions of its own, "boat" only what is wider.
DATA = {
    "noun": "  1 a licence line\n"
    "00000010 06 n 02 car 0 automobile 0 001 @ 00000030 n 0000 | a motor vehicle\n"
    "00000020 06 n 01 boat 0 001 @ 00000030 n 0000 | it floats\n"
    "00000030 06 n 02 vehicle 0 Ship_2 0 000 | it carries\n"
    "00000040 06 n 02 bank 0 depository 0 000 | money\n"
    "00000050 06 n 02 bank 1 riverside 0 000 | a slope\n",
    "verb": "00000060 30 v 02 raise 0 lift 0 000 01 + 08 00 | move upwards\n"
    "00000070 30 v 02 carry 0 haul 0 000 01 + 08 00 | move\n",
    "adj": "00000080 00 a 02 large 0 big(p) 0 000 | above average\n",
    "adv": "",
}
INDEX = {
    "noun": "  1 a licence line\n"
    "car n 1 1 @ 1 1 00000010  \n"
    "automobile n 1 1 @ 1 0 00000010  \nboat n 1 1 @ 1 1 00000020  \nbank n 2 0 2 2 00000040 00000050  \n",
    "verb": "raise v 1 0 1 1 00000060  \ncarry v 1 0 1 1 00000070  \n",
    "adj": "large a 1 0 1 1 00000080  \n",
    "adv": "",
}
COUNTS = (
    "car%1:06:00:: 1 9\nboat%1:06:00:: 1 3\nbank%1:14:00:: 1 5\nbank%1:17:01:: 2 5\nbank%2:40:00:: 1 2\n"
    "raise%2:30:00:: 1 9\ncarry%2:30:00:: 1 9\nlarge%3:00:00:: 1 9\nautomobile%1:06:00:: 1 1\n"
)


@pytest.fixture(scope="module")
def thesaurus(tmp_path_factory: pytest.TempPathFactory) -> Thesaurus:
    folder = tmp_path_factory.mktemp("wordnet")
    for part, data in DATA.items():
        (folder / f"data.{part}").write_text(data)
        (folder / f"index.{part}").write_text(INDEX[part])
    (folder / "cntlist.rev").write_text(COUNTS)
    (folder / "verb.exc").write_text("went go\ngoing go\ngone go\n")
    return read_wordnet(folder)


def ways(thesaurus: Thesaurus, question: str) -> set[str]:
    return {thesaurus.reworded(question, np.random.default_rng(seed)) for seed in range(60)}


@pytest.mark.parametrize(
    ("question", "other"),
    [
        ("Who saw the boat?", "Who saw the vehicle?"),
        ("Who saw cars?", "Who saw automobiles?"),
        ("Who raised it?", "Who lifted it?"),
        ("Who is raising it?", "Who is lifting it?"),
        ("Who carries it?", "Who hauls it?"),
        ("How large was it?", "How big was it?"),
    ],
)
def test_a_common_word_is_sometimes_exchanged_in_its_form(thesaurus: Thesaurus, question: str, other: str) -> None:
    assert ways(thesaurus, question) == {question, other}


@pytest.mark.parametrize("question", ["Who saw the bank?", "Who met Mr. Car?", "Who saw the automobile?", "Who was there?"])
def test_words_of_several_senses_names_and_rare_words_stay(thesaurus: Thesaurus, question: str) -> None:
    assert ways(thesaurus, question) == {question}


def test_a_folder_without_the_dictionary_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRejected, match="lacks a file"):
        read_wordnet(tmp_path)


def test_files_in_another_format_are_refused(tmp_path: Path) -> None:
    for part in DATA:
        (tmp_path / f"data.{part}").write_text("nothing like it\n")
        (tmp_path / f"index.{part}").write_text("car n 1\n")
    (tmp_path / "cntlist.rev").write_text(COUNTS)
    with pytest.raises(InputRejected, match="another format"):
        read_wordnet(tmp_path)


@pytest.mark.parametrize(
    ("sentence", "past"),
    [
        ("The ministers raised the duty.", ("raised", "raise")),
        ("The ministers went home.", ("went", "go")),
        ("The ministers carried it and went home.", ("carried", "carry")),
    ],
)
def test_the_first_verb_in_the_past_is_found_with_its_base(thesaurus: Thesaurus, sentence: str, past: tuple[str, str]) -> None:
    found = thesaurus.first_past(sentence)
    assert found is not None
    assert (found[0].group(), found[1]) == past


@pytest.mark.parametrize("sentence", ["The duty was raised.", "Raised duties hurt.", "They go home.", "He is going home."])
def test_a_participle_is_no_verb_in_the_past(thesaurus: Thesaurus, sentence: str) -> None:
    assert thesaurus.first_past(sentence) is None
