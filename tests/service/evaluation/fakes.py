"""A tiny corpus with gold, and an Ask that answers from a script and records what it was asked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from service.evaluation.corpus import IndexedDocument
from service.evaluation.dataset import Dataset, GoldEvidence, Question
from service.evaluation.errors import AskFailed
from service.evaluation.run import Run, evaluate

ALPHA = "Mr. Xi called on April 2. “TikTok came up today, yes,” Mr. Kirby said. It took nearly two hours."
BETA = "The leaders spoke of Taiwan. Mr. Biden raised TikTok too."
TEXTS = {("id-a", "sha-a"): ALPHA, ("id-b", "sha-b"): BETA}
DOCUMENTS = (IndexedDocument("id-a", "alpha.txt", "sha-a"), IndexedDocument("id-b", "beta.txt", "sha-b"))
IDS = {"alpha.txt": ("id-a", "sha-a"), "beta.txt": ("id-b", "sha-b")}


def get_text(document_id: str, sha256: str) -> str:
    """The text of one of the two documents."""
    try:
        return TEXTS[document_id, sha256]
    except KeyError:
        raise AskFailed(f"no version {sha256} of {document_id}") from None


def citation(number: int, name: str, quote: str) -> dict[str, object]:
    """A true citation of the quote's first place in the named document."""
    document_id, sha256 = IDS[name]
    start = TEXTS[document_id, sha256].index(quote)
    return {
        "id": number,
        "document_id": document_id,
        "document_sha256": sha256,
        "name": name,
        "start": start,
        "end": start + len(quote),
        "quote": quote,
        "verified": True,
    }


def passage(name: str, words: str) -> dict[str, object]:
    """A passage over the words' first place in the named document."""
    document_id, sha256 = IDS[name]
    start = TEXTS[document_id, sha256].index(words)
    return {
        "document_id": document_id,
        "start": start,
        "end": start + len(words),
        "text": words,
        "score": 1.0,
    }


def answered(
    text: str,
    *,
    short_answer: str | None = None,
    citations: tuple[dict[str, object], ...] = (),
    passages: tuple[dict[str, object], ...] = (),
    confidence: float | None = 0.9,
    status: str = "answered",
) -> dict[str, object]:
    """The part of a 200 body that the evaluation reads, among keys that it passes over."""
    return {
        "id": "x",
        "status": status,
        "text": text,
        "short_answer": short_answer,
        "citations": list(citations),
        "passages": list(passages),
        "confidence": confidence,
        "degraded": False,
        "timings_ms": {"search": 3.0},
    }


def refused(*, confidence: float | None = 0.1) -> dict[str, object]:
    """A refusal that cites nothing."""
    return answered("The coverage does not say.", status="refused", confidence=confidence)


class ScriptedAsk:
    """Answers each question from the script, fails on one that is not in it, and records the bodies."""

    def __init__(self, script: Mapping[str, Mapping[str, object]]) -> None:
        self.script = script
        self.bodies: list[Mapping[str, object]] = []

    def __call__(self, body: Mapping[str, object]) -> Mapping[str, object]:
        self.bodies.append(body)
        question = str(body["question"])
        if question not in self.script:
            raise AskFailed("503 overloaded")
        return self.script[question]


class StepClock:
    """Each reading is `step` seconds after the last."""

    def __init__(self, step: float) -> None:
        self.now = 0.0
        self.step = step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


class Progress:
    """Records what `on_progress` was told."""

    def __init__(self) -> None:
        self.calls: list[tuple[int, int]] = []

    def __call__(self, done: int, total: int) -> None:
        self.calls.append((done, total))


CALLED = Question(
    id="called",
    question="When did he call?",
    answerable=True,
    answers=("April 2",),
    evidence=((GoldEvidence("alpha", "called on April 2"),),),
    tags=("when", "seeds"),
)
RAISED = Question(
    id="raised",
    question="What was raised?",
    answerable=True,
    answers=("TikTok", "Taiwan"),
    evidence=(
        (GoldEvidence("alpha.txt", "TikTok came up today"), GoldEvidence("id-b", "Mr. Biden raised TikTok")),
        (GoldEvidence("beta", "spoke of Taiwan"),),
    ),
    tags=("list",),
)
PAID = Question(id="paid", question="Who paid?", answerable=False, tags=("seeds",))
RAINED = Question(id="rained", question="Did it rain?", answerable=False)
LASTED = Question(
    id="lasted",
    question="How long did it take?",
    answerable=True,
    answers=("two hours",),
    evidence=((GoldEvidence("alpha", "nearly two hours"),),),
)
SAID = Question(
    id="said",
    question="What did Kirby say?",
    answerable=True,
    answers=("TikTok",),
    evidence=((GoldEvidence("alpha", "TikTok came up today, yes"),),),
)
DATASET = Dataset("six", (CALLED, RAISED, PAID, RAINED, LASTED, SAID), Path("documents"))

# Right; half right; rightly refused; guessed; wrongly refused; and SAID is missing: its ask fails.
SCRIPT = {
    CALLED.question: answered(
        "Mr. Xi called on April 2. [1]",
        short_answer="April 2",
        citations=(citation(1, "alpha.txt", "Mr. Xi called on April 2."),),
        passages=(passage("alpha.txt", ALPHA),),
    ),
    RAISED.question: answered(
        "TikTok came up. [1]",
        short_answer="TikTok",
        citations=(citation(1, "alpha.txt", "TikTok came up"),),
        passages=(passage("beta.txt", "The leaders"), passage("alpha.txt", "“TikTok came up today, yes,”")),
        status="partial",
    ),
    PAID.question: refused(),
    RAINED.question: answered(
        "It took nearly two hours. [1]",
        citations=(citation(1, "alpha.txt", "It took nearly two hours."),),
        confidence=0.3,
    ),
    LASTED.question: refused(confidence=0.4) | {"passages": [passage("alpha.txt", "nearly two hours")]},
}


def run_of_six() -> Run:
    """DATASET asked once by the script, each answer taking 50 ms."""
    return evaluate(
        DATASET,
        ScriptedAsk(SCRIPT),
        get_text,
        documents=DOCUMENTS,
        k=8,
        clock=StepClock(0.05),
        on_progress=Progress(),
    )
