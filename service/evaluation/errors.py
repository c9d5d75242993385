"""What can go wrong in an evaluation.

EvaluationError
├── DatasetError        the questions, or the gold in them, cannot be read (also a ValueError)
├── GoldMissing         the gold names a document or a quote that the corpus does not hold
├── AskFailed           one question got no usable answer: a failed row, the run goes on
├── ServerUnusable      the server cannot be reached, refuses us, or does not speak the contract
├── RunsDiffer          two runs cannot be compared: they did not ask the same questions
├── ReportError         a report cannot be written or read
├── GateRejected        a gate file cannot be read, or names a measure that there is not
└── GateNotHeld         the run fell short of the gate
"""

from __future__ import annotations

from index.errors import ReadoutError


class EvaluationError(ReadoutError):
    """Root of everything this package raises on purpose; its text is one message for a person."""


class DatasetError(EvaluationError, ValueError):
    """A data set breaks its format; the message gives file, line, what is wrong and what to do."""


class GoldMissing(EvaluationError):
    """Gold evidence cannot be found in the corpus, so no measure of it would mean anything."""


class AskFailed(EvaluationError):
    """The one error that `Ask` and `GetText` raise; `evaluate` turns it into a failed row."""


class ServerUnusable(EvaluationError):
    """The server at the given address cannot serve this evaluation at all."""


class RunsDiffer(EvaluationError):
    """The two runs did not ask the same questions, so nothing can be paired."""


class ReportError(EvaluationError):
    """A report folder cannot be written, or does not hold a readable report."""


class GateRejected(EvaluationError):
    """A gate file is not as documented; it is found before the first question is asked."""


class GateNotHeld(EvaluationError):
    """The run is done, printed and reported, and a measure is past its bound; the message names each."""
