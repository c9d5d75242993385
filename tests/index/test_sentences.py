from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index import loaders
from index.sentences import MAX_SENTENCE_CHARACTERS, cut_point, sentences
from index.types import Span

NEWS = st.lists(
    st.sampled_from(
        """U.S. Mr. Kirby “TikTok came up, yes,” said. Xi ... … ” ? ! – — a.m. Tuesday Gov. Sen. (R-Tex.) 3.5 $1.2 No. 5
        Привет. 你好。 🙂 e.g. Inc. Ph.D. [China] ‘invest, \n \n\n \r\n \t \u2028 \u00a0 \u200b ; : , - * •""".split(" ")
    ),
    max_size=60,
).map(" ".join)
ANY_TEXT = st.one_of(st.text(max_size=200), NEWS)
LONG = st.builds(lambda text, times: text * times, st.text(min_size=1, max_size=40), st.integers(30, 120))


def of(text: str) -> list[str]:
    return [span.of(text) for span in sentences(text, Span(0, len(text)))]


def words_at(text: str) -> list[int]:
    """Where the letters and digits of a text stand: what may never be lost."""
    return [place for place, c in enumerate(text) if c.isalnum()]


def assert_each_word_once(text: str, within: Span) -> None:
    found = sentences(text, within)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(within.covers(span) for span in found)
    held = [place for span in found for place in range(span.start, span.end)]
    wanted = [within.start + place for place in words_at(within.of(text))]
    assert set(wanted) <= set(held)
    assert all(span.of(text) == span.of(text).strip() != "" for span in found)
    assert max((len(span) for span in found), default=0) <= MAX_SENTENCE_CHARACTERS


@given(ANY_TEXT)
@example("\r\n\r\x0b\x0c\x1c\x85\u2028\u2029 a")
@example("...\n\n…”\nA.")
@example("A p.m. Tuesday. x")
@example("\u0345\u0130 İ. ß")
def test_every_word_of_any_text_is_in_exactly_one_sentence(text: str) -> None:
    assert_each_word_once(text, Span(0, len(text)))


@given(ANY_TEXT, st.data())
def test_every_word_of_a_range_is_in_exactly_one_sentence_of_that_range(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    assert_each_word_once(text, Span(start, data.draw(st.integers(start, len(text)))))


@given(LONG)
def test_no_sentence_of_a_long_text_is_over_the_bound(text: str) -> None:
    assert_each_word_once(text, Span(0, len(text)))


@given(ANY_TEXT)
def test_a_range_is_cut_the_same_wherever_it_stands(text: str) -> None:
    alone = sentences(text, Span(0, len(text)))
    prefix = "Before that, something else.\n\n"
    assert sentences(prefix + text, Span(len(prefix), len(prefix + text))) == [span.shifted(len(prefix)) for span in alone]


@pytest.mark.parametrize(
    "text",
    [
        "And the White House said Biden had raised some U.S. concerns.",
        "Oh, that's a complaint from multiple U.S. administrations of both parties.",
        "Mr. Kirby added that the two leaders also discussed TikTok.",
        "Sen. Ted Cruz and Gov. Greg Abbott met Dr. Fauci at 10 a.m. Tuesday.",
        "“TikTok came up today, yes,” Mr. Kirby said.",
        "And the fear is that they will be used against the United States – excuse me – or to harm our national interest.",
        "It fell by 3.5 percent to $1.2 billion.",
        "“Intense competition requires intense diplomacy. And this call is one way to do that.”",
    ],
)
def test_these_are_one_sentence_each(text: str) -> None:
    assert of(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He is in Beijing. Hi, John.", ["He is in Beijing.", "Hi, John."]),
        ("It was good. “We agree,” he said.", ["It was good.", "“We agree,” he said."]),
        ("They spoke of the U.S. They met.\n\nThen they left.", None),
        ("One line\nNext line", ["One line", "Next line"]),
        ("- first point\n- second point", ["- first point", "- second point"]),
        ("Привет. Как дела?", ["Привет.", "Как дела?"]),
        ("Really?! Yes.", ["Really?!", "Yes."]),
    ],
)
def test_borders_stand_where_a_reader_puts_them(text: str, expected: list[str] | None) -> None:
    found = of(text)
    assert found[-1] == "Then they left." if expected is None else found == expected


def test_a_hard_wrapped_paragraph_keeps_its_sentences_across_line_ends() -> None:
    text = (
        "The two leaders agreed to maintain regular open lines of\n"
        "communication to responsibly manage competition. They also\n"
        "spoke of trade."
    )
    assert of(text) == [
        "The two leaders agreed to maintain regular open lines of\ncommunication to responsibly manage competition.",
        "They also\nspoke of trade.",
    ]


def test_punctuation_alone_belongs_to_the_sentence_before_it() -> None:
    assert of("This has been a sore point for Beijing. .") == ["This has been a sore point for Beijing. ."]


def test_a_text_without_white_space_is_cut_at_the_bound() -> None:
    text = "x" * 2_500
    assert [len(part) for part in of(text)] == [1_000, 1_000, 500]


def test_a_sentence_that_is_too_long_is_cut_at_a_clause_border_first() -> None:
    text = "word " * 150 + "word; " + "word " * 90 + "end."
    first, second = of(text)
    assert first == ("word " * 150 + "word;")
    assert second.startswith("word ")


@given(st.text(min_size=1, max_size=80), st.integers(0, 40))
def test_a_cut_point_always_moves_on(text: str, start: int) -> None:
    span = Span(min(start, len(text) - 1), len(text))
    assert span.start < cut_point(text, span) <= span.end


def seed_sentences(folder: Path, start: str) -> list[str]:
    path = next(folder.glob(f"{start}*.txt"))
    extracted = loaders.load(path.name, path.read_bytes())
    return [span.of(extracted.text) for section in extracted.sections for span in sentences(extracted.text, section.span)]


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ("004", "Yeah, well, it was – a U.S. official called it a recording, right?"),
        ("004", "NPR's John Ruwitch has been following the developments."),
        ("004", "He did."),
        ("004", "I mean, there are pros and cons to both."),
        ("000", "“TikTok came up today, yes,” Mr. Kirby said."),
        ("000", "“That has, of course, longer-term impacts on European security as well.”"),
        (
            "000",
            (
                "Mr. Kirby added that the two leaders also discussed the Chinese-owned social media app TikTok, which could be "
                "banned from the United States if legislation under consideration in the Senate is passed."
            ),
        ),
        (
            "000",
            (
                "“In order to ensure that we are disrupting the trade flow, we the U.S. and China need to maintain close "
                "consultations, both law enforcement to law enforcement at the technical level…”"
            ),
        ),
        (
            "000",
            (
                "“Intense competition requires intense diplomacy to manage tensions, address misperceptions, and prevent "
                "unintended conflict. And this call is one way to do that.”"
            ),
        ),
    ],
)
def test_a_sentence_of_the_seeds_is_found_whole(seed_folder: Path, document: str, sentence: str) -> None:
    assert sentence in seed_sentences(seed_folder, document)


@pytest.mark.parametrize(("document", "ending"), [("004", "of China's high technology."), ("000", "at the technical level…”")])
def test_a_sentence_of_the_seeds_ends_there(seed_folder: Path, document: str, ending: str) -> None:
    assert len([sentence for sentence in seed_sentences(seed_folder, document) if sentence.endswith(ending)]) == 1


def test_the_report_has_twenty_two_sentences_and_none_begins_within_another(seed_folder: Path) -> None:
    found = seed_sentences(seed_folder, "000")
    assert len(found) == 22
    assert [s for s in found if not re.match(r"[“A-Z]", s)] == []


@pytest.mark.parametrize(
    "found",
    [
        ["部长在成都会见了市长。", "他说大桥明天关闭！", "为什么？", "因为要修理。"],
        ["大臣は京都で市長と会談した。", "「橋は明日閉鎖される。」と述べた。", "雨だった。"],
        ["장관은 부산에서 시장을 만났다.", "비가 왔다."],
        ["रमा ने कहा कि पुल बंद है।", "बारिश हुई।"],
        ["هل سيغلق الجسر؟", "نعم، غدا."],
        ["وزیر نے منگل کو میئر سے ملاقات کی۔", "بارش ہوئی۔"],
        ["រដ្ឋមន្ត្រីបានជួបអភិបាលក្រុង។", "ស្ពាននឹងបិទនៅថ្ងៃស្អែក។"],
        ["รัฐมนตรีพบนายกเทศมนตรีที่เชียงใหม่", "เขากล่าวว่าสะพานจะปิดพรุ่งนี้ 5 วัน ฝนตก"],
    ],
)
def test_sentences_of_other_scripts_end_at_their_own_marks(found: list[str]) -> None:
    text = " ".join(found)
    assert [span.of(text) for span in sentences(text, Span(0, len(text)))] == found
