"""How many questions on other subjects the seeds' corpus refuses: python tests/benchmarks/other_subjects.py"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))  # run by path, this file's own folder would be searched instead

from service.background import catch_up
from service.bootstrap import load_engine
from service.settings import Settings
from service.types import Ask, Status

QUESTIONS = (
    "What is the capital of France?",
    "Who won the World Cup?",
    "How do I bake bread?",
    "What is the weather in Beijing?",
    "What did the CEO say about revenue?",
    "When did the earthquake happen?",
    "Why is the sky blue?",
    "What did the company announce?",
    "What is Python?",
    "How does photosynthesis work",
    "hello",
    "asdf qwer",
    "How tall is Mount Everest?",
    "What was the score of the match?",
    "Who painted the Mona Lisa?",
)


def main() -> None:
    """Ask them all and print what became of each."""
    with tempfile.TemporaryDirectory() as folder:
        engine = load_engine(Settings(data=Path(folder)))
        for path in sorted((ROOT / "seeds" / "documents").iterdir()):
            engine.ingester.add_file(path)
        catch_up(engine.store, engine.ingester, engine.generations, stop=lambda: False)
        answers = [engine.answerer.ask(Ask(question)) for question in QUESTIONS]
        engine.close()
    for answer in answers:
        sys.stdout.write(f"{answer.status.value:<9} {answer.confidence:.3f}  {answer.ask.question}\n")
    refused = sum(answer.status is Status.REFUSED for answer in answers)
    sys.stdout.write(f"refused {refused} of {len(answers)}\n")


if __name__ == "__main__":
    main()
