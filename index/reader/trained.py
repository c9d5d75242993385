"""The reader in use: what the trained network says of each sentence, weighed with how it was found and what it holds."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from threading import Lock
from typing import TYPE_CHECKING

from index.normalise import content_terms, terms
from index.reader.by_words import is_read_by_words, read_by_words
from index.reader.expects import Expected, asks_for_a_nod, candidates, expected
from index.reader.graph import ReadingGraph
from index.reader.pairs import PairTokenizer, in_context
from index.reader.spans import SentenceScores, sentence_scores
from index.types import Passage, Reading, Span

if TYPE_CHECKING:
    from index.protocols import Embedder, Row

MIN_SENTENCE_TERMS = 5  # below it a sentence is "Hello." or "That's right."
KEPT_ROWS = 20_000  # sentences; 1.5 kB each, and as much again for the text
# Sentences that are embedded for a question, those first that are most relevant by all that needs no embedding. Of 1,528
# questions over held-back articles the most relevant of about 32 sentences was among 24 for every one, among 10 for 99.8 %.
MOST_EMBEDDED = 32
# What a sentence's cosine is taken for before it is embedded: a line over its passage's, fitted on the same questions.
COSINE_BY_PASSAGE = (0.025, 0.707)
# Sentences that the entailment network reads alone, those first that are most relevant by all else, and none that is less
# relevant than this: its cost grows with each. On the development calls 12 of them, however irrelevant, gave the same answers.
MOST_READ_ALONE, LEAST_READ_ALONE = 8, 0.01
MOST_ODDS_ALONE = 5.0  # its odds are cut there, and those of a sentence that it did not read are taken for the least
MOST_ODDS = 15.0  # network scores are cut there: beyond, they only say how long it was trained

Answers = Callable[[str, Sequence[str]], list[float]]  # a question, sentences: the probability that each answers, read alone
DocumentFrequencies = Callable[[Iterable[str]], tuple[Mapping[str, int], int]]


@dataclass(frozen=True, slots=True)
class Features:
    """What is measured of one sentence for one question.

    The first three are the network's: log odds of the sentence's best span against no answer, the log share of the answer's
    beginning that lies in the sentence, and the log odds that the passage answers. `behind` is how far `best` stands behind
    that of the best sentence of all. Cosines are those of the question with sentence and passage, coverages are shares of
    IDF mass. `expected_missing`: no words of the kind asked for stand in the sentence; `unfit`: none in the best span. `echo`
    is the share of that span's terms that the question itself holds.
    """

    best: float
    share: float
    answerable: float
    behind: float
    cosine: float
    passage_cosine: float
    coverage: float
    coverage_with_neighbours: float
    coverage_of_passage: float
    expected_missing: float
    unfit: float
    echo: float
    is_question: float
    is_short: float
    alone: float


FEATURE_NAMES = tuple(field.name for field in fields(Features))


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic model over `Features`: for each the weight, and the bias."""

    bias: float
    weights: tuple[float, ...]

    def probability(self, features: Features) -> float:
        """What the model makes of one sentence."""
        logit = self.bias + sum(w * x for w, x in zip(self.weights, astuple(features), strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


@dataclass(frozen=True, slots=True)
class Judgement:
    """Two models: which sentence is the one that answers, and whether such a sentence does answer.

    They are two because what unanswerable questions ask stands near the text too: likeness finds the sentence, and says
    nothing of whether it answers.
    """

    relevance: Weights
    support: Weights


@dataclass(frozen=True, slots=True)
class Measured:
    """One sentence of one passage, as numbers."""

    passage: int
    sentence: int
    scores: SentenceScores
    features: Features


class TrainedReader:
    """See `Reader`. Sentences are embedded when first needed and kept for the next questions."""

    def __init__(
        self,
        graph: ReadingGraph,
        tokenizer: PairTokenizer,
        embedder: Embedder,
        *,
        answers: Answers,
        frequencies: DocumentFrequencies,
        judgement: Judgement,
    ) -> None:
        """Read with `graph`; `answers` judges sentences read alone.

        `frequencies` gives for terms in how many chunks they occur, and the number of chunks.
        """
        self._graph = graph
        self._tokenizer = tokenizer
        self._embedder = embedder
        self._answers = answers
        self._frequencies = frequencies
        self._judgement = judgement
        self._rows: OrderedDict[str, Row] = OrderedDict()
        self._lock = Lock()

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """See `Reader`."""
        if is_read_by_words(question):
            return read_by_words(question, passages)
        relevance, support = self._judgement.relevance.probability, self._judgement.support.probability
        measured = sorted(self._without_cosines(question, passages), key=lambda one: -relevance(one.features))
        measured[:MOST_EMBEDDED] = self._with_cosines(question, passages, measured[:MOST_EMBEDDED])
        measured = self._read_alone(question, passages, measured)
        readings = [
            Reading(
                one.passage,
                one.sentence,
                one.scores.answer,
                relevance=relevance(one.features),
                support=support(one.features),
            )
            for one in measured
        ]
        return sorted(readings, key=lambda reading: -reading.relevance)

    def measure(self, question: str, passages: Sequence[Passage]) -> list[Measured]:
        """The network's scores and the features of every sentence, all of them embedded, in reading order."""
        return self._read_alone(
            question, passages, self._with_cosines(question, passages, self._without_cosines(question, passages))
        )

    def _without_cosines(self, question: str, passages: Sequence[Passage]) -> list[Measured]:
        """Every sentence in reading order, its cosine taken from its passage's."""
        asked, *read = self._tokenizer.tokens([question, *(passage.text for passage in passages)])
        pairs = [self._tokenizer.pair(asked, tokens) for tokens in read]
        logits = self._graph.logits(pairs)
        scored = [
            sentence_scores(pair, logit, passage.sentences) for pair, logit, passage in zip(pairs, logits, passages, strict=True)
        ]
        words = _Words(question, self._idf(question))
        first = max((_bounded(score.best) for group in scored for score in group), default=0.0)
        measured: list[Measured] = []
        for number, (passage, scores, logit) in enumerate(zip(passages, scored, logits, strict=True)):
            held = words.of(passage)
            for place, score in enumerate(scores):
                features = Features(
                    best=_bounded(score.best),
                    share=_bounded(score.share),
                    answerable=_bounded(logit.answerable),
                    behind=first - _bounded(score.best),
                    cosine=COSINE_BY_PASSAGE[0] + COSINE_BY_PASSAGE[1] * passage.cosine,
                    passage_cosine=passage.cosine,
                    coverage=words.covered(held[place : place + 1]),
                    coverage_with_neighbours=words.covered(held[max(0, place - 1) : place + 2]),
                    coverage_of_passage=words.covered(held),
                    expected_missing=float(words.lack_expected(passage, place)),
                    unfit=float(words.unfit(passage, place, score.answer)),
                    echo=words.echo(passage, score.answer),
                    is_question=float(_asks(passage.sentences[place].of(passage.text))),
                    is_short=float(len(held[place]) < MIN_SENTENCE_TERMS),
                    alone=-MOST_ODDS_ALONE,
                )
                measured.append(Measured(number, place, score, features))
        return measured

    def _with_cosines(self, question: str, passages: Sequence[Passage], measured: Sequence[Measured]) -> list[Measured]:
        """The same sentences with the question's cosine with each."""
        texts = [passages[one.passage].sentences[one.sentence].of(passages[one.passage].text) for one in measured]
        held = self._embedded([question, *texts])
        asked = held[question]
        return [
            replace(one, features=replace(one.features, cosine=float(asked @ held[text])))
            for one, text in zip(measured, texts, strict=True)
        ]

    def _read_alone(self, question: str, passages: Sequence[Passage], measured: Sequence[Measured]) -> list[Measured]:
        """The same sentences, with what the most relevant say when they are read alone."""
        found = list(measured)
        relevance = [self._judgement.relevance.probability(one.features) for one in found]
        first = sorted(range(len(found)), key=lambda at: -relevance[at])[:MOST_READ_ALONE]
        order = [at for at in first if relevance[at] >= LEAST_READ_ALONE]
        told = [_told(passages[found[at].passage], found[at].sentence) for at in order]
        for at, probability in zip(order, self._answers(question, told), strict=True):
            alone = max(-MOST_ODDS_ALONE, min(MOST_ODDS_ALONE, _odds(probability)))
            found[at] = replace(found[at], features=replace(found[at].features, alone=alone))
        return found

    def _embedded(self, texts: Sequence[str]) -> dict[str, Row]:
        """The row of each text, from those kept where it was read before."""
        with self._lock:
            known = {text: self._rows[text] for text in texts if text in self._rows}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known |= dict(zip(new, self._embedder.embed(new), strict=True))
        with self._lock:
            for text in texts:
                self._rows[text] = known[text]
                self._rows.move_to_end(text)
            while len(self._rows) > KEPT_ROWS:
                self._rows.popitem(last=False)
        return known

    def _idf(self, question: str) -> dict[str, float]:
        """The inverse document frequency of each content term of the question, as BM25 has it (never negative)."""
        frequencies, n_chunks = self._frequencies(dict.fromkeys(content_terms(question)))
        return {term: math.log1p((n_chunks - n + 0.5) / (n + 0.5)) for term, n in frequencies.items()}


class _Words:
    """The question's words, to be looked for in passages."""

    def __init__(self, question: str, idf: Mapping[str, float]) -> None:
        self._question = question
        self._kind = expected(question)
        self._idf = idf
        self._asked = frozenset(terms(question))

    def of(self, passage: Passage) -> list[frozenset[str]]:
        """The terms of each sentence."""
        return [frozenset(terms(span.of(passage.text))) for span in passage.sentences]

    def covered(self, held: Sequence[frozenset[str]]) -> float:
        """The share of the question's IDF mass that some sentences hold together."""
        total = sum(self._idf.values())
        found = frozenset().union(*held)
        return sum(weight for term, weight in self._idf.items() if term in found) / total if total else 0.0

    def lack_expected(self, passage: Passage, place: int) -> bool:
        """Whether a sentence holds no words of the kind asked for."""
        if self._kind is Expected.ANY:
            return False
        return not candidates(self._kind, passage.sentences[place].of(passage.text), question=self._question)

    def unfit(self, passage: Passage, place: int, answer: Span | None) -> bool:
        """Whether a span holds no words of the kind asked for."""
        if self._kind is Expected.ANY or answer is None:
            return False
        sentence = passage.sentences[place]
        found = candidates(self._kind, sentence.of(passage.text), question=self._question)
        return not any(span.shifted(sentence.start).overlaps(answer) for span in found)

    def echo(self, passage: Passage, answer: Span | None) -> float:
        """The share of a span's terms that the question holds."""
        held = terms(answer.of(passage.text)) if answer is not None else []
        return sum(term in self._asked for term in held) / len(held) if held else 0.0


def _told(passage: Passage, place: int) -> str:
    """A sentence as it is read alone."""
    sentence, before = (passage.sentences[at].of(passage.text) if at >= 0 else "" for at in (place, place - 1))
    return in_context(sentence, before)


def _asks(sentence: str) -> bool:
    return sentence.rstrip().endswith("?") and not asks_for_a_nod(sentence)


def _odds(probability: float) -> float:
    return math.log(max(probability, 1e-9) / max(1 - probability, 1e-9))


def _bounded(odds: float) -> float:
    return max(-MOST_ODDS, min(MOST_ODDS, odds))
