"""Settings: read from their variables, bounded, and loud when misspelt."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from pydantic import SecretStr

from index.types import Precision
from service.errors import BadSettings
from service.settings import Settings, load_settings

NAMES = tuple(Settings.model_fields)
SAMPLES = {Path: "/some/where", Precision: "bf16", int: "33", float: "0.5", str: "http://127.0.0.1:9", SecretStr: "s3cr3t"}


def kind_of(name: str) -> type:
    """The setting's type, `None` apart."""
    annotation = Settings.model_fields[name].annotation
    return next((kind for kind in (annotation, *get_args(annotation)) if kind in SAMPLES), str)


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_read_from_its_variable(name: str) -> None:
    kind = kind_of(name)
    value = getattr(load_settings({f"READOUT_{name.upper()}": SAMPLES[kind]}), name)
    assert value != Settings.model_fields[name].default
    assert (value.get_secret_value() if kind is SecretStr else str(value)) == SAMPLES[kind]


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = load_settings({})
    assert {name: getattr(settings, name) for name in NAMES} == {n: f.default for n, f in Settings.model_fields.items()}


def test_what_is_not_ours_is_left_alone() -> None:
    assert load_settings({"PATH": "/bin", "HOST": "0.0.0.0", "DATA": "x", "XREADOUT_PORT": "1"}) == load_settings({})  # noqa: S104


@pytest.mark.parametrize(
    "variable", ["READOUT_PROT", "READOUT_", "READOUT_port", "readout_port", "READOUT_LLM_KEY", "READOUT_PORT_"]
)
def test_a_misspelt_variable_fails_and_is_named(variable: str) -> None:
    with pytest.raises(BadSettings, match=variable) as raised:
        load_settings({variable: "8001"})
    assert "\n" not in str(raised.value)


def test_a_near_miss_is_told_what_was_meant() -> None:
    with pytest.raises(BadSettings, match="READOUT_PORT"):
        load_settings({"READOUT_PROT": "8001"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "many"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", ""),
        ("THREADS", "0"),
        ("CHUNK_TOKENS", "8.5"),
        ("THRESHOLD", "1.01"),
        ("THRESHOLD", "nan"),
        ("MAX_UPLOAD_BYTES", "0"),
        ("MAX_WAITING", "-1"),
        ("BODY_TIMEOUT_SECONDS", "0"),
        ("ASK_TIMEOUT_SECONDS", "soon"),
    ],
)
def test_a_value_that_does_not_fit_fails_with_the_variables_name(name: str, value: str) -> None:
    with pytest.raises(BadSettings, match=f"^READOUT_{name}: ") as raised:
        load_settings({f"READOUT_{name}": value})
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"READOUT_LLM_BASE_URL": "127.0.0.1:8080/v1"}, "READOUT_LLM_BASE_URL"),
        ({"READOUT_LLM_BASE_URL": "file:///etc/passwd"}, "READOUT_LLM_BASE_URL"),
        ({"READOUT_LLM_BASE_URL": "http://x/v1", "READOUT_LLM_TIMEOUT_SECONDS": "30"}, "READOUT_LLM_TIMEOUT_SECONDS"),
        ({"READOUT_LLM_BASE_URL": "http://x/v1", "READOUT_ASK_TIMEOUT_SECONDS": "20"}, "READOUT_LLM_TIMEOUT_SECONDS"),
    ],
)
def test_a_language_model_needs_an_address_and_less_time_than_an_answer(variables: dict[str, str], named: str) -> None:
    with pytest.raises(BadSettings, match=f"^{named}: "):
        load_settings(variables)


@pytest.mark.parametrize("name", [name for name in NAMES if kind_of(name) is SecretStr])
def test_a_secret_is_not_shown(name: str) -> None:
    settings = load_settings({f"READOUT_{name.upper()}": "s3cr3t"})
    assert "s3cr3t" not in repr(settings) + str(settings) + settings.model_dump_json() + str(settings.model_dump())


def test_there_are_secrets() -> None:
    assert {name for name in NAMES if kind_of(name) is SecretStr} == {"api_key", "llm_api_key"}


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings({}).port = 1  # type: ignore[misc]


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
