"""Errors of answering and of its faces.

index.errors.ReadoutError
├── BadSettings       a READOUT_* variable is unknown or does not fit
├── UnsafeBind        serving off loopback without a key
├── CannotServe       the address is taken or is none of this machine
├── ServerRefused     the running server did not take what was handed to it
├── NotReady          models and snapshot are not loaded yet
├── Overloaded        too many requests are waiting
├── AnswerTimeout     an answer took longer than it may
├── ModelFailed       the language model gave no usable reply: the extractive answer is given instead
│   └── ModelRefused  its server answered with an error
└── InputRejected
    ├── QuestionTooLong   a question over its bound
    ├── HistoryTooLong    a history over its bound
    └── ModelNotFound     a chat asks for a model that is none of ours
"""

from __future__ import annotations

from http import HTTPStatus

from index.errors import InputRejected, ReadoutError


class BadSettings(ReadoutError):
    """A `READOUT_*` variable is unknown, or its value does not fit."""

    code = "bad_settings"


class UnsafeBind(ReadoutError):
    """The server would be reachable from elsewhere without a key."""

    code = "unsafe_bind"


class CannotServe(ReadoutError):
    """The address cannot be listened on."""

    code = "cannot_serve"


class ServerRefused(ReadoutError):
    """The server that has the data directory did not take what was handed to it."""

    code = "server_refused"


class NotReady(ReadoutError):
    """Models and snapshot are still being loaded."""

    code = "not_ready"


class Overloaded(ReadoutError):
    """Too many requests are waiting already."""

    code = "overloaded"


class AnswerTimeout(ReadoutError):
    """The answer took longer than it may."""

    code = "answer_timeout"


class ModelFailed(ReadoutError):
    """The language model gave no usable reply; the message is shown as a warning and repeats nothing that was sent."""

    code = "model_unavailable"


class ModelRefused(ModelFailed):
    """The language model's server answered with an error. `said` is the beginning of what it said, for no one to see."""

    def __init__(self, status: int, said: str) -> None:
        """Refused with this status."""
        told = f"with status {int(status)}" if status != HTTPStatus.OK else "with an error in its stream"
        super().__init__(f"the language model answered {told}")
        self.status = int(status)
        self.said = said


class QuestionTooLong(InputRejected):
    """The question is over its bound."""

    code = "question_too_long"


class HistoryTooLong(InputRejected):
    """The history is over its bound."""

    code = "history_too_long"


class ModelNotFound(InputRejected):
    """There is no model of that name."""

    code = "model_not_found"
