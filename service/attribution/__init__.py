"""Whose words a span of a document is, and who relays them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from index.types import Document, Section, SectionKind, Span
from service.attribution import paragraphs
from service.attribution.byline import author
from service.attribution.names import longest_form, matches_alias, names_in, unrole
from service.attribution.people import People, read_people
from service.attribution.reading import Read, Saying, Sentence, Voiced, governing, outermost, read_paragraph
from service.attribution.rounds import of_round
from service.attribution.who import Kind, Known, Who
from service.types import Attribution

__all__ = ["Speakers", "attribute", "longest_name", "matches_alias", "people_of", "read_speakers"]

PEOPLE_CHARACTERS = 20_000  # of the head, where people are introduced, and of the blocks around a span
_DIRECTION = re.compile(r"\s{0,8}(?:\([^()]{1,300}\)|\[[^\[\]]{1,300}\])[.\s]{0,8}$")
LATE = 0.4  # share of a sentence after which a saying in it is not what the sentence is
MOST_OF = 0.5  # share of a span from which a quotation in it is what the span says


@dataclass(frozen=True, slots=True)
class Speakers:
    """A document read for its speakers: turns, and the name forms that occur in it.

    `memo` holds what was read of its paragraphs, so that neighbouring spans cost one reading.
    """

    document: Document
    turns: tuple[Section, ...]
    names: tuple[str, ...]
    memo: dict[Span, Read] = field(default_factory=dict, compare=False, repr=False)
    people: dict[int, People] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a span stands: its turn if any, the stretch of text of one voice around it, and whose voice that is."""

    turn: int | None
    within: Span
    voice: Who | None
    inferred: bool = False


def read_speakers(document: Document) -> Speakers:
    """Find the turns and the names of a document, once for many spans."""
    turns = tuple(section for section in document.sections if section.kind is SectionKind.TURN)
    labels = {unrole(turn.label) for turn in turns if turn.label}
    return Speakers(document, turns, tuple(sorted((names_in(document.text) | labels) - {""})))


def attribute(speakers: Speakers, span: Span) -> Attribution:
    """The speaker and the relayer of the words at `span`: a sentence, a clause or a quotation.

    Words inside a quotation or inside what a verb of saying governs are whose it says; a sentence with such a verb is whose the
    verb is. A quotation without a name of its own takes the speaker of what stands before it, and is then marked as inferred.
    """
    place = _place(speakers, span)
    if place.turn is not None and _DIRECTION.match(span.of(speakers.document.text)):
        return Attribution(None, _owner(speakers.document))
    read = _read(speakers, paragraphs.around(speakers.document.text, span.start, place.within), place)
    chain, inferred = _chain(speakers, read, span, place)
    return _attribution(speakers, place, chain, inferred=inferred)


def people_of(speakers: Speakers) -> People:
    """The people of a document's head, its turns' speakers among them."""
    return _people(speakers, Span(0, 0))


def longest_name(speakers: Speakers, surface: str) -> str:
    """The longest form of a name in the document without its role: `Mr. Kirby` gives `John Kirby`.

    Where several people bear the name, it stays as it is.
    """
    short = unrole(surface.strip()) or surface.strip()
    return longest_form(speakers.names, short)


def _place(speakers: Speakers, span: Span) -> _Place:
    text = speakers.document.text
    number = _turn_at(speakers.turns, span)
    if number is not None:
        voice, inferred = _voice(speakers, number)
        return _Place(number, speakers.turns[number].span, voice, inferred)
    before = max((turn.span.end for turn in speakers.turns if turn.span.end <= span.start), default=0)
    after = min((turn.span.start for turn in speakers.turns if turn.span.start >= span.end), default=len(text))
    return _Place(None, Span(before, max(after, span.end)), None)


def _turn_at(turns: Sequence[Section], span: Span) -> int | None:
    low, high = 0, len(turns)
    while low < high:
        middle = (low + high) // 2
        if turns[middle].span.end < span.end:
            low = middle + 1
        else:
            high = middle
    return low if low < len(turns) and turns[low].span.covers(span) else None


def _voice(speakers: Speakers, number: int) -> tuple[Who | None, bool]:
    """Whose turn it is, and whether that was worked out from more than its label."""
    label = speakers.turns[number].label
    if label is None:
        return None, False
    if label.rstrip(".") in ("Q", "A"):
        name = of_round(speakers.document.text, speakers.turns, number)
        return (Who(longest_name(speakers, name), Kind.PERSON) if name else None), True
    return Who(longest_name(speakers, label), Kind.PERSON), False


def _read(speakers: Speakers, paragraph: Span, place: _Place, depth: int = 0) -> Read:
    """The paragraph, read once; the paragraphs above it are read as far as it asks for them."""
    found = speakers.memo.get(paragraph)
    if found is None:
        text = speakers.document.text
        known = Known(speakers.names, _people(speakers, paragraph), text[:PEOPLE_CHARACTERS])

        def above(distance: int) -> Read | None:
            at, within = paragraph, place
            for _ in range(distance):
                higher = paragraphs.before(text, at, within.within) if depth < MAX_DEPTH else None
                if higher is None:
                    higher, within = _last_turn_of_same(speakers, within)
                if higher is None:
                    return None
                at = higher
            return _read(speakers, at, within, depth + 1)

        found = read_paragraph(
            text, paragraph, known, above=above, addressee=_addressee(speakers, place), in_turn=place.turn is not None
        )
        speakers.memo[paragraph] = found
    return found


MAX_DEPTH = 4
# "Yeah, well, both of them agreed", "neither side said": nobody in particular.
_NOBODY = re.compile(
    r"(?:yeah|yes|no|well|oh|okay|right|look|so|now|hi|hello|thanks|sure|exactly|indeed|neither|nobody|none|both|all|them)\b",
    re.IGNORECASE,
)
_TAGS = frozenset("right correct yes no okay".split())  # "he called it a check-in, right?" tells, and asks for a nod


def _last_turn_of_same(speakers: Speakers, place: _Place) -> tuple[Span | None, _Place]:
    """The last paragraph of the turn before the last, if its speaker is the same: an interrupted speaker goes on."""
    number = None if place.turn is None else place.turn - 2
    if number is None or number < 0 or place.turn is None or speakers.turns[number].label != speakers.turns[place.turn].label:
        return None, place
    turn = speakers.turns[number].span
    if not turn:
        return None, place
    return paragraphs.around(speakers.document.text, turn.end - 1, turn), _Place(number, turn, place.voice)


def _people(speakers: Speakers, paragraph: Span) -> People:
    """The people of the head and of the text around a paragraph, read once for each block of the document."""
    block = paragraph.start // PEOPLE_CHARACTERS
    found = speakers.people.get(block)
    if found is None:
        text = speakers.document.text
        if block <= 1:
            found = read_people(text[: 2 * PEOPLE_CHARACTERS], speakers.names, 0)
        else:
            head = read_people(text[:PEOPLE_CHARACTERS], speakers.names, 0)
            near = Span((block - 1) * PEOPLE_CHARACTERS, min(len(text), (block + 1) * PEOPLE_CHARACTERS))
            here = read_people(near.of(text), speakers.names, near.start)
            found = People(
                (*head.mentions, *here.mentions),
                (*head.roles, *here.roles),
                head.gender | here.gender,
                head.persons | here.persons,
            )
        voices = frozenset(longest_name(speakers, turn.label) for turn in speakers.turns if turn.label)
        found = People(found.mentions, found.roles, found.gender, found.persons | voices)
        speakers.people[block] = found
    return found


def _addressee(speakers: Speakers, place: _Place) -> Who | None:
    """Whom "you" means in a turn: who speaks next."""
    if place.turn is None or place.turn + 1 >= len(speakers.turns):
        return None
    voice, _ = _voice(speakers, place.turn + 1)
    return None if voice is None or (place.voice and voice.name == place.voice.name) else voice


def _chain(speakers: Speakers, read: Read, span: Span, place: _Place) -> tuple[list[Who | None], bool]:
    """From the innermost outwards who speaks the words at `span`, without the voice of the turn; and whether that is inferred."""
    voiced = next((one for one in read.quotes if one.quote.outer.covers(span)), None)
    if voiced is not None:
        return _in_quotation(speakers, read, voiced, span, place)
    within = [sentence for sentence in read.sentences if sentence.span.overlaps(span)]
    if not within:
        return [], False
    over = governing(within[0].sayings, span)
    if over:
        return _speakers_of(over, place.voice), False
    if len(within) > 1 and place.turn is not None:
        return [], False
    return _of_sentences(read, within, span, place)


def _of_sentences(read: Read, within: Sequence[Sentence], span: Span, place: _Place) -> tuple[list[Who | None], bool]:
    """Who speaks in whole sentences: whose the verb is, else whose the quotation is that they mostly are."""
    for sentence in within:
        sayings = [saying for saying in sentence.sayings if span.covers(saying.frame.cue)]
        if sayings:
            main = outermost(sayings)
            if place.turn is not None and (main.speaker is None or _is_own(sentence, main)):
                return [], False
            return _speakers_of([main], place.voice), False
    held = [one for one in read.quotes if one.quote.outer.overlaps(span)]
    quoted = sum(min(one.quote.outer.end, span.end) - max(one.quote.outer.start, span.start) for one in held)
    if held and quoted >= MOST_OF * len(span):
        return [held[0].speaker], held[0].inferred
    return [], False


def _is_own(sentence: Sentence, main: Saying) -> bool:
    """Whether a sentence of a turn is the speaker's own: a question, or one in which somebody's saying comes late."""
    late = main.frame.leads and main.frame.cue.start - sentence.span.start > LATE * len(sentence.span)
    *_, pause, tag, end = ["", "", *(word.text for word in sentence.words)]
    asked = end == "?" and not (pause == "," and tag.casefold() in _TAGS)
    return asked or late


def _in_quotation(speakers: Speakers, read: Read, voiced: Voiced, span: Span, place: _Place) -> tuple[list[Who | None], bool]:
    over = _speakers_of(voiced.sayings, place.voice)
    own: list[Who | None] = [voiced.speaker]
    if voiced.speaker is None and not voiced.own:
        later = _named_later(speakers, read, voiced, place)
        if later is not None:
            return [later], True
    if voiced.own:
        own = []
    inner = _nested(speakers, voiced, span)
    return [*inner, *own, *over], voiced.inferred


def _nested(speakers: Speakers, voiced: Voiced, span: Span) -> list[Who | None]:
    """Who is reported inside a quotation, for words that stand in such a clause of it."""
    quote = voiced.quote.inner
    if len(span) >= len(quote) - 1 or not len(quote):
        return []
    place = _Place(None, quote, voiced.speaker)
    known = Known(speakers.names, _people(speakers, quote), "")
    inner = read_paragraph(speakers.document.text, quote, known, above=lambda _: None, addressee=None, in_turn=True)
    over = [saying for sentence in inner.sentences for saying in governing(sentence.sayings, span)]
    return [saying.speaker for saying in over if not saying.own and saying.speaker != place.voice][:1]


def _named_later(speakers: Speakers, read: Read, voiced: Voiced, place: _Place) -> Who | None:
    """The speaker of a quotation over several paragraphs that is named only further down."""
    text, at = speakers.document.text, read
    while voiced is at.quotes[-1] and not voiced.quote.closed:
        below = paragraphs.after(text, at.span, place.within)
        following = _read(speakers, below, place) if below is not None else None
        if following is None or not following.quotes:
            return None
        at, voiced = following, following.quotes[0]
        if voiced.speaker is not None:
            return voiced.speaker
    return None


def _speakers_of(sayings: Sequence[Saying], voice: Who | None) -> list[Who | None]:
    """Their speakers, the turn's own voice where they are its own, each once in a row."""
    found = [voice if saying.own else saying.speaker for saying in sayings]
    return [one for i, one in enumerate(found) if i == 0 or one != found[i - 1]]


def _owner(document: Document) -> str | None:
    """Who relays what a document says in its own voice: the person who wrote it, else the outlet."""
    return author(document.byline) or document.outlet


def _attribution(speakers: Speakers, place: _Place, chain: Sequence[Who | None], *, inferred: bool) -> Attribution:
    owner = _owner(speakers.document)
    chain = [one for one in chain if one is None or not _NOBODY.match(one.name)]
    if place.turn is None:
        if not chain:
            return Attribution(None, owner)
        relayer = next((one.name for one in chain[1:] if one is not None and one.relays and one != chain[0]), owner)
        return Attribution(chain[0].name if chain[0] else None, relayer, inferred=inferred and chain[0] is not None)
    voice = None if place.voice is None else place.voice.name
    if not chain or (chain[0] is not None and chain[0].name == voice):
        return Attribution(voice, None, inferred=place.inferred and voice is not None)
    relayer = next((one.name for one in chain[1:] if one is not None and one.relays), voice)
    return Attribution(chain[0].name if chain[0] else None, relayer, inferred=inferred)
