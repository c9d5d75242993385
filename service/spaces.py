"""Which space of vectors the settings mean: the embedding model's id and precision, known without loading it."""

from __future__ import annotations

import hashlib

from index.embed import PACKAGED_MODEL, PACKAGED_SHA256, computes_bf16, multiplies_bytes
from index.store.documents import made_with
from index.types import Precision
from service.settings import Settings

_PACKAGED = f"{PACKAGED_MODEL}@{PACKAGED_SHA256[:12]}"


def precision_for(settings: Settings) -> Precision:
    """The packaged model's precision; where the settings leave it open, what the store was made with, for a new one the default.

    So a new version embeds nothing anew, and a store that is moved to another processor keeps its space.

    Raises:
        StoreUnavailable: If it depends on a store that cannot be read.
    """
    if settings.embedding_precision is not None:
        return settings.embedding_precision
    model_id = made_with(settings.data)
    kept = None if model_id is None else precision_of(model_id)
    if kept is Precision.BF16 and not computes_bf16():
        return Precision.F32
    return kept or default_precision()


def default_precision() -> Precision:
    """What a new store is made with: int8 where that is faster."""
    return Precision.INT8 if multiplies_bytes() else Precision.F32


def settled(settings: Settings) -> Settings:
    """The settings with their precision decided, whatever becomes of the store from now on. Raises as `precision_for` does."""
    return settings.model_copy(update={"embedding_precision": precision_for(settings)})


def packaged_id(precision: Precision) -> str:
    """The id of the packaged model's space; float32 is what it meant before there was a choice."""
    return _PACKAGED if precision is Precision.F32 else f"{_PACKAGED}+{precision}"


def precision_of(model_id: str) -> Precision | None:
    """The precision of an id of the packaged model; None of any other id."""
    return next((one for one in Precision if model_id == packaged_id(one)), None)


def model_id_of(settings: Settings) -> str:
    """The id of the embedding model that the settings name for their store.

    For a folder it is its path with a digest of names, sizes and times of its files: other weights there are another model.

    Raises:
        StoreUnavailable: If the precision depends on a store that cannot be read.
    """
    if settings.model is None:
        return packaged_id(precision_for(settings))
    folder = settings.model.resolve()
    files = sorted((path, path.stat()) for path in folder.rglob("*") if path.is_file())
    facts = [f"{path.relative_to(folder)} {stat.st_size} {stat.st_mtime_ns}" for path, stat in files]
    return f"{folder}@{hashlib.sha256(chr(10).join(facts).encode(errors='replace')).hexdigest()[:12]}"
