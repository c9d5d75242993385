"""The tortures with small counts. `make torture` runs them with full counts and writes results.json."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.torture import faults, kills, soak
from tests.torture.full import RESULTS
from tests.torture.running import CannotMount, missing_strace

pytestmark = pytest.mark.torture
NO_STRACE = missing_strace()
needs_strace = pytest.mark.skipif(NO_STRACE is not None, reason=str(NO_STRACE))
KILLS, CUTS, FULL_POINTS, ALL_WRITES, DAMAGED, SOAK_SECONDS = 20, 20, 10, 1_000, 300, 60


def test_a_kill_at_any_moment_loses_nothing(tmp_path: Path) -> None:
    tally = kills.kills(tmp_path / "data", rounds=KILLS)
    assert (tally.rounds, tally.faults) == (KILLS, {})
    assert tally.acknowledged > KILLS


@needs_strace
def test_a_kill_inside_an_fsync_or_a_rename_loses_nothing(tmp_path: Path) -> None:
    tally = kills.kills_in_calls(tmp_path / "data", rounds=KILLS)
    assert (tally.rounds, tally.faults) == (KILLS, {})
    assert tally.acknowledged > 0


def test_a_power_cut_loses_nothing(tmp_path: Path) -> None:
    try:
        tally = kills.power_cuts(tmp_path, rounds=CUTS)
    except CannotMount as error:
        pytest.skip(str(error))
    assert (tally.rounds, tally.faults) == (CUTS, {})
    assert tally.acknowledged > CUTS


def test_a_full_disk_refuses_writes_only_and_only_while_it_is_full(tmp_path: Path) -> None:
    try:
        outcome = faults.full_disk(tmp_path, points=FULL_POINTS)
    except CannotMount as error:
        pytest.skip(str(error))
    assert (outcome.points, outcome.faults) == (FULL_POINTS, {})


@needs_strace
def test_an_error_of_the_disk_is_never_acknowledged(tmp_path: Path) -> None:
    """At every write and fsync of an ingest, until it has no more of them."""
    outcome = faults.broken_disk(tmp_path, most=ALL_WRITES)
    assert outcome.faults == {}
    assert 10 < outcome.points < ALL_WRITES
    assert outcome.errors_told > 0


def test_damaged_search_files_are_detected_and_made_again(tmp_path: Path) -> None:
    outcome = faults.damage(tmp_path, files=DAMAGED)
    assert (outcome.damaged, outcome.faults) == (DAMAGED, {})


def test_writers_and_readers_at_once_see_exact_citations_and_their_own_writes(tmp_path: Path) -> None:
    outcome = soak.soak(tmp_path / "data", seconds=SOAK_SECONDS)
    assert outcome.faults == {}
    assert outcome.writes > 0
    assert outcome.answers > 0


def test_the_kept_results_of_the_full_counts_have_no_faults() -> None:
    kept = json.loads(RESULTS.read_text(encoding="utf-8"))
    assert {name: outcome["faults"] for name, outcome in kept.items() if outcome["faults"]} == {}
    assert kept
