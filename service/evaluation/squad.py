"""SQuAD 1.1 and 2.0 JSON (Rajpurkar, Jia & Liang, ACL 2018) as a data set with sentence-sized evidence."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from service.evaluation.errors import DatasetError
from service.evaluation.lines import parse, read_text
from service.evaluation.types import Dataset, Filters, GoldEvidence, Question, Source

# A full stop after one capital ("U.S.") or a short capitalised word ("Mr.", "Mrs.") ends no sentence
# here: a window too long costs a little citation recall, one too short would call good citations wrong.
_STOP = r"(?:(?<![A-Z])(?<!\b[A-Z][a-z])(?<!\b[A-Z][a-z]{2})\.|[!?])"
_CLOSED, _OPENED = r"[\"'\u201d\u2019)\]]*", r"[\"'\u201c\u2018(\[]*"
_SENTENCE_BORDER = re.compile(rf"{_STOP}{_CLOSED}\s+(?={_OPENED}[A-Z0-9])|\n+")


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class _Answer(_Shape):
    text: str
    answer_start: int


class _Asked(_Shape):
    id: str
    question: str
    answers: tuple[_Answer, ...] = ()
    is_impossible: bool = False


class _Paragraph(_Shape):
    context: str
    qas: tuple[_Asked, ...]


class _Article(_Shape):
    title: str
    paragraphs: tuple[_Paragraph, ...]


class _File(_Shape):
    data: tuple[_Article, ...]


def load_squad(path: Path, *, open_corpus: bool) -> Dataset:
    """One document per distinct paragraph, named as in `Steam_engine-03` (numbered from 00; `_` for `/`).

    A question is asked of its own paragraph (a filter), as the task defines it, or of all with `open_corpus`.
    Its evidence is one group; the members are the sentence-like windows around the annotators' answers.

    Raises:
        DatasetError: not SQuAD JSON, an answer not at its offset, an id twice, or no questions.
    """
    file = parse(read_text(path), _File, str(path))
    sources: dict[str, Source] = {}
    questions: dict[str, Question] = {}
    for article in file.data:
        for number, paragraph in enumerate(article.paragraphs):
            name = f"{article.title.replace('/', '_')}-{number:02d}"
            source = sources.setdefault(paragraph.context, Source(name, paragraph.context, article.title))
            for asked in paragraph.qas:
                if asked.id in questions:
                    raise DatasetError(f"{path}: the id {asked.id!r} stands twice; give each its own")
                filters = None if open_corpus else Filters(document_ids=(source.name,))
                questions[asked.id] = _question(asked, source, filters, path)
    if not questions:
        raise DatasetError(f"{path}: holds no questions; is it SQuAD JSON with a filled `data` list?")
    return Dataset(path.name.split(".json")[0], tuple(questions.values()), tuple(sources.values()))


def _question(asked: _Asked, source: Source, filters: Filters | None, path: Path) -> Question:
    answers = () if asked.is_impossible else asked.answers
    if not asked.is_impossible and not answers:
        raise DatasetError(f"{path}: question {asked.id!r} has no answers; add one or set is_impossible")
    for answer in answers:
        end = answer.answer_start + len(answer.text)
        if not answer.text.strip() or source.text[answer.answer_start : end] != answer.text:
            raise DatasetError(f"{path}: question {asked.id!r}: {answer.text!r} is not at its answer_start; correct it")
    windows = dict.fromkeys(sentence_window(source.text, answer.answer_start, len(answer.text)) for answer in answers)
    return Question(
        id=asked.id,
        question=asked.question,
        answerable=not asked.is_impossible,
        answers=tuple(dict.fromkeys(answer.text for answer in answers)),
        evidence=(tuple(GoldEvidence(source.name, window) for window in windows),) if windows else (),
        tags=(source.title or source.name,),
        filters=filters,
    )


def sentence_window(text: str, start: int, length: int) -> str:
    """From the last sentence border before the answer to the first one after it, whitespace off the ends."""
    end = start + length
    borders = [match.end() for match in _SENTENCE_BORDER.finditer(text)]
    left = max((border for border in borders if border <= start), default=0)
    right = min((border for border in borders if border >= end), default=len(text))
    return text[left:right].strip()
