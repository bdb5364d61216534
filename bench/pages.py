"""Pages of the plan under load: 20 people, 1 to 3 s between clicks, two web processes, SQLite, the demonstration data.

Half of them are the public, half an analyst who is signed in. Each click is one page (or the data of one chart) taken
at random; styles and scripts are left out, browsers keep them. Before the clock starts every page is opened a few
times, so that templates are compiled. Budget: 95 of 100 answers within 150 ms, none a failure.

Run: ``python -m bench.pages [SECONDS]`` (60 by default). It uses a folder and a port of its own, gone afterwards.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from random import Random

import locust  # first: it makes sockets cooperative
import psutil  # type: ignore[import-untyped]
import requests  # type: ignore[import-untyped]
from locust.env import Environment

BUDGET_MS = 150
PEOPLE = 20
PUBLIC = (
    *("/plan/", "/plan/enterprises/", "/plan/enterprises/?q=meixin", "/plan/projects/", "/plan/land/"),
    *("/plan/suppliers/", "/plan/chains/", "/plan/versions/", "/plan/growth.json", "/plan/projects/timeline.json"),
)
# Pages of one thing: the links to them are taken from the page that lists them.
ONE_OF = {
    "/plan/targets/…/": ("/plan/", r'href="(/plan/targets/[\w-]+/)"'),
    "/plan/projects/…/": ("/plan/projects/", r'href="(/plan/projects/\d+/)"'),
    "/plan/chains/…/": ("/plan/chains/", r'href="(/plan/chains/\d+/)"'),
    "/plan/chains/…/graph.json": ("/plan/chains/1/", r'"(/plan/chains/\d+/graph\.json)'),
}
ANALYST = ("/workbench/", "/plan/upload/", "/jobs/")

Addresses = dict[str, list[str]]


def main(seconds: int = 60) -> int:
    """Start the site, let people click, print what it took; 1 where the budget is passed."""
    with tempfile.TemporaryDirectory(prefix="zhizao-bench-") as home, served(Path(home)) as (host, password, server):
        analyst = signed_in(host, "analyst", password)
        public = addresses(host)
        of_analyst = public | {page: [page] for page in ANALYST}
        for _ in range(4):  # enough for both processes to see each page
            for page in (page for pages in of_analyst.values() for page in pages[:3]):
                analyst.get(host + page, timeout=30).raise_for_status()
        cpu_before = cpu_seconds(server)
        crowds = {"public": (public, {}), "analyst": (of_analyst, dict(analyst.cookies))}
        times, failures = clicks(host, crowds, seconds)
        cpu = cpu_seconds(server) - cpu_before
    return report(times, failures, cpu=cpu, seconds=seconds)


@contextmanager
def served(home: Path) -> Iterator[tuple[str, str, psutil.Process]]:
    """The demonstration on a free port: its address, the analyst's password as printed, its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = home / "serve.log"
    command = [sys.executable, "-m", "zhizao", "serve", "--demo", "--processes", "2", "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=os.environ | {"ZHIZAO_HOME": str(home), "LC_ALL": "en_US.UTF-8"},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        host = f"http://127.0.0.1:{port}"
        wait_for(host, process, log)
        found = re.search(r"^\s*analyst\s+(\S+)\s*$", log.read_text(), re.MULTILINE)
        if found is None:
            raise SystemExit(f"no password of the analyst was printed:\n{log.read_text()}")
        yield host, found[1], psutil.Process(process.pid)
    finally:
        os.killpg(process.pid, signal.SIGINT)  # the session that was started above, nothing else
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def wait_for(host: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the site answers; its own words where it does not come up."""
    end = time.monotonic() + 300
    while process.poll() is None and time.monotonic() < end:
        try:
            requests.get(f"{host}/plan/", timeout=30).raise_for_status()
            return
        except requests.ConnectionError:
            time.sleep(0.5)
    raise SystemExit(f"the site did not come up:\n{log.read_text()}")


def signed_in(host: str, username: str, password: str) -> requests.Session:
    """A session that has gone through the sign-in page."""
    session = requests.Session()
    form = session.get(f"{host}/accounts/login/", timeout=30).text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    fields = {"login": username, "password": password, "csrfmiddlewaretoken": token[1] if token else ""}
    session.post(f"{host}/accounts/login/", fields, headers={"Referer": host}, timeout=30).raise_for_status()
    if not session.get(f"{host}/workbench/", timeout=30).url.endswith("/workbench/"):
        raise SystemExit("the analyst could not sign in")
    return session


def addresses(host: str) -> Addresses:
    """The addresses that the public can open, by the name under which they are counted."""
    pages = {page: [page] for page in PUBLIC}
    for name, (page, pattern) in ONE_OF.items():
        pages[name] = sorted(set(re.findall(pattern, requests.get(host + page, timeout=30).text)))
        if not pages[name]:
            raise SystemExit(f"{page} links to no {name}")
    return pages


def clicks(
    host: str, crowds: Mapping[str, tuple[Addresses, dict[str, str]]], seconds: int
) -> tuple[dict[str, list[float]], list[str]]:
    """Let the crowds click; the milliseconds of each page, and what failed."""
    times: dict[str, list[float]] = defaultdict(list)
    failures: list[str] = []
    seeds = cycle(range(1_000))

    class Person(locust.HttpUser):
        abstract = True
        wait_time = locust.between(1, 3)  # type: ignore[no-untyped-call]
        pages: Addresses
        cookies: dict[str, str]

        def on_start(self) -> None:
            self.draw = Random(next(seeds))
            self.client.cookies.update(self.cookies)

        @locust.task
        def click(self) -> None:
            name = self.draw.choice(list(self.pages))
            self.client.get(self.draw.choice(self.pages[name]), name=name, allow_redirects=False)

    people = [
        type(name, (Person,), {"pages": pages, "cookies": cookies, "fixed_count": PEOPLE // len(crowds)})
        for name, (pages, cookies) in crowds.items()
    ]
    environment = Environment(user_classes=people, host=host)

    @environment.events.request.add_listener
    def note(name: str, response_time: float, response: requests.Response, exception: object, **_: object) -> None:
        times[name].append(response_time)
        if exception or response.status_code != 200:
            failures.append(f"{name}: {exception or response.status_code}")

    runner = environment.create_local_runner()
    runner.start(PEOPLE, spawn_rate=PEOPLE)
    time.sleep(seconds)
    runner.quit()
    return times, failures


def cpu_seconds(server: psutil.Process) -> float:
    """CPU time of the web processes; the worker beside them is left out."""
    web = [p for p in [server, *server.children(recursive=True)] if "worker" not in p.cmdline()[3:4]]
    return sum(sum(p.cpu_times()[:2]) for p in web)


def report(times: Mapping[str, list[float]], failures: list[str], *, cpu: float, seconds: int) -> int:
    """Print the table; 1 where the budget is passed or an answer failed."""
    everything = [value for values in times.values() for value in values]
    print(f"{'page':<34}{'clicks':>7}{'p50 ms':>9}{'p95 ms':>9}")
    for name, values in [*sorted(times.items()), ("all", everything)]:
        print(f"{name:<34}{len(values):>7}{percentile(values, 50):>9.0f}{percentile(values, 95):>9.0f}")
    print(f"{len(everything) / seconds:.1f} clicks/s, {cpu / len(everything):.4f} s CPU of the web processes a click")
    print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for failure in failures[:5]:
        print(f"FAILED {failure}")
    kept = percentile(everything, 95) <= BUDGET_MS and not failures
    print(f"budget: p95 {BUDGET_MS} ms and no failure: {'kept' if kept else 'EXCEEDED'}")
    return 0 if kept else 1


def percentile(values: list[float], share: int) -> float:
    """The smallest value that so many per cent do not exceed."""
    return sorted(values)[-(-len(values) * share // 100) - 1]


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
