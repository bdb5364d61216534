"""Make the environment of this checkout: .venv with hash-pinned packages, catalogues, built assets.

Every step has a stamp, the hash of what it depends on, under .venv/.stamps; a step whose stamp still holds is skipped.
Uses the standard library only, since nothing else is there when it starts.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import assets

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
LOG = VENV / "setup.log"
BUILD_LOCK = ROOT / "tools" / "requirements-build.lock"
NODE_LOCK = ROOT / "tools" / "requirements-node.lock"

# What pip, uv and npm say when the registry does not answer.
UNREACHABLE = (
    "Connection refused",
    "ConnectionError",
    "ECONNREFUSED",
    "ECONNRESET",
    "EAI_AGAIN",
    "ENOTFOUND",
    "ETIMEDOUT",
    "Failed to fetch",
    "NewConnectionError",
    "No matching distribution found",
    "ProxyError",
    "ReadTimeoutError",
    "error sending request",
    "dns error",
)


class SetupError(Exception):
    """The set-up cannot go on; the text is one line that says what to do."""


class Step:
    """One step: shown while it runs, skipped while its stamp holds and nothing it stands on has run."""

    def __init__(
        self,
        name: str,
        run: Callable[[], None],
        inputs: Iterable[Path | str],
        *,
        done: Path,
        after: tuple[str, ...] = (),
    ) -> None:
        self.name, self.run, self.done, self.after = name, run, done, after
        self.stamp = VENV / ".stamps" / name
        self.fingerprint = fingerprint(inputs)

    @property
    def fresh(self) -> bool:
        return self.done.exists() and self.stamp.exists() and self.stamp.read_text() == self.fingerprint

    def settle(self) -> None:
        self.stamp.parent.mkdir(parents=True, exist_ok=True)
        self.stamp.write_text(self.fingerprint)


def fingerprint(inputs: Iterable[Path | str]) -> str:
    digest = hashlib.sha256()
    for item in inputs:
        digest.update(str(item).encode())
        if isinstance(item, Path):
            digest.update(item.read_bytes())
    return digest.hexdigest()


def call(*command: str | Path, cwd: Path = ROOT, **environ: str) -> None:
    """Run a command with its output in the log; show the seconds on a terminal; fail with one line."""
    with LOG.open("ab") as log:
        log.write(f"\n$ {' '.join(map(str, command))}\n".encode())
        log.flush()
        start = log.tell()
        process = subprocess.Popen(
            list(map(str, command)),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, **environ},
        )
        try:
            while process.poll() is None:
                time.sleep(0.1)
                show.tick()
        except KeyboardInterrupt:
            process.terminate()
            process.wait()
            raise
    if process.returncode:
        with LOG.open("rb") as log:
            log.seek(start)
            output = log.read().decode(errors="replace")
        raise SetupError(_explain(output))


def _explain(output: str) -> str:
    if any(sign in output for sign in UNREACHABLE):
        return (
            "The package registry cannot be reached. Check the network and proxy, or name a mirror "
            "(PIP_INDEX_URL for Python packages, npm_config_registry for npm), and run the same command again."
        )
    if "No space left on device" in output:
        return "The disk is full. Free about 1 GB and run the same command again."
    last = next((line.strip() for line in reversed(output.splitlines()) if line.strip()), "no output")
    return f"{last} (whole log: {LOG.relative_to(ROOT)})"


class Display:
    """Progress: one line a step, live on a terminal, plain elsewhere."""

    def __init__(self) -> None:
        self.live = sys.stdout.isatty()
        self.label, self.begun = "", 0.0

    def begin(self, label: str) -> None:
        self.label, self.begun = label, time.monotonic()
        print(f"{label:<38}", end="", flush=True)

    def tick(self) -> None:
        if self.live:
            print(f"\r{self.label:<38}{time.monotonic() - self.begun:6.1f} s", end="", flush=True)

    def end(self) -> None:
        start = "\r" + f"{self.label:<38}" if self.live else ""
        print(f"{start}{time.monotonic() - self.begun:6.1f} s", flush=True)
        self.label = ""


show = Display()


def check_machine(*, port: int | None) -> None:
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        version = "{}.{}".format(*sys.version_info[:2])
        raise SetupError(
            f"Python's venv module is missing. Install it (Debian: apt install python{version}-venv) and try again."
        )
    if port is None:
        return
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OverflowError:
            raise SetupError(f"{port} is not a port. Choose one from 1024 to 65535: make run PORT=8001") from None
        except PermissionError:
            raise SetupError(f"Port {port} needs more rights. Choose another: make run PORT=8001") from None
        except OSError:
            raise SetupError(
                f"Port {port} is in use by another program. Stop it, or choose another: make run PORT={port + 1}"
            ) from None


def make_venv() -> None:
    """A new .venv, unless the one that is there works (and was made here: its commands hold absolute paths)."""
    probe = "import pip, sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))"
    script = BIN / "pip"
    works = (
        script.exists()
        and str(VENV).encode() in script.read_bytes()
        and subprocess.run([str(PYTHON), "-c", probe], capture_output=True, check=False).returncode == 0
    )
    if not works:
        shutil.rmtree(VENV, ignore_errors=True)
        VENV.mkdir()
        call(sys.executable, "-m", "venv", VENV)


def install_tools() -> None:
    call(
        PYTHON,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--retries",
        "1",
        "--timeout",
        "20",
        "--require-hashes",
        "-r",
        BUILD_LOCK,
    )


def index_for_uv() -> dict[str, str]:
    """uv does not read pip's configuration; a mirror set for pip is meant for both."""
    if os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("UV_INDEX_URL"):
        return {}
    answer = subprocess.run(
        [str(PYTHON), "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True, check=False
    )
    url = os.environ.get("PIP_INDEX_URL") or answer.stdout.strip()
    return {"UV_DEFAULT_INDEX": url} if url else {}


def uv(*arguments: str | Path) -> None:
    call(BIN / "uv", "pip", *arguments, "--python", PYTHON, **index_for_uv())


def sync(lock: Path) -> None:
    # What the lock does not name is removed, so the tools, and Node where it came as a wheel, are named beside it.
    locks = [lock, BUILD_LOCK, *([NODE_LOCK] if (BIN / "node").exists() else [])]
    uv("sync", "--quiet", "--require-hashes", *locks)


def install_project() -> None:
    uv("install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", ROOT)


def build_assets() -> None:
    node = assets.find_node(extra=BIN)
    if node is None:
        uv("install", "--quiet", "--reinstall", "--require-hashes", "-r", NODE_LOCK)
        node = BIN / "node"
    for command in assets.commands(node):
        call(*command, cwd=assets.FRONTEND, **assets.environ(node))


def steps(*, dev: bool) -> list[Step]:
    """The steps in order; ``done`` is a file that is there only after the step."""
    lock = ROOT / ("requirements-dev.lock" if dev else "requirements.lock")
    catalogues = sorted((ROOT / "src").rglob("locale/*/LC_MESSAGES/*.po"))
    unmade = next((mo for po in catalogues if not (mo := po.with_suffix(".mo")).exists()), ROOT)
    return [
        Step("environment", make_venv, [str(ROOT)], done=PYTHON),
        Step("tools", install_tools, [BUILD_LOCK], done=BIN / "uv", after=("environment",)),
        Step("packages", lambda: sync(lock), [lock], done=BIN / "django-admin", after=("tools",)),
        # Syncing the packages removes the project, which no lock names.
        Step(
            "project",
            install_project,
            [ROOT / "pyproject.toml", ROOT / "hatch_build.py"],
            done=BIN / "zhizao",
            after=("packages",),
        ),
        Step("translations", lambda: call(PYTHON, ROOT / "tools" / "messages.py", "compile"), catalogues, done=unmade),
        Step("assets", build_assets, assets.inputs(), done=assets.MARKER),
    ]


def prepare(*, dev: bool) -> None:
    begun = time.monotonic()
    dev = dev or (VENV / ".stamps" / "dev").exists()  # an environment for tests also runs; do not take it back
    todo: list[Step] = []
    for step in steps(dev=dev):
        if not step.fresh or {earlier.name for earlier in todo} & set(step.after):
            todo.append(step)
    for number, step in enumerate(todo, start=1):
        show.begin(f"[{number}/{len(todo)}] {step.name}")
        VENV.mkdir(exist_ok=True)
        step.run()
        step.settle()
        if dev and step.name == "packages":
            (VENV / ".stamps" / "dev").touch()
        show.end()
    print(f"The environment is ready ({time.monotonic() - begun:.1f} s).", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the environment of this checkout.")
    parser.add_argument("--dev", action="store_true", help="with the packages that the tests need")
    parser.add_argument("--port", type=int, help="fail first if this port of 127.0.0.1 is in use")
    options = parser.parse_args()
    try:
        check_machine(port=options.port)
        prepare(dev=options.dev)
    except (SetupError, assets.AssetsError) as error:
        if show.label:
            print("  failed", flush=True)
        sys.exit(f"Set-up stopped: {error}")
    except OSError as error:
        sys.exit(f"\nSet-up stopped: {error.strerror}: {error.filename}")
    except KeyboardInterrupt:
        print("\nSet-up stopped by you; the same command goes on from here.", file=sys.stderr)
        sys.exit(130)
