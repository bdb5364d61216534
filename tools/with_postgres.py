"""Run a command on a private PostgreSQL: ``with_postgres.py COMMAND…`` sets DATABASE_URL and always stops the server.

The cluster lives in a temporary folder, listens on a free port of 127.0.0.1 only, and is gone afterwards. It does not
sync to disk: nothing in it is meant to last.
"""

from __future__ import annotations

import contextlib
import getpass
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn


def binary(name: str) -> str:
    """A server program; Debian keeps them out of PATH, one folder for each version."""

    def version(path: Path) -> float:
        return float(path.parent.parent.name)

    found = max(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=version, default=None) or shutil.which(name)
    if found is None:
        sys.exit("PostgreSQL's server is not installed (Debian: apt install postgresql).")
    return str(found)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def cluster() -> Iterator[str]:
    """Start a server and yield its DATABASE_URL."""
    user = "postgres" if os.geteuid() == 0 else getpass.getuser()  # the server refuses to run as root
    as_user = {"user": user, "group": user, "extra_groups": []} if os.geteuid() == 0 else {}
    folder = Path(tempfile.mkdtemp(prefix="zhizao-pg-"))
    password, port = secrets.token_hex(16), free_port()
    server = None
    try:
        password_file = folder / "password"
        password_file.write_text(password)
        if as_user:
            for path in (folder, password_file):
                shutil.chown(path, user, user)
        data = folder / "data"
        options = ["--username=zhizao", f"--pwfile={password_file}", "--auth=scram-sha-256", "--encoding=UTF8"]
        subprocess.run(
            [binary("initdb"), "-D", str(data), *options, "--locale=C.UTF-8", "--no-sync"],
            check=True, stdout=subprocess.DEVNULL, cwd=folder, **as_user,
        )  # fmt: skip
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": folder,
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
        }
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [binary("postgres"), "-D", str(data), *(f"--{key}={value}" for key, value in settings.items())],
                stdout=log, stderr=log, cwd=folder, start_new_session=True, **as_user,
            )  # fmt: skip
        _wait(server, port, folder / "log")
        yield f"postgres://zhizao:{password}@127.0.0.1:{port}/postgres"
    finally:
        if server is not None:
            server.send_signal(signal.SIGINT)  # "fast": ends sessions, then stops
            try:
                server.wait(timeout=30)
            except subprocess.TimeoutExpired:
                server.send_signal(signal.SIGQUIT)
                server.wait(timeout=10)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(300):
        if server.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    sys.exit(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")


def main() -> NoReturn:
    if len(sys.argv) < 2:
        sys.exit("usage: with_postgres.py COMMAND [ARGUMENTS]")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda signum, _frame: sys.exit(128 + signum))
    with cluster() as url:
        process = subprocess.Popen(sys.argv[1:], env={**os.environ, "DATABASE_URL": url})
        try:
            code = process.wait()
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    sys.exit(code)


if __name__ == "__main__":
    main()
