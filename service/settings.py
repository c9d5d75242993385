"""Settings: values only, read from `READOUT_*` environment variables. A misspelt one is an error at start-up."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from index.types import Precision
from service.errors import BadSettings

PREFIX = "READOUT_"
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Settings(BaseSettings):
    """Every setting with its default and its bound. The README's table is generated from this class."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    data: Path = Field(Path("data"), description="Folder of the store; created if missing.")
    host: str = Field("127.0.0.1", description="Address to serve on. Off loopback an API key is required.")
    port: int = Field(8000, ge=0, le=65535, description="Port to serve on; 0 takes a free one.")
    api_key: SecretStr | None = Field(None, description="If set, every request but /livez, /readyz and the page must carry it.")
    model: Path | None = Field(None, description="Folder of another sentence-transformers model; default: the packaged MiniLM.")
    embedding_precision: Precision | None = Field(
        None,
        description=(
            "`f32`, `int8` or `bf16` (where the processor has it), of the packaged model. Default: what the store was made with; "
            "a new one `int8` where the processor has AVX512-VNNI, else `f32`."
        ),
    )
    threads: int = Field(2, ge=1, le=64, description="Processor threads for the embedding model.")
    chunk_tokens: int = Field(160, ge=32, le=512, description="cl100k tokens in one passage at most.")
    threshold: float = Field(0.1, ge=0, le=1, description="Support below which a sentence is not shown as an answer.")
    exact_passages: int = Field(
        50_000,
        ge=1,
        description="Up to so many passages every one is scored; beyond, indexes give candidates, and these exact scores.",
    )
    tail_passages: int = Field(
        4_096,
        ge=1,
        description="New passages searched beside a search file before both are merged (or a fiftieth of it, if more).",
    )
    max_document_bytes: int = Field(25_000_000, ge=1, description="Largest file that is ingested.")
    max_upload_bytes: int = Field(25_000_000, ge=1, description="Largest request body; more is answered with 413.")
    max_upload_files: int = Field(1_000, ge=1, description="Files in one upload at most.")
    max_question_characters: int = Field(2_000, ge=1, description="Longest question; a longer one is answered with 422.")
    max_history_messages: int = Field(50, ge=0, description="Messages of history in one question at most.")
    max_concurrent: int = Field(4, ge=1, description="Requests worked on at once.")
    max_waiting: int = Field(32, ge=0, description="Requests that wait for their turn; more are answered with 503 at once.")
    ask_timeout_seconds: float = Field(30.0, gt=0, description="Longest time for one answer; then 503.")
    ingest_timeout_seconds: float = Field(
        600.0, gt=0, description="Longest time to store one upload; then 503, and what was stored is kept."
    )
    body_timeout_seconds: float = Field(
        30.0, gt=0, description="Longest time for a request's body to arrive, then 408; and for a client to read on."
    )
    llm_base_url: str | None = Field(None, description="OpenAI-compatible address of a language model (generative answers).")
    llm_model: str | None = Field(None, description="Name of that model.")
    llm_api_key: SecretStr | None = Field(None, description="Key for that address.")
    llm_timeout_seconds: float = Field(
        20.0,
        gt=0,
        description="Longest time for all that the model writes of one answer; must be shorter than that of an answer.",
    )
    llm_context_tokens: int | None = Field(
        None, ge=1, description="Window of that model; default: what its /v1/models tells, else 4,096."
    )
    llm_answer_tokens: int = Field(512, ge=16, description="Tokens that the model may write for one part of a question.")
    llm_max_response_bytes: int = Field(1_000_000, ge=1, description="Bytes of one reply of that model at most.")

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in LOOPBACK


def load_settings(environment: Mapping[str, str]) -> Settings:
    """The settings of an environment.

    Raises:
        BadSettings: If a `READOUT_*` variable is unknown, or a value does not fit.
    """
    known = {f"{PREFIX}{name.upper()}": name for name in Settings.model_fields}
    given = {name: value for name, value in environment.items() if name.upper().startswith(PREFIX)}
    unknown = sorted(name for name in given if name not in known)
    if unknown:
        near = get_close_matches(unknown[0], known, n=1)
        meant = f"; did you mean {near[0]}?" if near else ";"
        raise BadSettings(f"{unknown[0]} is not a setting{meant} The README lists them all")
    try:
        settings = Settings.model_validate({known[name]: value for name, value in given.items()})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise BadSettings(f"{PREFIX}{str(first['loc'][0]).upper()}: {first['msg']}") from error
    _check_language_model(settings)
    return settings


def _check_language_model(settings: Settings) -> None:
    if settings.llm_base_url is None:
        return
    if not settings.llm_base_url.startswith(("http://", "https://")):
        raise BadSettings("READOUT_LLM_BASE_URL: it must begin with http:// or https://, such as http://127.0.0.1:8080/v1")
    if settings.llm_timeout_seconds >= settings.ask_timeout_seconds:
        raise BadSettings(
            "READOUT_LLM_TIMEOUT_SECONDS: it must be shorter than READOUT_ASK_TIMEOUT_SECONDS: "
            "when the model is slow the extractive answer is still to come"
        )
