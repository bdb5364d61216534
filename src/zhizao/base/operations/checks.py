"""What ``zhizao doctor`` looks at, and the shorter list behind the health page. A check never changes anything."""

from __future__ import annotations

import ipaddress
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from zhizao.base.audit.queries import verify
from zhizao.base.jobs.queries import worker_seen_seconds_ago
from zhizao.kernel.result import mark

LEAST_FREE_BYTES = 500_000_000
WORKER_SILENT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Check:
    """One look: what was looked at, whether it is well, what was seen, and what to do if not (English msgids)."""

    name: str
    ok: bool
    seen: str = ""
    remedy: str = ""


def is_loopback(address: str) -> bool:
    """Whether an address can only be reached from this machine.

    >>> [is_loopback(a) for a in ("127.0.0.1", "localhost", "::1", "0.0.0.0", "10.1.2.3", "plan.example")]
    [True, True, True, False, False, False]
    """
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def python_version() -> Check:
    seen = ".".join(map(str, sys.version_info[:3]))
    return Check(
        mark("Python is 3.11 or newer"), sys.version_info >= (3, 11), seen, mark("Install Python 3.11 or newer.")
    )


def database() -> Check:
    name, remedy = mark("The database answers"), mark("Start the database server, or correct DATABASE_URL.")
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return Check(name, ok=False, seen=str(error).strip().splitlines()[0], remedy=remedy)
    return Check(name, ok=True, seen=connection.vendor)


def migrations() -> Check:
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return Check(
        mark("The tables are of this version"),
        not pending,
        ", ".join(f"{m.app_label}.{m.name}" for m, _ in pending[:3]),
        mark("Run “zhizao migrate”."),
    )


def sqlite_journal() -> Check:
    name = mark("SQLite writes ahead (WAL)")
    if connection.vendor != "sqlite":
        return Check(name, ok=True, seen=connection.vendor)
    with connection.cursor() as cursor:
        mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
    in_memory = mode == "memory"
    return Check(name, mode == "wal" or in_memory, mode, mark("Put ZHIZAO_HOME on a local disk, not a network drive."))


def files_folder() -> Check:
    folder = Path(settings.MEDIA_ROOT)
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return Check(
        mark("The files folder can be written"),
        os.access(existing, os.W_OK | os.X_OK),
        str(folder),
        mark("Give the folder to the account that runs ZhiZao."),
    )


def free_space() -> Check:
    free = shutil.disk_usage(settings.HOME if settings.HOME.exists() else settings.HOME.anchor).free
    return Check(
        mark("There is room on the disk"),
        free >= LEAST_FREE_BYTES,
        f"{free / 1e9:.1f} GB",
        mark("Free at least 0.5 GB, or move ZHIZAO_HOME."),
    )


def secret_key() -> Check:
    path = settings.HOME / "secret_key"
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o600
    return Check(
        mark("The secret key is readable by its owner only"),
        mode & 0o077 == 0,
        oct(mode),
        mark("Run chmod 600 on secret_key in ZHIZAO_HOME."),
    )


def assets() -> Check:
    return Check(
        mark("Scripts and styles are built"),
        finders.find("ui/dist/app.css") is not None,
        "",
        mark("Run “make assets”, or install a released wheel."),
    )


def translations() -> Check:
    folders = [*settings.LOCALE_PATHS, *settings.PACKAGE_DIR.glob("*/*/locale")]
    sources = [path for folder in folders for path in Path(folder).rglob("*.po")]
    missing = [path for path in sources if not path.with_suffix(".mo").exists()]
    return Check(
        mark("Translations are compiled"),
        not missing,
        ", ".join(str(path.relative_to(settings.PACKAGE_DIR)) for path in missing[:3]),
        mark("Run “make assets”, or install a released wheel."),
    )


def worker() -> Check:
    seconds = worker_seen_seconds_ago()
    return Check(
        mark("A worker is running"),
        seconds is not None and seconds < WORKER_SILENT_SECONDS,
        "" if seconds is None else f"{seconds:.0f} s",
        mark("Start “zhizao worker”."),
    )


def audit_chain() -> Check:
    result = verify()
    return Check(
        mark("The audit trail is whole"),
        result.ok,
        f"{result.count}" if result.ok else f"{result.reason} ({result.first_bad})",
        mark("Keep the database as it is and tell the auditor."),
    )


def demo_stays_at_home(address: str) -> Check:
    """Demo accounts skip the second factor, so the demo profile is for this machine only."""
    reachable = [host for host in (address, *settings.ALLOWED_HOSTS) if host != "testserver" and not is_loopback(host)]
    return Check(
        mark("The demo profile is not reachable from outside"),
        settings.PROFILE != "demo" or not reachable,
        ", ".join([settings.PROFILE, *reachable]),
        mark("Serve the demo on 127.0.0.1 only, or set ZHIZAO_PROFILE=production."),
    )


# Each needs the ones before it: no point in asking for the audit trail when the database is silent.
OFFLINE: tuple[Callable[[], Check], ...] = (
    python_version,
    files_folder,
    free_space,
    secret_key,
    assets,
    translations,
)
ONLINE: tuple[Callable[[], Check], ...] = (migrations, sqlite_journal, worker, audit_chain)


def examine(*, address: str = "127.0.0.1") -> Iterator[Check]:
    """Every check in order; those that need tables are left out while the database or its tables are not there."""
    yield demo_stays_at_home(address)
    for check in OFFLINE:
        yield check()
    yield (answers := database())
    if not answers.ok:
        return
    yield (tables := migrations())
    if tables.ok:
        for check in ONLINE[1:]:
            yield check()


def health() -> dict[str, object]:
    """What the health page tells anyone: is the database there, is a worker there. No versions, no paths."""
    answers = database()
    working = worker() if answers.ok else None
    return {
        "status": "ok" if answers.ok else "down",
        "database": answers.ok,
        "worker": bool(working and working.ok),
    }
