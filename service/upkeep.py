"""What keeps a data directory sound: its status, the doctor, backups."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from index import lexical_manifest, manifest
from index.current import Damaged
from index.generation import FOLDER
from index.lexical_generation import LEXICAL_FOLDER
from index.store import backup, doctor
from index.store.database import Database
from index.store.doctor import Finding
from index.store.documents import FILE_NAME, Store
from index.store.lock import lock, served_at
from service.settings import Settings
from service.spaces import model_id_of

Say = Callable[[str], None]


def status(settings: Settings, *, say: Say) -> None:
    """Show what is stored, what waits, and what was given up."""
    store = Store(settings.data, read_only=True)
    rows = {
        "store": settings.data,
        **store.counts(),
        "backlog": store.backlog(model_id_of(settings)),
        "waiting": store.jobs.n_waiting(),
        "failed": len(store.jobs.failed()),
        "sequence": store.sequence(),
        "server": served_at(settings.data) or "none",
    }
    for name, value in rows.items():
        say(f"{name:<10} {value}")
    for job in store.jobs.failed():
        say(f"given up: {job.path}: {job.error}")
    store.close()


def examine(settings: Settings, *, repair: bool, say: Say) -> bool:
    """Check everything and show it; with `repair` mend what is derived. Whether all is sound then."""
    held = lock(settings.data) if repair else None
    try:
        database = Database(settings.data / FILE_NAME, read_only=not repair)
        findings = [*doctor.examine(database), _search_files(settings.data, repair=repair)]
        if repair:
            findings = doctor.repair(database, findings)
        database.close()
    finally:
        if held is not None:
            held.release()
    for finding in findings:
        say(f"{finding.check:<15} {_outcome(finding)}")
        for fault in finding.faults:
            say(f"    {fault}")
    return all(finding.sound for finding in findings)


def _outcome(finding: Finding) -> str:
    if not finding.n_faults:
        return "sound"
    if finding.repaired:
        return f"{finding.n_faults} faults, repaired"
    mended_by = (
        "readout doctor --repair" if finding.check in {*doctor.REPAIRS, SEARCH_FILES} else "readout restore, from a backup"
    )
    return f"{finding.n_faults} faults; mended by: {mended_by}"


SEARCH_FILES = "search files"


def _search_files(data: Path, *, repair: bool) -> Finding:
    """The generations on disk; one that is damaged is deleted, since the next start makes it again."""
    faults = []
    for folder, files in ((data / FOLDER, manifest), (data / LEXICAL_FOLDER, lexical_manifest)):
        try:
            files.current(folder)
        except Damaged as damaged:
            faults.append(f"{folder.name}: {damaged}")
            if repair:
                files.sweep(folder, keep=None)
    return Finding(SEARCH_FILES, len(faults), tuple(faults), repaired=repair and bool(faults))


def back_up(settings: Settings, to: Path, *, say: Say) -> None:
    """Write the store to one file."""
    written = backup.backup(settings.data, to)
    say(f"{written.sha256}  {to} ({written.size:,} bytes)")


def restore(settings: Settings, source: Path, *, say: Say) -> None:
    """Make a backup the store."""
    held = lock(settings.data)
    try:
        backup.restore(source, settings.data)
        Database(settings.data / FILE_NAME).close()  # brought up to date, and known to open
    finally:
        held.release()
    say(f"{settings.data} holds what {source} holds; search files are made again at the next start")
