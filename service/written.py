"""What a composer writes, shown as far as it is verified; the sources' own words stand where nothing of it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from service.errors import ModelFailed
from service.protocols import CitedEvidence, Composer, Drafted, Patience
from service.question import Asked, Kind
from service.types import Mode, Statement
from service.verify import Checks, Dropped, Lack, Shown, says_no_more, verify_written

_OR = re.compile(r"\bor\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the question: the evidence that may answer it, best first, and the statements in the sources' own words.

    Where the sources disagree (`disputed`), only their own words are shown: nothing is blended.
    """

    asked: Asked
    offered: tuple[CitedEvidence, ...]
    plain: tuple[Statement, ...]
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """What was shown in the end, and how it came about: `mode` is generative if a model wrote any of it."""

    statements: tuple[Statement, ...]
    mode: Mode
    degraded: bool
    warnings: tuple[str, ...]


def write(
    parts: Sequence[Part],
    composer: Composer,
    checks: Checks,
    *,
    moment: Callable[[], AbstractContextManager[object]],
    patience: Patience,
) -> Generator[Statement, None, Written]:
    """The verified statements as they are written; returns the whole.

    A part of which nothing holds gets its plain statements. Each statement is checked in one moment of the store.
    """
    shown: list[Statement] = []
    lacks: list[Lack] = []
    n_written, n_plain, failure = 0, 0, None
    for part in parts:
        kept = 0
        try:
            drafts = () if failure or part.disputed else composer.compose(part.asked, part.offered, patience)
            for draft in _in_time(drafts, patience):
                with moment():
                    checked = _checked(draft, part, checks)
                if isinstance(checked, Dropped):
                    lacks.append(checked.lack)
                elif not any(says_no_more(checked.statement.text, than=statement.text) for statement in shown):
                    kept += 1
                    shown.append(checked.statement)
                    yield checked.statement
        except ModelFailed as error:
            failure = str(error)
        n_written += kept
        if not kept:
            fresh = [statement for statement in part.plain if statement not in shown]
            n_plain += 0 if part.disputed else len(fresh)
            shown += fresh
            yield from fresh
    return Written(
        tuple(shown),
        mode=Mode.GENERATIVE if n_written else Mode.EXTRACTIVE,
        degraded=bool(failure or n_plain),
        warnings=(*_of_failure(failure, n_written), *_of_plain(failure, n_written, n_plain), *_of_dropped(lacks)),
    )


def _checked(draft: Drafted, part: Part, checks: Checks) -> Shown | Dropped:
    asked = part.asked
    chosen_from_it = asked.kind is Kind.YES_NO or _OR.search(asked.text)  # its words are an answer then
    if not chosen_from_it and says_no_more(draft.text, than=asked.text):
        return Dropped(Lack.QUESTION)
    return verify_written(draft, part.offered, checks)


def _in_time(drafts: Iterable[Drafted], patience: Patience) -> Iterator[Drafted]:
    """The drafts while there is patience: checking them takes some too."""
    for draft in drafts:
        if patience() <= 0:
            raise ModelFailed("the language model and the check of its words did not finish in time")
        yield draft


def _of_failure(failure: str | None, n_written: int) -> Iterator[str]:
    if failure:
        yield f"{failure}: {'what it had not written yet is missing' if n_written else 'this is the extractive answer'}"


def _of_plain(failure: str | None, n_written: int, n_plain: int) -> Iterator[str]:
    if n_plain and not failure:
        whole = "a part of the answer is" if n_written else "this is"
        yield f"the sources support nothing that the language model wrote: {whole} the extractive answer"


def _of_dropped(lacks: Sequence[Lack]) -> Iterator[str]:
    if lacks:
        counted = ", ".join(f"{times} for {lack}" for lack, times in Counter(lacks).most_common())
        yield f"{len(lacks)} statement{'s were' if len(lacks) > 1 else ' was'} dropped: {counted}"
