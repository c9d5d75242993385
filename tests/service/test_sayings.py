"""The many ways in which reports say who said what: each a claim about the words marked with « »."""

from __future__ import annotations

import pytest

from index.loaders import from_text
from index.types import Document, Span
from service.attribution import attribute, read_speakers
from service.types import Attribution

INTRO = "Anna Vance, the wheat minister, met Boris Katz, chief executive of Granary Holdings, on Monday. "
PAPER = "The Paper"


def said(marked: str, *, outlet: str | None = PAPER) -> Attribution:
    """The attribution of the words between « and »."""
    start, end = marked.index("«"), marked.index("»") - 1
    text = marked.replace("«", "").replace("»", "")
    document = Document("d", "a.txt", None, text, "s", None, outlet, None, from_text(text).sections)
    return attribute(read_speakers(document), Span(start, end))


@pytest.mark.parametrize(
    ("marked", "speaker"),
    [
        ("Foreign Minister Carl Vance spoke. “«Wheat is short,»” Mr. Vance said.", "Carl Vance"),
        ("Foreign Minister Carl Vance spoke. “Wheat,” he said, “«is short.»”", "Carl Vance"),
        ("“«Is wheat short?»” Ms. Vance asked.", "Vance"),
        ("“«Wheat is short,»” the minister, Anna Vance, told reporters on Tuesday.", "Anna Vance"),
        ("“«Wheat is short,»” said the wheat minister, Anna Vance.", "Anna Vance"),
        ("“«Wheat is short,»” said Anna Vance, who runs the ministry.", "Anna Vance"),
        (INTRO + "“«Wheat is short,»” the minister said.", "Anna Vance"),
        (INTRO + "“«Wheat is short,»” the chief executive said.", "Boris Katz"),
        ("Anna Vance said wheat was short, adding that «rice was not».", "Anna Vance"),
        ("Anna Vance told reporters on a call that «wheat was short».", "Anna Vance"),
        ("«Anna Vance called it a shortage.»", "Anna Vance"),
        ("«Anna Vance called him on Monday.»", None),
        ("PAUL LEE: «A U.S. official called it a check-in, right?»", "U.S. official"),
        ("Anna Vance said wheat was short, while Boris Katz said «rice was».", "Boris Katz"),
        ("Anna Vance said wheat was short and Boris Katz warned that «rice was too».", "Boris Katz"),
        ("«Wheat was short», according to Anna Vance, who runs the ministry.", "Anna Vance"),
        ("According to a spokesman for the ministry, «wheat was short».", "spokesman for the ministry"),
        ("Ms. Vance was blunt: “«Wheat is short.»”", "Vance"),
        ("In a statement on Monday, the Ministry of Grain said «wheat was short».", "Ministry of Grain"),
        ("A statement from the Grain Ministry said «wheat was short».", "Grain Ministry"),
        ("The agency quoted Anna Vance as saying that «wheat was short».", "Anna Vance"),
        ("Anna Vance was quoted as saying «wheat was short».", "Anna Vance"),
        ("“«Wheat is short,»” Luc d'Entremont said.", "Luc d'Entremont"),
        ("“«Wheat is short,»” said Pieter van der Berg.", "Pieter van der Berg"),
        ("“«Wheat is short.»\n“Rice is too,” Anna Vance said.", "Anna Vance"),
        ("“Wheat is short,” Anna Vance said. “Rice is too.\n“«And so is rye.»”", "Anna Vance"),
        ("Asked whether wheat was short, Ms. Vance replied: “«Yes.»”", "Vance"),
        ("Pressed on wheat, she laughed. “«No,»” Anna Vance said.", "Anna Vance"),
        ("Anna Vance and her husband, Carl, arrived. “«Wheat is short,»” he said.", "Carl"),
        ("The Kremlin denied that «wheat was short».", "Kremlin"),
        ("Wheat, Ms. Vance said, «was short».", "Vance"),
        ("Mr. Katz dismissed what he called “«a storm in a teacup.»”", "Katz"),
        ("A diplomat briefed on the talks said «wheat was short».", "diplomat briefed on the talks"),
        ("Two officials, speaking on condition of anonymity, said «wheat was short».", "Two officials"),
        ("One of the officials said «wheat was short».", "officials"),
        ("Ms. Vance rose and said «wheat was short».", "Vance"),
        ("Ms. Vance, 54, said «wheat was short».", "Vance"),
        ("Boris Katz (Granary Holdings) said «wheat was short».", "Boris Katz"),
        ("The company's chief executive, Boris Katz, said on Monday that «wheat was short».", "Boris Katz"),
        ("«Wheat was short», Reuters reported.", "Reuters"),
        ("Moscow's claim that «wheat was short» was disputed.", "Moscow"),
        ("‘Wheat is short,’ said Anna Vance. ‘«It’s the rain.»’", "Anna Vance"),
        ('"Wheat is short," said Anna Vance. "«It\'s the rain.»"', "Anna Vance"),
        ("«It was a bad year for wheat», said Anna Vance, a farmer.", "Anna Vance"),
        ("“«We have seen a» “run” on wheat,” Ms. Vance said.", "Vance"),
        ("As Ms. Vance put it, «wheat was short».", "Vance"),
        ("Wheat, in the words of Ms. Vance, «was short».", "Vance"),
        ("The prime minister's office said that «Ms. Vance had promised wheat».", "prime minister's office"),
        ("Anna Vance would not say whether «wheat was short».", None),
        ("Anna Vance declined to say whether «wheat was short».", None),
        ("Anna Vance is expected to say that «wheat is short».", None),
        ("«The two leaders discussed wheat for an hour.»", None),
        ("“«Wheat is short.»”", None),
        ("Anna Vance phoned Boris Katz. She told him that «wheat was short».", "Anna Vance"),
        ("“Wheat is short,” Anna Vance said.\nBoris Katz disagreed.\n“«Nonsense,»” he said.", "Boris Katz"),
        ("“Wheat is short,” Anna Vance said.\n“What will you do?” a reporter asked.\n“«Pray.»”", None),
        ("China's foreign ministry said «it hoped for wheat».", "China's foreign ministry"),
        ("Chinese Foreign Ministry spokeswoman Mao Lin said «wheat was short».", "Mao Lin"),
        ("“«Wheat is short,»” Katz, the 61-year-old head of Granary Holdings, told the Post.", "Katz"),
        ("“«Wheat is short,»” tweeted Anna Vance.", "Anna Vance"),
        ("“«Wheat is short,»” Ms. Vance shrugged.", "Vance"),
        ("«Wheat may be short», his colleagues say.", "colleagues"),
        ("The statement said «wheat was short».", "statement"),
        ("Officials in Oslo and Riga said «wheat was short».", "Officials in Oslo and Riga"),
        ("Katz told Vance «wheat was short». Vance told Katz to wait.", "Katz"),
        ("Ms. Vance, whose ministry buys wheat, and who has kept bees, said «it was short».", "Vance"),
        ("Ms. Vance complained about what she described as “«a lack of rain.»”", "Vance"),
        ("The readout said that both leaders “«welcomed progress.»”", "readout"),
        ("According to the White House readout, «Biden raised wheat».", "White House"),
        ("«Wheat was short», he said.", None),
    ],
)
def test_the_form_of_a_report_tells_whose_words_they_are(marked: str, speaker: str | None) -> None:
    found = said(marked)
    assert (found.speaker, found.reported_by) == (speaker, PAPER)


@pytest.mark.parametrize(
    ("marked", "speaker", "reported_by"),
    [
        ("Anna Vance said that Boris Katz had told her that «wheat was short».", "Boris Katz", "Anna Vance"),
        ("Ms. Vance said she had been told by Mr. Katz that «wheat was short».", "Katz", "Vance"),
        ("“Mr. Katz told me that «wheat was short»,” Ms. Vance said.", "Katz", "Vance"),
        ("Granary Holdings had said that «wheat was short», according to Ms. Vance.", "Granary Holdings", "Vance"),
        ("The ministry said that Granary Holdings had warned that «wheat was short».", "Granary Holdings", PAPER),
    ],
)
def test_who_is_reported_inside_a_report_speaks_and_the_person_around_relays(marked: str, speaker: str, reported_by: str) -> None:
    found = said(marked)
    assert (found.speaker, found.reported_by) == (speaker, reported_by)


@pytest.mark.parametrize(
    ("marked", "speaker", "reported_by"),
    [
        ("KATZ: «I said wheat was short.»\nVANCE: Did you?\nKATZ: Yes.\n", "KATZ", None),
        ("KATZ: Ms. Vance says «wheat is short».\nVANCE: I did.\nKATZ: Yes.\n", "Vance", "KATZ"),
        ("KATZ: You told us «wheat was short».\nVANCE: I did.\nKATZ: Yes.\n", "VANCE", "KATZ"),
        ("KATZ: He called it “«a storm»”.\nVANCE: Oh.\nKATZ: Yes.\n", None, "KATZ"),
        ("KATZ: Yes.\n(«The line drops.»)\nVANCE: Oh.\nKATZ: Yes.\n", None, PAPER),
        ("KATZ: One.\n\n«Two.»\nVANCE: Oh.\nKATZ: Yes.\n", "KATZ", None),
        (">> ANNA VANCE: Hello.\n>> «Good morning.»\n>> ANNA VANCE: Yes.\n", None, None),
    ],
)
def test_in_a_turn_the_speakers_own_words_are_relayed_by_nobody(
    marked: str, speaker: str | None, reported_by: str | None
) -> None:
    found = said(marked)
    assert (found.speaker, found.reported_by) == (speaker, reported_by)


@pytest.mark.parametrize(
    ("head", "asks", "answers"),
    [
        ("Interview with Margit Solano, director of the bureau.\nQuestions by Sol Achebe.\n", "Sol Achebe", "Margit Solano"),
        ("Q. is Sol Achebe. A. is Margit Solano.\n", "Sol Achebe", "Margit Solano"),
        ("A press call.\n", None, None),
    ],
)
def test_who_asks_and_answers_is_whom_the_head_states_and_marked_as_inferred(
    head: str, asks: str | None, answers: str | None
) -> None:
    body = "\nQ. Was it you?\nA. It was not.\nQ. Are you sure?\nA. I am.\n"
    question = said(head + body.replace("Was it you?", "«Was it you?»"))
    answer = said(head + body.replace("It was not.", "«It was not.»"))
    assert (question.speaker, question.reported_by) == (asks, None)
    assert (answer.speaker, answer.reported_by, answer.inferred) == (answers, None, answers is not None)


def test_an_examiner_named_in_a_line_asks_the_questions_below_it() -> None:
    text = "BY MR. KESSLER:\nQ. «Was it you?»\nA. No.\nTHE COURT: Go on.\nQ. Sure?\nA. Yes.\n"
    assert said(text).speaker == "KESSLER"


@pytest.mark.parametrize("length", [1, 4_000])
@pytest.mark.parametrize("piece", [" ", "a", "A ", "“", "said ", "the ", "Mr. ", "A,", "12:", "d'", "\n"])
def test_a_long_run_of_one_thing_is_read_like_a_short_one(piece: str, length: int) -> None:
    found = said(f"{piece * length}\n\nAnna Vance said that «wheat was short».")
    assert found.speaker == "Anna Vance"


@pytest.mark.parametrize(
    "words", ["Yeah, well, both of them agreed that wheat was short.", "Well, neither side said that wheat came up."]
)
def test_in_a_turn_what_nobody_in_particular_says_is_the_speakers_own(words: str) -> None:
    assert said(f"ANNA VANCE: What came of it?\n\nPAUL LEE: «{words}»\n\nANNA VANCE: I see.") == Attribution("PAUL LEE", None)
