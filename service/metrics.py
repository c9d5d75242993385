"""Counts and latencies in Prometheus form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from index.types import IngestResult
from service.types import Answer

_GAUGES = {
    "documents": "Documents stored",
    "versions": "Versions of documents stored",
    "chunks": "Passages stored",
    "vectors": "Vectors stored, of every model",
    "backlog_chunks": "Passages waiting for their vector",
    "jobs_waiting": "Files waiting to be stored",
    "jobs_failed": "Files that were given up",
    "generation_number": "Number of the search file in use; 0 if none is on disk",
    "generation_rows": "Rows in the search file",
    "generation_approximate": "1 if the search file is searched approximately, 0 if exactly",
    "generation_age_seconds": "Time since the search file was made",
    "generation_built": "Search files made since the start",
    "generation_damaged": "Damaged search files met since the start",
    "tail_rows": "Rows scanned beside the search file",
    "lexical_number": "Number of the index of words in use; 0 while SQLite's own is searched",
    "lexical_passages": "Passages in the index of words",
    "lexical_built": "Indexes of words made since the start",
    "lexical_damaged": "Damaged indexes of words met since the start",
    "lexical_tail_passages": "Passages searched beside the index of words",
}
_BUCKETS_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The metrics of one server."""

    def __init__(self) -> None:
        """All at zero, in a registry of their own."""
        self._registry = CollectorRegistry()
        self._answers = Counter("readout_answers", "Questions answered, by status", ["status"], registry=self._registry)
        self._received = Counter(
            "readout_received", "Documents received, by what became of them", ["status"], registry=self._registry
        )
        self._seconds = Histogram(
            "readout_stage_seconds", "Time of an answer's stages", ["stage"], buckets=_BUCKETS_SECONDS, registry=self._registry
        )
        self._gauges = {name: Gauge(f"readout_{name}", text, registry=self._registry) for name, text in _GAUGES.items()}

    def answered(self, answer: Answer) -> None:
        """Count one answer."""
        self._answers.labels(answer.status.value).inc()
        for stage, milliseconds in answer.timings_ms.items():
            self._seconds.labels(stage).observe(milliseconds / 1000)

    def received(self, results: Sequence[IngestResult]) -> None:
        """Count documents that were sent."""
        for result in results:
            self._received.labels(result.status.value).inc()

    def exposition(self, sizes: Mapping[str, float]) -> bytes:
        """The metrics as text, with these current sizes, each by the name of its gauge."""
        for name, value in sizes.items():
            self._gauges[name].set(value)
        return generate_latest(self._registry)
