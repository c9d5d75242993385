"""What a question means before anything is searched."""

from __future__ import annotations

from index.spelling import Corrected, Correction
from service.cast import Cast
from service.types import Ask, Message, Role
from service.understand import Understood, understand


class Recorder:
    """Knows nobody and corrects one word; records what it was asked."""

    def __init__(self) -> None:
        self.named: list[str] = []
        self.spelt: list[str] = []

    def cast_of(self, words: str) -> Cast:
        self.named.append(words)
        return Cast()

    def corrected(self, question: str) -> Corrected:
        self.spelt.append(question)
        read = question.replace("tecnology", "technology")
        return Corrected(read, (Correction("tecnology", "technology"),) if read != question else ())


def understood(ask: Ask, recorder: Recorder) -> Understood:
    return understand(ask, cast_of=recorder.cast_of, corrected=recorder.corrected)


def test_a_follow_up_is_filled_in_before_it_is_corrected_and_cut_into_parts() -> None:
    recorder = Recorder()
    history = (Message(Role.USER, "What did Wang Huiyao say about wheat?"), Message(Role.ASSISTANT, "It is dear."))
    found = understood(Ask("And what did he say about tecnology, and when did he say it?", history=history), recorder)
    assert recorder.spelt == ["What did Wang Huiyao say about tecnology, and when did Wang Huiyao say it?"]
    assert found.question == recorder.spelt[0].replace("tecnology", "technology")
    assert found.resolved == recorder.spelt[0]
    assert found.warnings == ("\u201ctecnology\u201d was read as \u201ctechnology\u201d",)
    assert len(found.asked) == 2


def test_a_questions_days_are_named_and_go_with_each_part() -> None:
    found = understood(Ask("Who arrives tomorrow?", as_of="2024-04-04"), Recorder())
    assert [part.days for part in found.asked] == [("2024-04-05",)]
    assert found.warnings == ("\u201ctomorrow\u201d in the question was read as 2024-04-05",)


def test_the_documents_are_not_asked_for_a_question_that_stands_alone() -> None:
    recorder = Recorder()
    found = understood(Ask("When was the call?"), recorder)
    assert recorder.named == []
    assert (found.resolved, found.unclear, found.warnings) == (None, None, ())
