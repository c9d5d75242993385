"""What a client of OpenAI's chat completions sends, as a question. What Readout cannot do is refused, never left out silently."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from service.errors import ModelNotFound
from service.schemas import MAX_K, MAX_MESSAGE_CHARACTERS, FiltersBody, IsoDate, Text
from service.types import Ask, Message, Mode, Role

# What a client names as `model`, and how its answers are written then.
MODES = {"readout": Mode.EXTRACTIVE, "readout-generative": Mode.GENERATIVE}
OWN_OPTIONS = ("as_of", "filters", "history", "k", "mode", "question")
UNSUPPORTED = "unsupported_parameter"


def _only(*allowed: object, why: str) -> BeforeValidator:
    """Takes null and the values that ask for nothing special."""

    def check(value: object) -> object:
        if value is not None and value not in allowed:
            raise PydanticCustomError(UNSUPPORTED, "{why}; leave it out", {"why": why})
        return value

    return BeforeValidator(check)


def _text_of(content: object) -> object:
    """The text of a message's content, whether it came whole or in parts."""
    if content is None:  # an assistant's message that called a tool
        return ""
    if not isinstance(content, list):
        return content
    texts = [part.get("text") if isinstance(part, dict) and part.get("type") == "text" else None for part in content]
    if not all(isinstance(text, str) for text in texts):
        raise PydanticCustomError(UNSUPPORTED, "only parts of the type 'text' are read; leave out images, sound and files")
    return "\n".join(str(text) for text in texts)


class ChatMessage(BaseModel):
    """One message; system and developer messages are data that nothing is done with."""

    role: Literal["system", "developer", "user", "assistant"]
    content: Annotated[Text, BeforeValidator(_text_of), Field(max_length=MAX_MESSAGE_CHARACTERS)] = ""


class StreamOptions(BaseModel):
    """What a stream holds besides the answer."""

    include_usage: bool = False


class ReadoutOptions(BaseModel):
    """What `POST /v1/ask` takes and OpenAI has no name for."""

    model_config = ConfigDict(extra="forbid")

    filters: FiltersBody = FiltersBody()
    as_of: IsoDate | None = None
    k: Annotated[int, Field(ge=1, le=MAX_K, strict=True)] = 8


class ChatBody(BaseModel):
    """`POST /v1/chat/completions`. Parameters of sampling and bookkeeping are taken, and change nothing."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"model": "readout", "messages": [{"role": "user", "content": "Did TikTok come up?"}], "stream": False}]
        }
    )

    model: Text
    messages: Annotated[list[ChatMessage], Field(min_length=1)]
    stream: Annotated[bool, BeforeValidator(lambda value: value or False)] = False
    stream_options: StreamOptions | None = None
    readout: ReadoutOptions = ReadoutOptions()
    n: Annotated[Any, _only(1, why="there is one answer")] = None
    tools: Annotated[Any, _only([], why="Readout calls no tools")] = None
    tool_choice: Annotated[Any, _only("none", "auto", why="Readout calls no tools")] = None
    functions: Annotated[Any, _only([], why="Readout calls no functions")] = None
    function_call: Annotated[Any, _only("none", "auto", why="Readout calls no functions")] = None
    logprobs: Annotated[Any, _only(0, why="an answer has no token probabilities; `readout` holds its support")] = None
    top_logprobs: Annotated[Any, _only(0, why="an answer has no token probabilities; `readout` holds its support")] = None
    response_format: Annotated[Any, _only({"type": "text"}, why="an answer is text; `readout` holds it as JSON")] = None
    modalities: Annotated[Any, _only(["text"], why="an answer is text")] = None
    audio: Annotated[Any, _only(why="an answer is text")] = None
    web_search_options: Annotated[Any, _only(why="only stored documents are searched")] = None

    @model_validator(mode="before")
    @classmethod
    def _own_options_in_their_place(cls, body: object) -> object:
        """Left at the top level, a filter would be passed over as what some other server understands."""
        misplaced = [name for name in OWN_OPTIONS if isinstance(body, dict) and name in body]
        if misplaced:
            raise PydanticCustomError(
                UNSUPPORTED, "{name} stands in the object `readout`, or in `messages`", {"name": misplaced[0]}
            )
        return body

    @model_validator(mode="after")
    def _ends_with_a_question(self) -> Self:
        said = self._said()
        if not said or said[-1].role != "user" or not said[-1].content.strip():
            raise ValueError("the last of the messages must be the user's question")
        return self

    def value(self, *, most_history: int) -> Ask:
        """As the answerer takes it; of a longer conversation the last `most_history` messages, since its client cannot choose.

        Raises:
            ModelNotFound: If the model is none of ours.
        """
        if self.model not in MODES:
            raise ModelNotFound(f"there is no such model; there are {', '.join(MODES)}")
        *earlier, question = self._said()
        history = tuple(Message(Role(message.role), message.content) for message in earlier if message.content.strip())
        return Ask(
            question=question.content,
            history=history[max(0, len(history) - most_history) :],
            filters=self.readout.filters.value(),
            as_of=self.readout.as_of,
            mode=MODES[self.model],
            k=self.readout.k,
        )

    def texts(self) -> list[str]:
        """The contents of all messages, as the client sent them."""
        return [message.content for message in self.messages]

    def _said(self) -> list[ChatMessage]:
        return [message for message in self.messages if message.role in ("user", "assistant")]
