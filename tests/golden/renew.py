"""The golden answers on the seeds. Renew them with `python tests/golden/renew.py`, then read every difference in git."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

GOLDEN = Path(__file__).parent / "answers.json"
ROOT = Path(__file__).parent.parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))  # run by path, this file's own folder would be searched instead

from index.types import Precision
from service.background import catch_up
from service.bootstrap import Models, build_engine, load_models
from service.schemas import AskBody, answer_json
from service.settings import Settings

CITED = ("name", "start", "end", "quote", "speaker", "reported_by")
QUESTIONS: tuple[dict[str, Any], ...] = (
    {"question": "When did Biden and Xi talk by phone?"},
    {"question": "Who told reporters about Americans held in China?"},
    {"question": "Did TikTok come up on the call?"},
    {"question": "What was discussed?"},
    {"question": "What did Mr. Kirby say about TikTok?"},
    {"question": "When does Janet Yellen arrive in China?"},
    {"question": "When will Secretary of State Blinken arrive?"},
    {"question": "How did the official describe the call?"},
    {"question": "What did Wang Huiyao say China wants?"},
    {"question": "What did Xi tell Biden about high technology?"},
    {"question": "Which hacking group was accused by U.S. authorities?"},
    {"question": "How long did the hacking operation last?"},
    {"question": "What did China do about precursor chemicals?"},
    {"question": "Where did the two leaders meet last November?"},
    {"question": "What could happen to TikTok if the Senate passes the legislation?"},
    {"question": "What did the White House say Biden raised?"},
    {"question": "Was the American election brought up on the call?"},
    {"question": "What did Biden warn Xi about?"},
    {"question": "Who runs the Center for China and Globalization?"},
    {"question": "Who said that the call was a check-in?"},
    {"question": "What was said about TikTok?", "filters": {"speakers": ["kirby"]}},
    {"question": "What was said about TikTok?", "filters": {"published_from": "2024-04-04", "published_to": "2024-04-04"}},
    {
        "question": "And what did he say about the app?",
        "history": [{"role": "user", "content": "What did John Kirby tell reporters about Americans in China?"}],
    },
    {"question": "What did Angela Merkel say about the call?"},
    {"question": "How many minutes did the call last?"},
    {"question": "Who won the football match?"},
    {"question": "What was discussed?", "filters": {"published_to": "2024-04-03"}},
)


def golden_answers(models: Models, directory: Path) -> list[dict[str, Any]]:
    """Ask all questions of an engine on the seeds in `directory`, and keep what must not change unnoticed."""
    engine = build_engine(Settings(data=directory), models)
    for path in sorted((ROOT / "seeds" / "documents").iterdir()):
        engine.ingester.add_file(path)
    catch_up(engine.store, engine.ingester, engine.generations, stop=lambda: False)
    answers = [answer_json(engine.answerer.ask(AskBody.model_validate(asked).value()), answer_id="") for asked in QUESTIONS]
    engine.close()
    return [_kept(asked, answer) for asked, answer in zip(QUESTIONS, answers, strict=True)]


def _kept(asked: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    return {
        "asked": asked,
        "status": answer["status"],
        "text": answer["text"],
        "short_answer": answer["short_answer"],
        "citations": [{key: citation[key] for key in CITED} for citation in answer["citations"]],
    }


def _renew() -> None:
    with tempfile.TemporaryDirectory() as folder:
        exact = load_models(Settings(embedding_precision=Precision.F32))  # alike on every processor
        answers = golden_answers(exact, Path(folder))
    GOLDEN.write_text(json.dumps(answers, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _renew()
