"""One file holds everything: the database, the files and the key. One command makes it, one puts it back.

The archive is a tar.gz: ``manifest.json`` (version, database kind, sha256 of every member), ``database.sqlite3`` or
``database.dump`` (PostgreSQL's custom format), ``files/…`` and ``secret_key``. It holds personal data and the key: keep
it where the database would be kept.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.db import connection, connections

from zhizao import __version__
from zhizao.base.files import store
from zhizao.kernel.result import Place, Problem, Refused, mark

MANIFEST = "manifest.json"
Say = Callable[[str], None]


def backup(*, to: Path, say: Say = lambda _: None) -> Path:
    """Write everything to ``to`` while the site runs; the file appears whole or not at all.

    Raises
    ------
    Refused : the file exists, its folder does not, or PostgreSQL's pg_dump is missing or fails.
    """
    if to.exists():
        raise _refused("backup.exists", mark("%(file)s exists already."), mark("Choose another name."), to)
    if not to.parent.is_dir():
        raise _refused("backup.no_folder", mark("There is no folder %(file)s."), mark("Make it first."), to.parent)
    with tempfile.TemporaryDirectory(dir=to.parent, prefix=".backup-") as folder:
        work = Path(folder)
        say("database")
        members = {_dump(work).name: work / _dump_name(connection.vendor)}
        key = settings.HOME / "secret_key"
        members |= {"secret_key": key} if key.exists() else {}
        objects = Path(settings.MEDIA_ROOT)
        members |= {
            f"files/{path.relative_to(objects).as_posix()}": path
            for path in sorted(objects.rglob("*"))
            if path.is_file() and not path.name.startswith(store.INCOMING)
        }
        say(f"{len(members)} files")
        manifest = {
            "zhizao": __version__,
            "database": connection.vendor,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "sha256": {name: _sha256(path) for name, path in members.items()},
        }
        archive = work / "archive"
        archive.touch(mode=0o600)
        with tarfile.open(archive, "w:gz") as tar:
            _add_text(tar, MANIFEST, json.dumps(manifest, indent=1))
            for name, path in members.items():
                tar.add(path, arcname=name, recursive=False)
        archive.rename(to)
    return to


def restore(*, source: Path, replace: bool = False, say: Say = lambda _: None) -> dict:
    """Put a backup back and return its manifest. Every member is checked before anything is touched.

    Raises
    ------
    Refused : not a backup, damaged, of the other kind of database, or data is there and ``replace`` is not given.
    """
    if not source.is_file():
        raise _refused("restore.no_file", mark("There is no file %(file)s."), mark("Check the path."), source)
    if not replace and _has_data():
        raise _refused(
            "restore.not_empty",
            mark("This installation has data already."),
            mark("Restore into an empty ZHIZAO_HOME or database, or say --replace."),
            source,
        )
    settings.HOME.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.HOME, prefix=".restore-") as folder:
        work = Path(folder)
        manifest = _unpack(source, work)
        say(f"{len(manifest['sha256'])} files")
        connections.close_all()
        _load(work)
        _swap(work / "files", Path(settings.MEDIA_ROOT))
        if (work / "secret_key").exists():
            (work / "secret_key").replace(settings.HOME / "secret_key")
    return manifest


def _refused(code: str, message: str, remedy: str, path: Path) -> Refused:
    return Refused(Problem(code, message, Place(), remedy, params={"file": str(path)}))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _add_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    data = text.encode()
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    tar.addfile(entry, io.BytesIO(data))


def _dump_name(vendor: str) -> str:
    return "database.sqlite3" if vendor == "sqlite" else "database.dump"


def _dump(work: Path) -> Path:
    target = work / _dump_name(connection.vendor)
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        copy = sqlite3.connect(target)
        try:
            connection.connection.backup(copy)
            # a copy in WAL mode would need its side files; the restored one is set to WAL again on first use
            copy.execute("PRAGMA journal_mode=DELETE")
        finally:
            copy.close()
    else:
        _postgres("pg_dump", "--format=custom", "--no-owner", f"--file={target}")
    return target


def _load(work: Path) -> None:
    if connection.vendor == "sqlite":
        live = Path(settings.DATABASES["default"]["NAME"])
        for suffix in ("-wal", "-shm"):
            live.with_name(live.name + suffix).unlink(missing_ok=True)
        (work / "database.sqlite3").replace(live)
    else:
        dump = str(work / "database.dump")
        _postgres("pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error", dump)


def _postgres(tool: str, *arguments: str) -> None:
    """Run PostgreSQL's own tool; the password goes by environment, never on the command line."""
    if shutil.which(tool) is None:
        raise _refused(
            "backup.no_tool", mark("%(file)s is not installed."), mark("Install PostgreSQL's client tools."), Path(tool)
        )
    database = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    environment = os.environ | {name: str(database[key]) for name, key in names.items() if database.get(key)}
    target = [f"--dbname={database['NAME']}"] if tool == "pg_restore" else []
    done = subprocess.run([tool, *target, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["?"])[-1]
        raise Refused(
            Problem("backup.tool_failed", mark("%(tool)s failed: %(reason)s"), params={"tool": tool, "reason": reason})
        )


def _has_data() -> bool:
    from django.contrib.auth import get_user_model
    from django.db import DatabaseError

    try:
        return get_user_model().objects.exists()
    except DatabaseError:
        return False


def _unpack(source: Path, work: Path) -> dict:
    """Unpack and check every member against the manifest; refuse names that lead outside."""
    broken = _refused(
        "restore.broken", mark("%(file)s is not a whole backup of ZhiZao."), mark("Take another copy."), source
    )
    try:
        with tarfile.open(source, "r:gz") as tar:
            names = [member.name for member in tar.getmembers()]
            if any(PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts for name in names):
                raise broken
            tar.extractall(work, filter="data")
        manifest = json.loads((work / MANIFEST).read_text())
        wrong = [name for name, sha in manifest["sha256"].items() if _sha256(work / name) != sha]
        whole = {MANIFEST, *manifest["sha256"]} == set(names) and _dump_name(manifest["database"]) in names
    except (tarfile.TarError, zlib.error, OSError, EOFError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise broken from error
    if wrong or not whole:
        raise broken
    if manifest["database"] != connection.vendor:
        raise Refused(
            Problem(
                "restore.other_database",
                mark("The backup is of %(theirs)s, this installation uses %(ours)s."),
                remedy=mark("Point DATABASE_URL to the same kind of database."),
                params={"theirs": manifest["database"], "ours": connection.vendor},
            )
        )
    return manifest


def _swap(new: Path, live: Path) -> None:
    """Put the restored files in place of the live ones by renames only."""
    new.mkdir(exist_ok=True)
    old = live.with_name(live.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if live.exists():
        live.rename(old)
    live.parent.mkdir(parents=True, exist_ok=True)
    new.rename(live)
    shutil.rmtree(old, ignore_errors=True)
