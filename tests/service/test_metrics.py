"""Counts and latencies in Prometheus form."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from index.types import IngestResult, IngestStatus
from service.metrics import Metrics
from service.types import Answer, Ask, Mode, RefusalReason, Refused


def samples(metrics: Metrics, **sizes: float) -> dict[tuple[str, str], float]:
    text = metrics.exposition(sizes).decode()
    return {
        (sample.name, ",".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def refused(**timings_ms: float) -> Answer:
    outcome = Refused(RefusalReason.NO_EVIDENCE, "nothing", ())
    return Answer(Ask("Why?"), outcome, (), 0.0, Mode.EXTRACTIVE, "1", timings_ms=timings_ms)


def test_answers_are_counted_by_status() -> None:
    metrics = Metrics()
    for _ in range(3):
        metrics.answered(refused())
    assert samples(metrics)["readout_answers_total", "refused"] == 3


def test_stages_are_measured_in_seconds() -> None:
    metrics = Metrics()
    metrics.answered(refused(search=250.0, total=750.0))
    metrics.answered(refused(search=250.0))
    found = samples(metrics)
    assert found["readout_stage_seconds_sum", "search"] == 0.5
    assert found["readout_stage_seconds_count", "search"] == 2
    assert found["readout_stage_seconds_sum", "total"] == 0.75


def test_sizes_are_those_of_the_moment() -> None:
    metrics = Metrics()
    samples(metrics, documents=5, chunks=9, backlog_chunks=4)
    found = samples(metrics, documents=2, chunks=3, backlog_chunks=0)
    assert [found[name, ""] for name in ("readout_documents", "readout_chunks", "readout_backlog_chunks")] == [2, 3, 0]


def test_two_servers_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.answered(refused())
    assert ("readout_answers_total", "refused") not in samples(other)


def test_documents_are_counted_by_what_became_of_them() -> None:
    metrics = Metrics()
    metrics.received([IngestResult(IngestStatus.CREATED, "a"), IngestResult(IngestStatus.CREATED, "b")])
    metrics.received([IngestResult(IngestStatus.FAILED, "c")])
    found = samples(metrics)
    assert (found["readout_received_total", "created"], found["readout_received_total", "failed"]) == (2, 1)


def test_every_gauge_has_a_text_and_a_value() -> None:
    found = samples(Metrics(), generation_age_seconds=7.5, tail_rows=3)
    assert (found["readout_generation_age_seconds", ""], found["readout_tail_rows", ""]) == (7.5, 3)
