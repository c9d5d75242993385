"""Counts and latencies in Prometheus form."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from service.types import Answer

_BUCKETS_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The metrics of one server."""

    def __init__(self) -> None:
        """All at zero, in a registry of their own."""
        self._registry = CollectorRegistry()
        self._answers = Counter("readout_answers", "Questions answered, by status", ["status"], registry=self._registry)
        self._seconds = Histogram(
            "readout_stage_seconds", "Time of an answer's stages", ["stage"], buckets=_BUCKETS_SECONDS, registry=self._registry
        )
        self._gauges = {
            "documents": Gauge("readout_documents", "Documents stored", registry=self._registry),
            "chunks": Gauge("readout_chunks", "Passages stored", registry=self._registry),
            "backlog": Gauge("readout_backlog_chunks", "Passages waiting for their vector", registry=self._registry),
        }

    def answered(self, answer: Answer) -> None:
        """Count one answer."""
        self._answers.labels(answer.status.value).inc()
        for stage, milliseconds in answer.timings_ms.items():
            self._seconds.labels(stage).observe(milliseconds / 1000)

    def exposition(self, *, documents: int, chunks: int, backlog: int) -> bytes:
        """The metrics as text, with these current sizes."""
        for name, value in (("documents", documents), ("chunks", chunks), ("backlog", backlog)):
            self._gauges[name].set(value)
        return generate_latest(self._registry)
