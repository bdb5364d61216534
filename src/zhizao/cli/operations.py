"""The operations at the top of the command: what keeps an installation running."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from zhizao.cli.brief import brief as brief
from zhizao.cli.common import start_django
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from collections.abc import Callable

say = Console(stderr=True, highlight=False).print

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)]


def _call_command(name: str, **options: object) -> None:
    from django.core.management import call_command

    call_command(name, verbosity=0, interactive=False, **options)


def _step(text: str, work: Callable[[], object]) -> None:
    """Say what is being done and how long it took."""
    from django.utils.translation import gettext as _

    start = time.monotonic()
    work()
    say(f"  {_(text)} [dim]{time.monotonic() - start:.1f} s[/dim]")


def serve(
    *,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    processes: Annotated[int, typer.Option(help="Web processes.", min=1, max=64)] = 1,
    worker: Annotated[bool, typer.Option(help="Run one worker beside the web.")] = True,
    demo: Annotated[bool, typer.Option(help="Load the demonstration if empty; this machine only.")] = False,
) -> None:
    """Serve the web pages and run one worker; tables are brought up to date first."""
    _refuse_busy_port(host, port)
    start_django("demo" if demo else "")
    from django.utils.translation import gettext as _

    from zhizao.base.operations.checks import demo_stays_at_home

    check = demo_stays_at_home(host)
    if not check.ok:
        raise Refused(Problem("serve.demo_exposed", check.name, remedy=check.remedy))
    _refuse_unbuilt()
    _step(mark("Database tables"), _migrate_if_behind)
    _step(mark("Scripts and styles"), _collect_if_changed)
    if demo:
        _load_demo()
    if worker:
        threading.Thread(target=_keep_worker, daemon=True).start()
    say(f"[bold]{_('Open http://%(host)s:%(port)s') % {'host': host, 'port': port}}[/bold]  {_('Stop with Ctrl-C.')}")
    _web(host=host, port=port, processes=processes)


def worker(
    *,
    once: Annotated[bool, typer.Option(help="Stop when the queue is empty.")] = False,
) -> None:
    """Run jobs from the queue, without the web."""
    start_django()
    from zhizao.base.jobs.worker import run_worker

    run_worker(once=once)


def migrate() -> None:
    """Bring the database to this version."""
    start_django()
    _step(mark("Database tables"), lambda: _call_command("migrate"))


def demo() -> None:
    """Load the demonstration plan and accounts into an empty installation."""
    start_django("demo")
    _refuse_unbuilt()
    _step(mark("Database tables"), lambda: _call_command("migrate"))
    _load_demo()


def found(
    area_code: Annotated[str, typer.Argument(help="Code of the area (GB/T 2260), e.g. 500108.")],
    area_name: Annotated[str, typer.Argument(help="Its name.")],
    organisation: Annotated[str, typer.Argument(help="The organisation that runs this installation.")],
) -> None:
    """Open the three administrators' accounts of an empty installation; their passwords are printed once."""
    start_django()
    from zhizao.base.accounts.founding import found as open_accounts

    passwords = open_accounts(area_code=area_code, area_name=area_name, organisation_name=organisation)
    _print_passwords(passwords)


def backup(to: Annotated[Path, typer.Argument(help="The archive to write, e.g. zhizao.tar.gz.")]) -> None:
    """Write database, files and key to one archive, while the site runs."""
    start_django()
    from zhizao.base.operations.backup import backup as make

    print(make(to=to, say=_progress))


def restore(
    source: Annotated[Path, typer.Argument(help="An archive that “zhizao backup” wrote.")],
    *,
    replace: Annotated[bool, typer.Option(help="Put it in place of the data that is there.")] = False,
) -> None:
    """Put an archive back. Stop the site first."""
    start_django()
    from zhizao.base.operations.backup import restore as put_back

    manifest = put_back(source=source, replace=replace, say=_progress)
    _step(mark("Database tables"), _migrate_if_behind)
    print(manifest["made_at"])


def doctor(
    host: Host = "127.0.0.1",
    form: Annotated[str, typer.Option("--format", help="text or json")] = "text",
) -> int:
    """Check the installation and say what to mend; exit code 1 when something is not well."""
    start_django()
    from django.utils.translation import gettext as _

    from zhizao.base.operations.checks import examine

    checks = list(examine(address=host))
    if form == "json":
        keys = ("name", "ok", "seen", "remedy")
        print(
            json.dumps([{key: getattr(check, key) for key in keys} for check in checks], ensure_ascii=False, indent=1)
        )
    else:
        for check in checks:
            remedy = "" if check.ok else f" → {_(check.remedy)}"
            print(f"{'●' if check.ok else '▼'} {_(check.name)}{f' ({check.seen})' if check.seen else ''}{remedy}")
    return 0 if all(check.ok for check in checks) else 1


def verify_audit() -> int:
    """Recompute the chain of the audit log; exit code 1 and the first broken row when it does not hold."""
    start_django()
    from django.utils.translation import gettext as _

    from zhizao.base.audit.queries import verify

    result = verify()
    if result.ok:
        print(_("The audit trail is whole: %(count)s rows.") % {"count": result.count})
        return 0
    print(
        _("The audit trail is broken at row %(row)s: %(reason)s")
        % {"row": result.first_bad, "reason": _(result.reason)},
        file=sys.stderr,
    )
    return 1


def _migrate_if_behind() -> None:
    """Migrating an up-to-date database takes seconds for nothing; asking takes none."""
    from zhizao.base.operations.checks import migrations

    if not migrations().ok:
        _call_command("migrate")


def _collect_if_changed() -> None:
    """Gather and compress the assets unless they are the ones gathered last time, by path, size and date."""
    import hashlib

    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders

    sources = [Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list([])]
    seen = sorted((str(path), (stat := path.stat()).st_size, stat.st_mtime_ns) for path in sources)
    state = hashlib.sha256(repr(seen).encode()).hexdigest()
    stamp = Path(settings.STATIC_ROOT).with_suffix(".stamp")
    if not stamp.exists() or stamp.read_text() != state:
        _call_command("collectstatic", clear=True)
        stamp.write_text(state)


def _progress(text: str) -> None:
    say(f"  [dim]{text}[/dim]")


def _refuse_unbuilt() -> None:
    """Without its assets every page fails; without its catalogues the demonstration's names are stored in English."""
    from django.utils.translation import gettext as _

    from zhizao.base.operations.checks import assets, translations

    for check in (assets(), translations()):
        if not check.ok:
            message = mark("The package is not built; this does not hold yet: %(check)s.")
            raise Refused(Problem("serve.unbuilt", message, remedy=check.remedy, params={"check": _(check.name)}))


def _refuse_busy_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refused(
                Problem(
                    "serve.port",
                    mark("Cannot listen on %(host)s:%(port)s (%(reason)s)."),
                    remedy=mark("Stop what uses it, or choose another with --port."),
                    params={"host": host, "port": port, "reason": error.strerror},
                )
            ) from error


def _load_demo() -> None:
    """Load what is missing of the demonstration and print the passwords of new accounts, once."""
    from django.utils.translation import gettext as _

    from zhizao.site.demo import load

    passwords = load(say=_progress)
    if passwords:
        say(f"\n[bold]{_('Demo accounts (shown once):')}[/bold]")
        _print_passwords(passwords)
        say("")


def _print_passwords(passwords: dict[str, str]) -> None:
    for username, password in passwords.items():
        say(f"  {username:<24}{password}", markup=False)


def _keep_worker() -> None:
    """Run the worker as a process of its own and start it again when it dies; it ends with the web."""
    while True:
        process = subprocess.Popen([sys.executable, "-m", "zhizao", "worker"])
        _children.append(process)
        process.wait()
        _children.remove(process)
        time.sleep(2)


_children: list[subprocess.Popen] = []


def _web(*, host: str, port: int, processes: int) -> None:
    import multiprocessing

    from django.conf import settings
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    # Polars keeps threads; a forked web process would inherit their locks without them and wait for ever
    multiprocessing.set_start_method("spawn", force=True)
    server = Granian(
        "zhizao.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        # views are synchronous and SQLite writes one at a time: a few threads hide file and network waits
        blocking_threads=4,
        log_level=LogLevels.warning,
        respawn_failed_workers=not settings.DEBUG,
        # a web process that does not end by itself (Ctrl-C reaches it twice) is ended, or the command would hang
        workers_kill_timeout=3,
    )
    try:
        server.serve()
    finally:
        for process in list(_children):
            process.terminate()
