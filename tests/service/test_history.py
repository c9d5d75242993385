"""Follow-up questions: what is left out is filled in, what is pointed at is named, what is unclear is asked back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.attribution.people import read_people
from service.cast import Cast, gather_cast
from service.history import needs_cast, resolve
from service.types import Message, Role

STORY = (
    "Finance Minister Anna Vance said that she had sold the ferry. Mr. Boris Katz said he had bought it. Ms. Carla Dorn, the "
    "harbour's director, told reporters that she was glad. Norwind Lines, the company that runs Albatross, said it would pay. "
    "Mr. Katz told Mr. Emil Frey that his crew was safe, he said."
)
NAMES = (
    "Anna Vance",
    "Boris Katz",
    "Carla Dorn",
    "Norwind Lines",
    "Albatross",
    "Emil Frey",
    "Vance",
    "Katz",
    "Frey",
    "Dorn",
    "Norwind",
)
CAST = gather_cast([read_people(STORY, NAMES, 0)])


def told(*messages: str) -> tuple[Message, ...]:
    """A conversation that the user begins and that both take turns in."""
    roles = (Role.USER, Role.ASSISTANT)
    return tuple(Message(roles[place % 2], text) for place, text in enumerate(messages))


def full(question: str, *messages: str, cast: Cast = CAST) -> str | None:
    return resolve(question, told(*messages), cast).question


def asked_back(question: str, *messages: str) -> str | None:
    unclear = resolve(question, told(*messages), CAST).unclear
    return None if unclear is None else unclear.asks_back


@pytest.mark.parametrize(
    ("before", "answer", "question", "resolved"),
    [
        ("What did Vance say about wheat?", "It is dear.", "What did she say about ports?", "What did Vance say about ports?"),
        ("What did Vance say about wheat?", "It is dear.", "What was her reason?", "What was Vance's reason?"),
        ("What did Vance say about wheat?", "It is dear.", "Did anyone contradict her?", "Did anyone contradict Vance?"),
        ("What did Vance say about wheat?", "It is dear.", "What did Katz tell her?", "What did Katz tell Vance?"),
        ("Whom did Vance ask?", "She asked Carla Dorn.", "What does she do?", "What does Carla Dorn do?"),
        ("What did Vance and Katz say?", "It was sold.", "What did he say about the crew?", "What did Katz say about the crew?"),
        ("What did Katz tell Frey?", "That it sank.", "When did he tell him?", "When did Katz tell Frey?"),
        (
            "Who called Dorn?",
            "Finance Minister Anna Vance [1].",
            "What did the minister ask?",
            "What did minister Anna Vance ask?",
        ),
        ("Who is Carla Dorn?", "The director.", "What did she say?", "What did Carla Dorn say?"),
        ("Who is Nasser al-Rawahi?", "An envoy.", "Where was he then?", "Where was Nasser al-Rawahi then?"),
        ("Who objects?", "Ludmila Hartwig, an envoy to Oslo, does.", "What is her reason?", "What is Ludmila Hartwig's reason?"),
        ("Which ship is stuck in the Kiel Canal?", "The Aino Kaarina.", "When was she built?", "When was Aino Kaarina built?"),
        ("Was a child saved?", "Yes, Noelia Guaman was.", "How old is she?", "How old is Noelia Guaman?"),
        ("When will Vance go?", "Soon.", "Who will go with him?", "Who will go with Vance?"),
        ("Did Vance resign?", "Yes.", "How old is she now?", "How old is Vance now?"),
    ],
)
def test_a_person_is_named(before: str, answer: str, question: str, resolved: str) -> None:
    assert full(question, before, answer) == resolved


@pytest.mark.parametrize(
    ("before", "answer", "question", "resolved"),
    [
        ("How much did the ferry cost?", "Two million.", "Who built it?", "Who built the ferry?"),
        ("How long was Albatross lost?", "A day.", "When was it found?", "When was Albatross found?"),
        ("When was the call?", "On Monday.", "How long did it last?", "How long did the call last?"),
        ("Who runs Norwind Metals?", "Anna Vance.", "How much did it lose?", "How much did Norwind Metals lose?"),
        ("Was there a truce before this one?", "Yes, in July.", "How long did it last?", "How long did the truce last?"),
        (
            "When does Canada lift the ban?",
            "On March 1.",
            "Since when has it been in force?",
            "Since when has the ban been in force?",
        ),
        ("Was the plan read?", "Yes.", "Did Norwind Lines welcome it?", "Did Norwind Lines welcome the plan?"),
        (
            "How many ferries lay at Oslo at four o'clock?",
            "Ten.",
            "And at half past six?",
            "How many ferries lay at Oslo at half past six?",
        ),
        (
            "What did Vance say about the fire?",
            "It is out.",
            "And the officer who listened in?",
            "What did the officer who listened in say about the fire?",
        ),
        ("What did Vance say about the valve?", "It is stuck.", "What does it cost?", "What does the valve cost?"),
        ("Who runs the ferry?", "Norwind Lines.", "Will they pay?", "Will Norwind Lines pay?"),
        ("Who met?", "The two ministers.", "What did they say?", "What did the two ministers say?"),
        ("Where did they meet?", "In Oslo.", "What happened there?", "What happened in Oslo?"),
        (
            "Where did the roof fall?",
            "In a tunnel of the Deep mine, at six.",
            "How many people work there?",
            "How many people work in a tunnel of the Deep mine?",
        ),
        ("Where did the fire break out?", "In Velika Greda.", "where is that?", "Where is Velika Greda?"),
        ("Was all well?", "No. Katz offered his resignation an hour later.", "Was it accepted?", "Was the resignation accepted?"),
        (
            "And Peru?",
            "Peru offered a loan of two million.",
            "Has that been accepted?",
            "Has the loan of two million been accepted?",
        ),
        ("How much pay do the owners get?", "Half.", "When will it be paid?", "When will the pay be paid?"),
        ("When is the vote?", "On 3 May.", "What happens then?", "What happens on 3 May?"),
        ("Did Vance offer to resign?", "So they say.", "Who denied that?", "Who denied that Vance offered to resign?"),
        ("How long was Albatross lost?", "26 hours", "Who said so?", "Who said that Albatross was lost 26 hours?"),
        ("How long was Albatross lost?", "26 hours", "Is that true?", "Is it true that Albatross was lost 26 hours?"),
    ],
)
def test_a_thing_a_place_a_day_or_a_statement_is_named(before: str, answer: str, question: str, resolved: str) -> None:
    assert full(question, before, answer) == resolved


@pytest.mark.parametrize(
    ("before", "answer", "question", "resolved"),
    [
        ("What did Vance say about Oslo?", "Nothing.", "And Bergen?", "What did Vance say about Bergen?"),
        ("What did Vance say about wheat?", "Dear.", "and katz?", "What did Katz say about wheat?"),
        ("How many armed drones does Ghana own?", "Sixteen.", "What about Togo?", "How many armed drones does Togo own?"),
        (
            "How long did the call of Dorland and Varonia last?",
            "An hour, says Dorland.",
            "And the other side?",
            "How long did the call of Dorland and Varonia last according to Varonia?",
        ),
        ("What did Vance say about the port?", "Nothing.", "What about Katz?", "What did Katz say about the port?"),
        ("What did Vance say about wheat?", "Dear.", "And about rice?", "What did Vance say about rice?"),
        ("What did Vance say?", "Nothing.", "And on the phone?", "What did Vance say on the phone?"),
        ("Did the call begin on time?", "No, it was put off.", "Why?", "Why was it that the call was put off?"),
        ("What did Vance say about wheat?", "It is dear.", "And Helmine Roth?", "What did Helmine Roth say about wheat?"),
        ("Is Latvia planning a ban on Baltic pork?", "No.", "and Singapore?", "Is Singapore planning a ban on Baltic pork?"),
        ("Does the Kirk depot stay open?", "Yes.", "and the Harrow one", "Does the Harrow depot stay open?"),
        (
            "How many shots fell?",
            "Nine.",
            "Does any other source give a different number?",
            "Does any other source give a different number: how many shots fell, Nine?",
        ),
        ("How heavy is Albatross?", "Nine tons.", "Back to Katz, why did he go?", "Why did Katz go?"),
        ("Did Vance ask for bread?", "Yes, bread and salt.", "how many", "How many: did Vance ask for bread, bread and salt?"),
        ("What happened on Monday?", "A vote.", "And on Tuesday?", "What happened on Tuesday?"),
        ("When will Albatross sail past the pier?", "In May.", "And the second test?", "When will the second test be?"),
        ("How much has Albatross cost?", "Two million.", "And its engine?", "How much has Albatross's engine cost?"),
        ("Was Albatross found?", "No.", "Why not?", "Why was Albatross not found?"),
        ("Did Vance offer to resign?", "Yes.", "When?", "When did Vance offer to resign?"),
        ("Did Vance offer to resign?", "Yes.", "And did Katz?", "Did Katz offer to resign?"),
        ("Who was on the call?", "Vance.", "Who else?", "Who else was on the call?"),
        ("What did Vance say about Oslo?", "No.", "Did Dorn say the same?", "Did Dorn say the same as Vance about Oslo?"),
        ("What did Vance ask?", "A price.", "What did Dorn answer?", "What did Dorn answer when Vance asked a price?"),
    ],
)
def test_what_is_left_out_is_filled_in(before: str, answer: str, question: str, resolved: str) -> None:
    got = full(question, before, answer)
    assert got is not None
    assert got.casefold() == resolved.casefold()


@pytest.mark.parametrize(
    ("before", "answer", "question", "resolved"),
    [
        (
            "Who visited Oslo?",
            "Carla Dorn.",
            "How long did the visit take?",
            "How long did the visit take when Carla Dorn visited Oslo?",
        ),
        ("How many tons did Norwind Lines carry?", "Ten.", "And how much did it lose?", "How much did Norwind Lines lose?"),
        ("How much did the fire cost?", "Ten crowns.", "How much of that is paid?", "How much of what the fire cost is paid?"),
        (
            "What did Boris Katz ask Vance?",
            "Whether she was leaving.",
            "What did she answer?",
            "What did Vance answer when Boris Katz asked Vance whether she was leaving?",
        ),
        (
            "When does the vote close?",
            "On 6 December, says the union.",
            "How many will say yes?",
            "How many will say yes: the vote closes on 6 December?",
        ),
        (
            "Who led the talks?",
            "Katz.",
            "What did the minister do meanwhile?",
            "What did the minister do while Katz led the talks?",
        ),
        ("How much more pay do they get?", "6 percent, or 8.", "From when?", "From when do they get more pay, 6 percent, or 8?"),
        ("How many ships did Vance order?", "Three.", "Where?", "Where did Vance order three ships?"),
        ("What did Vance offer?", "A loan.", "At what interest?", "At what interest did Vance offer a loan?"),
        ("Was anyone hurt?", "One guard was hit.", "By whom?", "By whom was it that one guard was hit?"),
        ("When was the cable cut?", "On Monday.", "Who did it?", "Who did it: the cable was cut on Monday?"),
        ("What caused the fire?", "A dryer.", "Who says otherwise?", "Who says otherwise than that a dryer caused the fire?"),
        ("What did Vance say about wheat?", "Little.", "Does Katz agree?", "Does Katz agree that Vance said about wheat little?"),
        ("How long is the licence?", "A year.", "And what does Katz say?", "What does Katz say: the licence is a year?"),
        ("What was the turnover?", "Ten crowns.", "And a year earlier?", "What was the turnover a year earlier?"),
        ("When does the strike begin?", "On Monday.", "And if Vance pays?", "When does the strike begin if Vance pays?"),
        ("Who is Emil Frey?", "A sailor.", "What does he want?", "What does Emil Frey want?"),
    ],
)
def test_what_a_question_hangs_on_is_told_with_it(before: str, answer: str, question: str, resolved: str) -> None:
    assert full(question, before, answer) == resolved


def test_a_spokesman_is_of_one_body_and_of_several_the_asker_is_asked() -> None:
    question = "Who is its spokesman?"
    assert full(question, "What did the ministry say about the case?", "Nothing.") == "Who is the ministry's spokesman?"
    assert asked_back(question, "What did the ministry and the union say about the case?", "Nothing.") is not None


def test_of_two_who_are_offered_the_asker_is_asked() -> None:
    assert asked_back("How old is she?", "Whom did Katz meet, Vance or Dorn?", "Dorn; elsewhere it is Vance.") is not None


@pytest.mark.parametrize(
    "question",
    [
        "What did Emil Frey say about his crew?",
        "When was the call?",
        "Who said that it was sold?",
        "Did Vance say that she would pay?",
        "Is it true that Oslo paid?",
        "How long did it take to sell the ferry?",
        "Is there a second ferry?",
        "",
    ],
)
def test_a_question_that_is_complete_stays(question: str) -> None:
    assert resolve(question, told("What did Anna Vance say about wheat?", "It is dear."), CAST).question is None


def test_of_two_who_fit_equally_the_asker_is_asked() -> None:
    assert asked_back("When did she say it?", "What did Vance and Dorn say?", "Much.") == (
        "Whom do you mean by \u201cshe\u201d: Vance or Dorn?"
    )
    assert asked_back("What did the other one say?", "Who spoke?", "Boris Katz and Emil Frey.") == (
        "Whom do you mean by \u201cthe other one\u201d: Boris Katz or Emil Frey?"
    )


def test_the_other_of_a_pair_that_was_told_of_before_is_named() -> None:
    told_before = ("Who ordered the fleet?", "Norway and Austria did.", "How much would Norway carry?", "A third.")
    assert full("And the other side?", *told_before) == "How much would Austria carry?"


def test_a_pronoun_for_nobody_is_asked_back_with_those_whom_the_documents_call_so() -> None:
    assert asked_back("Did she resign?") == "Whom do you mean by \u201cshe\u201d: Anna Vance or Carla Dorn?"
    assert resolve("Did he resign?", (), Cast()).unclear is not None


def test_a_pronoun_after_a_name_in_small_letters_means_that_name() -> None:
    assert resolve("what did katz say when he called", (), CAST).unclear is None
    assert full("what did katz say when he called", "What did Frey say?", "Nothing.") is None


def test_a_chain_of_follow_ups_keeps_its_subject() -> None:
    conversation = (
        "What did Vance say about wheat?",
        "It is dear.",
        "And about rice?",
        "It is cheap.",
        "And did she mention ports?",
        "No.",
    )
    assert full("What did she say about Oslo?", *conversation) == "What did Vance say about Oslo?"


def test_what_was_said_last_is_meant_before_what_was_said_earlier() -> None:
    conversation = ("What did Dorn say?", "Much.", "What did Vance say?", "Little.")
    assert full("When did she say it?", *conversation) == "When did Vance say it?"


def test_citation_marks_of_an_answer_are_no_words() -> None:
    assert (
        full("Who said that?", "How long was Albatross lost?", "26 hours [1] [2]") == "Who said that Albatross was lost 26 hours?"
    )


def test_without_documents_two_words_in_capitals_are_a_person() -> None:
    assert full("What did he say?", "Who called?", "It was Wang Huiyao.", cast=Cast()) == "What did Wang Huiyao say?"


def test_the_documents_are_asked_only_where_something_is_to_be_resolved() -> None:
    assert needs_cast("And Taiwan?", told("What did Xi say?"))
    assert needs_cast("Did she resign?", ())
    assert not needs_cast("When was the call?", ())


_WORDS = st.sampled_from(
    "and what who why when did does was were is she he it they that there then the other one same a minister Vance Katz "
    "Albatross about on in of said say told ask Monday 26 hours ? , : 's else not so him her his its their answer Oslo".split()
)
_TALK = st.lists(_WORDS, max_size=14).map(" ".join) | st.text(max_size=120)


@given(_TALK, st.lists(st.tuples(st.sampled_from(Role), _TALK), max_size=6))
def test_any_conversation_can_be_read_and_stays_resolved(question: str, said: list[tuple[Role, str]]) -> None:
    history = [Message(role, content) for role, content in said]
    found = resolve(question, history, CAST)
    assert found.question is None or found.question != question
    assert found.unclear is None or found.question is None
    if found.question is not None:
        assert resolve(found.question, history, CAST).question is None


@pytest.mark.parametrize(
    ("before", "answer", "question", "resolved"),
    [
        ("Who runs Albatross?", "Norwind Lines runs Albatross.", "where is that company based", "Where is Norwind Lines based?"),
        ("What came ashore?", "A rice ship from Lena.", "Who owns that ship?", "Who owns the rice ship from Lena?"),
        ("How long did the call last?", "25 minutes.", "sorry, I meant the strike", "How long did the strike last?"),
        ("What did Vance say about wheat in May?", "It is dear.", "And now?", "What did Vance say about wheat now?"),
        ("When did Katz sell the Albatross?", "In May.", "Did he say why?", "Did Katz say why Katz sold the Albatross in May?"),
        ("How fast was the ship, according to Katz?", "Nine knots.", "And Frey?", "How fast was the ship, according to Frey?"),
    ],
)
def test_what_people_type_in_a_chat_is_put_in_full(before: str, answer: str, question: str, resolved: str) -> None:
    assert full(question, before, answer) == resolved


@pytest.mark.parametrize(
    ("before", "answer", "question", "line"),
    [
        (
            "Which ships are named?",
            "The Condor and the Titan.",
            "How heavy is it?",
            "What do you mean by “it”: The Condor or Titan?",
        ),
        (
            "Which ministers came?",
            "Ministers Vance and Katz.",
            "Is the minister ill?",
            "Whom do you mean by “the minister”: Vance or Katz?",
        ),
        (
            "Do they agree?",
            "One says 780 and one 870.",
            "Is that number right?",
            "What do you mean by “that number”: 780 or 870?",
        ),
        (
            "Who is quoted?",
            "The watchman Eleuterio Pech and the auctioneer Baltasar Prats are quoted.",
            "What did he say?",
            "Whom do you mean by “he”: Eleuterio Pech or Baltasar Prats?",
        ),
        (
            "What is the cause?",
            "Nordic Bank blames the valve, Baltic Bank blames the pump.",
            "When did the bank first say that?",
            "What do you mean by “the bank”: the Nordic Bank or the Baltic Bank?",
        ),
        ("hello", "Hello.", "how many?", "What do you mean by “how many”? Please ask again with the name."),
    ],
)
def test_several_alike_are_asked_back(before: str, answer: str, question: str, line: str) -> None:
    assert asked_back(question, before, answer) == line
