"""One paragraph read for its sayings: who says what each quotation and each clause holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from index.types import Span
from service.attribution.frames import Frame, frames_of
from service.attribution.people import People
from service.attribution.vocabulary import INSTITUTIONS, PRONOUNS
from service.attribution.who import Kind, Known, Who, who
from service.attribution.words import Quote, Word, quotes_of, sentences_of, words_of

MAX_LOOK_BACK = 3  # paragraphs above among which a pronoun or a bare quotation finds its speaker
_SELF = frozenset("i we me".split())


@dataclass(frozen=True, slots=True)
class Saying:
    """A frame with its speaker: `own` marks the speaker of the turn or quotation itself, None an unknown one."""

    frame: Frame
    speaker: Who | None
    own: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence's words and sayings; `main` is who speaks in it as a whole."""

    words: tuple[Word, ...]
    sayings: tuple[Saying, ...]
    main: Who | None

    @property
    def span(self) -> Span:
        """From the first word to the last."""
        return Span(self.words[0].span.start, self.words[-1].span.end)


@dataclass(frozen=True, slots=True)
class Voiced:
    """A quotation with its speaker; `inferred` if the words beside it do not name one; `sayings` are those it stands in."""

    quote: Quote
    speaker: Who | None
    inferred: bool
    own: bool = False
    sayings: tuple[Saying, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """A paragraph that was read."""

    span: Span
    sentences: tuple[Sentence, ...]
    quotes: tuple[Voiced, ...]

    @property
    def last(self) -> Who | None:
        """Who speaks at the end of it."""
        return self.sentences[-1].main if self.sentences else None

    @property
    def opens(self) -> bool:
        """Whether it ends inside a quotation, or with a colon."""
        ends = self.sentences[-1].words[-1].text == ":" if self.sentences else False
        return ends or bool(self.quotes and not self.quotes[-1].quote.closed)

    @property
    def names(self) -> bool:
        """Whether some saying in it names its speaker."""
        return any(saying.speaker is not None for sentence in self.sentences for saying in sentence.sayings)


Above = Callable[[int], "Read | None"]  # the paragraph so many above


@dataclass(slots=True)
class _Reader:
    """What is held while one paragraph is read."""

    text: str
    known: Known
    above: Above
    addressee: Who | None
    in_turn: bool
    done: list[Sentence] = field(default_factory=list)
    voiced: list[Voiced] = field(default_factory=list)


def read_paragraph(text: str, span: Span, known: Known, *, above: Above, addressee: Who | None, in_turn: bool) -> Read:
    """The sayings of a paragraph. In a turn "I" and "we" are the speaker's own, and a bare quotation is nobody's."""
    reader = _Reader(text, known, above, addressee, in_turn)
    quotes = quotes_of(text, span)
    for words in sentences_of(words_of(text, span, quotes)):
        _read_sentence(reader, words, quotes)
    return Read(span, tuple(reader.done), tuple(reader.voiced))


def _read_sentence(reader: _Reader, words: Sequence[Word], quotes: Sequence[Quote]) -> None:
    sayings: list[Saying] = []
    for frame in frames_of(words):
        sayings.append(_saying(reader, words, frame, sayings))
    placed = [quotes[word.quote] for word in words if word.quote is not None]
    bare = [quote for quote in placed if not governing(sayings, quote.inner)]
    for quote in placed:
        over = governing(sayings, quote.inner)
        if over:
            inner = over[0]
            reader.voiced.append(Voiced(quote, inner.speaker, inferred=False, own=inner.own, sayings=tuple(over[1:])))
        else:
            speaker = _carried(reader, words, quote) if _is_alone(words) or len(bare) == len(placed) else None
            reader.voiced.append(Voiced(quote, speaker, inferred=speaker is not None))
    reader.done.append(Sentence(tuple(words), tuple(sayings), _main(reader, words, sayings, placed)))


def _is_alone(words: Sequence[Word]) -> bool:
    """Whether a sentence is nothing but a quotation."""
    return all(word.quote is not None or not word.is_word for word in words)


def _main(reader: _Reader, words: Sequence[Word], sayings: Sequence[Saying], placed: Sequence[Quote]) -> Who | None:
    if sayings:
        return outermost(sayings).speaker
    return reader.voiced[-1].speaker if placed and _is_alone(words) else None


def outermost(sayings: Sequence[Saying]) -> Saying:
    """The saying that the sentence as a whole is: one put after what it governs, else the first."""
    return next((saying for saying in sayings if not saying.frame.leads and saying.frame.subject is not None), sayings[0])


def governing(sayings: Sequence[Saying], span: Span) -> list[Saying]:
    """The sayings that govern the words at `span`, innermost first."""
    over = [
        (len(part), -saying.frame.cue.start, saying) for saying in sayings for part in saying.frame.content if part.covers(span)
    ]
    return [saying for _, _, saying in sorted(over, key=lambda one: one[:2])]


def _saying(reader: _Reader, words: Sequence[Word], frame: Frame, before: Sequence[Saying]) -> Saying:
    subject = frame.subject
    if subject is None:
        if before:
            return Saying(frame, before[-1].speaker, own=before[-1].own)
        return Saying(frame, _topic(reader, words, frame.cue.start))
    pronoun = words[subject.first].low
    if subject.first != subject.last or pronoun not in PRONOUNS or subject.beside is not None:
        return Saying(frame, who(words, subject, reader.known))
    if pronoun in _SELF:
        return Saying(frame, None, own=True)
    if pronoun == "you":
        return Saying(frame, reader.addressee)
    if pronoun in ("he", "she"):
        return Saying(frame, _person(reader, words, words[subject.first].span.start, pronoun, before))
    if pronoun in ("they", "it"):
        return Saying(frame, _body(reader, pronoun))
    return Saying(frame, None)


def _mentions(people: People, words: Sequence[Word], before: int) -> list[str]:
    """The names outside quotations in a sentence, before a place, in order."""
    start = words[0].span.start
    quoted = [word.span for word in words if word.quote is not None]
    return [m.name for m in people.mentions if start <= m.at < before and not any(s.start <= m.at < s.end for s in quoted)]


def _topic(reader: _Reader, words: Sequence[Word], before: int) -> Who | None:
    """Whom a sentence is about: the name or pronoun it begins with."""
    first = next((word for word in words if word.is_word and word.low not in ("but", "and", "so", "yet")), None)
    if first is not None and first.low in ("he", "she"):
        return _person(reader, words, first.span.start, first.low, ())
    names = _mentions(reader.known.people, words, before)
    return _who_of(reader, names[0]) if names else None


def _who_of(reader: _Reader, name: str) -> Who:
    return Who(name, Kind.PERSON if name in reader.known.people.persons else Kind.INSTITUTION)


def _person(reader: _Reader, words: Sequence[Word], at: int, pronoun: str, before: Sequence[Saying]) -> Who | None:
    """Whom "he" or "she" means: of the nearest sentence back with somebody fitting, who speaks before who is named."""
    people = reader.known.people
    own = [saying.speaker for saying in before if saying.speaker]
    own += [_who_of(reader, name) for name in _mentions(people, words, at) if _is_subject(words, people, name)]
    rounds: list[list[Who | None]] = [[*own], *([s.main, *_speakers(s), *_named_in(reader, s)] for s in reversed(reader.done))]
    for distance in range(1, MAX_LOOK_BACK + 1):
        above = reader.above(distance)
        if above is None:
            break
        rounds += [[s.main, *_speakers(s), *_named_in(reader, s)] for s in reversed(above.sentences)]
    for candidates in rounds:
        fitting = [
            one for one in candidates if one is not None and one.kind is not Kind.INSTITUTION and _agrees(people, one, pronoun)
        ]
        if not fitting:
            fitting = [one for one in candidates if one is not None and _may_be_person(one) and _agrees(people, one, pronoun)]
        told = [one for one in fitting if people.gender.get(one.name) == pronoun]
        if fitting:
            return (told or fitting)[0]
    return None


def _may_be_person(one: Who) -> bool:
    """Whether a name of which the text does not tell what it is looks like a first name and a surname."""
    words = one.name.split()
    return len(words) > 1 and words[0][0].isupper() and not any(word.casefold() in INSTITUTIONS for word in words)


def _speakers(sentence: Sentence) -> list[Who | None]:
    return [saying.speaker for saying in sentence.sayings]


def _named_in(reader: _Reader, sentence: Sentence) -> list[Who | None]:
    return [_who_of(reader, name) for name in _mentions(reader.known.people, sentence.words, sentence.span.end)]


def _is_subject(words: Sequence[Word], people: People, name: str) -> bool:
    start = words[0].span.start
    if words[0].low in PRONOUNS:  # I asked Boris Katz
        return False
    return any(m.name == name and m.at <= words[min(len(words) - 1, 4)].span.start for m in people.mentions if m.at >= start)


def _agrees(people: People, one: Who, pronoun: str) -> bool:
    last = one.name.rsplit(maxsplit=1)[-1].casefold()
    if last.endswith("woman") or (last.endswith("man") and one.kind is Kind.DESCRIBED):
        return (pronoun == "she") == last.endswith("woman")
    return people.gender.get(one.name, pronoun) == pronoun


def _body(reader: _Reader, pronoun: str) -> Who | None:
    """What "it" or "they" means: who spoke in, or began, one of the two sentences before, if that is no person."""
    sentences = list(reader.done)
    if len(sentences) < 2 and (above := reader.above(1)) is not None:  # noqa: PLR2004 - the two sentences looked at
        sentences = [*above.sentences[-1:], *sentences]
    for sentence in reversed(sentences[-2:]):
        spoken = [sentence.main, *_speakers(sentence)]
        named = [_who_of(reader, name) for name in _mentions(reader.known.people, sentence.words, sentence.span.end)[:1]]
        for one in [*spoken, *named]:
            if one is not None and (
                one.kind is Kind.INSTITUTION or (pronoun == "they" and one.name.endswith("s") and one.kind is Kind.DESCRIBED)
            ):
                return one
    return None


def _carried(reader: _Reader, words: Sequence[Word], quote: Quote) -> Who | None:
    """The speaker of a quotation that nothing beside it names: of the sentence before, or of the paragraph above."""
    if not _is_alone(words):
        return _before_colon(reader, words)
    if reader.done:
        last = reader.done[-1]
        if last.main is not None:
            return last.main
        if reader.in_turn or last.sayings:
            return None
        return _introduced(reader, last)
    above = reader.above(1)
    if above is None or (reader.in_turn and not above.quotes):
        return None
    if not above.opens and above.quotes and _asks(reader.text, above):
        return None
    if above.opens or _ends_quoted(above):
        return (
            above.quotes[-1].speaker
            if above.quotes and (above.opens or _ends_quoted(above)) and above.quotes[-1].speaker
            else above.last
        )
    return (
        above.last
        if not reader.in_turn and above.sentences and above.sentences[-1].sayings and _opens_paragraph(quote, words)
        else None
    )


def _before_colon(reader: _Reader, words: Sequence[Word]) -> Who | None:
    """The person whom `Ms. Holm was blunt: \u201cNo.\u201d` is about."""
    colon = next((i for i, word in enumerate(words[:-1]) if word.text == ":" and words[i + 1].quote is not None), None)
    return _introduced(reader, Sentence(tuple(words[:colon]), (), None)) if colon else None


def _opens_paragraph(quote: Quote, words: Sequence[Word]) -> bool:
    return words[0].span.start == quote.outer.start


def _ends_quoted(above: Read) -> bool:
    return bool(above.quotes) and bool(above.sentences) and any(word.quote is not None for word in above.sentences[-1].words)


def _asks(text: str, above: Read) -> bool:
    inner = above.quotes[-1].quote.inner
    return text[max(inner.start, inner.end - 2) : inner.end].rstrip().endswith("?")


def _introduced(reader: _Reader, sentence: Sentence) -> Who | None:
    """The one person that a sentence before a quotation is about: `Ms. Holm was blunt. \u201cNo\u201d`."""
    if any(word.quote is not None for word in sentence.words):
        return None
    names = dict.fromkeys(_mentions(reader.known.people, sentence.words, sentence.span.end))
    persons = [name for name in names if name in reader.known.people.persons]
    first = next((word.low for word in sentence.words if word.is_word), "")
    if first in ("he", "she") and not persons:
        return _person(reader, sentence.words, sentence.span.start, first, ())
    if len(persons) != 1 or not _is_subject(sentence.words, reader.known.people, persons[0]):
        return None
    return Who(persons[0], Kind.PERSON)
