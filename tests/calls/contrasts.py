"""Rows that differ from an answered one by whose name stands in them: the sentence answers of one person, and not of another.

Of a question about A on a passage that says it of A, four kinds are made with another person B of the same call: B asked for
(nothing answers); A and B exchanged in the passage, A asked for (nothing answers) or B (the same words answer); and the
sentence that answers once more beside itself, of B and with another value, where A's own is the one that answers.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from index.reader.training.rows import CONTRASTS
from index.sentences import sentences
from index.types import Span

Row = dict[str, Any]
_WORD = r"[A-Z][\w'’-]+"
_TITLE = (
    r"(?:Mr|Mrs|Ms|Dr|Prof|Professor|President|Prime Minister|Minister|Secretary|Senator|Judge|Captain|Chief|Chairman|Chairwoman|"
    r"Governor|Ambassador|General|Admiral|Colonel|Sir|Dame|Director|Inspector|spokes(?:man|woman|person)|engineer|analyst)\.?"
)
_SPEAKS = r"(?:said|says|told|asked|added|replied|answered|declined|insisted|warned|denied|confirmed|argued|called|wrote)"
_TITLED = re.compile(rf"\b{_TITLE} (?:{_WORD} )?(?P<last>{_WORD})")
_SPEAKING = re.compile(rf"\b{_WORD} (?P<last>{_WORD}),? {_SPEAKS}\b|\b{_SPEAKS} {_WORD} (?P<after>{_WORD})")
_NO_PERSON = frozenset(
    {"Minister", "Prime", "President", "Council", "Ministry", "House", "Bank", "Office", "Agency", "Energy", "The"}
)
MIN_NAME = 3  # letters
HALF = 0.5  # of the other sentences stand before the one that answers


@dataclass(frozen=True, slots=True)
class Person:
    """A surname, with the given name that stands before it somewhere, if one does."""

    given: str | None
    last: str

    @property
    def pattern(self) -> str:
        """Finds the person, with the given name or without."""
        given = rf"(?:{re.escape(self.given)}\s+)?" if self.given else ""
        return rf"\b{given}{re.escape(self.last)}\b"


def persons(texts: Sequence[str]) -> list[Person]:
    """The people that some texts name, by a title or a verb of speaking beside the name."""
    lasts: dict[str, None] = {}
    for text in texts:
        for found in (*_TITLED.finditer(text), *_SPEAKING.finditer(text)):
            last = next(name for name in found.groupdict().values() if name) if any(found.groupdict().values()) else ""
            last = re.sub(r"['’]s$", "", last)
            if len(last) >= MIN_NAME and last not in _NO_PERSON:
                lasts[last] = None
    whole = "\n".join(texts)
    people = []
    for last in lasts:
        given = re.search(rf"\b({_WORD}) {re.escape(last)}\b", whole)
        name = given.group(1) if given and not re.fullmatch(_TITLE, given.group(1)) and given.group(1) not in lasts else None
        people.append(Person(name if name not in _NO_PERSON else None, last))
    return people


def contrasts(row: Row, people: Sequence[Person], others: Mapping[str, Sequence[str]], drawn: random.Random) -> Iterator[Row]:
    """The rows made of one answered row; `others` are answers of the call by how their question begins."""
    question, context, answer, start = row["question"], row["context"], row["answer"], row["answer_start"]
    asked = [one for one in people if re.search(one.pattern, question)]
    free = [one for one in people if not re.search(one.pattern, f"{question} {answer}") and one.given not in question.split()]
    if len(asked) != 1 or not free:
        return
    a = asked[0]
    near = [one for one in free if re.search(one.pattern, context)]
    b = drawn.choice(near or free)
    of_b = _renamed(question, a, b)
    held = {"source": CONTRASTS, "id": row["id"]}
    yield {**held, "question": of_b, "context": context, "answer": None, "answer_start": None}
    if not re.search(a.pattern, context) or re.search(a.pattern, answer):
        return
    before, after = _exchanged(context[:start], a, b), _exchanged(context[start + len(answer) :], a, b)
    swapped = f"{before}{answer}{after}"
    yield {**held, "question": question, "context": swapped, "answer": None, "answer_start": None}
    yield {**held, "question": of_b, "context": swapped, "answer": answer, "answer_start": len(before)}
    values = [value for value in others.get(begins(question), ()) if _alike(value, answer) and value not in context]
    beside = _beside(row, (a, b), drawn.choice(values), drawn) if values else None
    if beside is not None:
        made, at, value, at_value = beside
        yield {**held, "question": question, "context": made, "answer": answer, "answer_start": at}
        yield {**held, "question": of_b, "context": made, "answer": value, "answer_start": at_value}


def begins(question: str) -> str:
    """How a question begins: what is asked alike is answered alike."""
    words = question.casefold().split()
    return " ".join(words[: 2 if words[0] in {"how", "what", "which"} else 1])


def _beside(row: Row, people: tuple[Person, Person], value: str, drawn: random.Random) -> tuple[str, int, str, int] | None:
    """The passage with the sentence that answers told of the other as well, with another value; and where the two values are."""
    context, answer, start = row["context"], row["answer"], row["answer_start"]
    spans = sentences(context, Span(0, len(context)))
    own = next((span for span in spans if span.start <= start and start + len(answer) <= span.end), None)
    if own is None or not re.search(people[0].pattern, own.of(context)):
        return None
    lead = _renamed(context[own.start : start], *people)
    other = f"{lead}{value}{_renamed(context[start + len(answer) : own.end], *people)}"
    if drawn.random() < HALF:
        made = f"{context[: own.start]}{other} {context[own.start :]}"
        return made, start + len(other) + 1, value, own.start + len(lead)
    made = f"{context[: own.end]} {other}{context[own.end :]}"
    return made, start, value, own.end + 1 + len(lead)


def _alike(value: str, answer: str) -> bool:
    """Whether one could stand where the other stands: of a length, both with a figure or neither, both a name or neither."""
    return (
        abs(len(value.split()) - len(answer.split())) <= 1
        and bool(re.search(r"\d", value)) is bool(re.search(r"\d", answer))
        and value[0].isupper() is answer[0].isupper()
        and value.casefold() not in answer.casefold()
        and answer.casefold() not in value.casefold()
    )


def _renamed(text: str, a: Person, b: Person) -> str:
    return re.sub(a.pattern, lambda found: _named(b, found.group()), text)


def _exchanged(text: str, a: Person, b: Person) -> str:
    first = re.compile(a.pattern, re.IGNORECASE)

    def other(found: re.Match[str]) -> str:
        return _named(b if first.fullmatch(found.group()) else a, found.group())

    return re.sub(f"{a.pattern}|{b.pattern}", other, text, flags=re.IGNORECASE)


def _named(person: Person, instead_of: str) -> str:
    """The person as the other was named there: with a given name or without, in capitals or not."""
    name = f"{person.given} {person.last}" if person.given and " " in instead_of else person.last
    return name.upper() if instead_of.isupper() else name
