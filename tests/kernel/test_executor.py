"""One suite over the three executors: the same results in the same order, failures with their item, cancelling."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from zhizao.kernel.executor import Dask, Executor, ItemFailed, Serial, Threads, WorkCancelled, executor


@pytest.fixture(scope="module", params=["serial", "threads", "dask"])
def backend(request: pytest.FixtureRequest) -> Iterator[Executor]:
    if request.param == "dask":
        pytest.importorskip("distributed")
    made: Executor = {
        "serial": Serial,
        "threads": lambda: Threads(workers=3),
        "dask": lambda: Dask(workers=2, processes=False),
    }[request.param]()
    with made:
        yield made


def slower_first(number: int) -> int:
    time.sleep(0.02 if number % 4 == 0 else 0)
    return number * number


def fails_on_seven(number: int) -> int:
    if number == 7:
        raise KeyError("seven")
    return number


def test_results_come_in_the_order_of_the_items(backend: Executor) -> None:
    assert list(backend.map(slower_first, range(40))) == [number * number for number in range(40)]


def test_unordered_results_are_the_same_results(backend: Executor) -> None:
    assert sorted(backend.map(slower_first, range(40), ordered=False)) == [number * number for number in range(40)]


def test_equal_items_are_each_run(backend: Executor) -> None:
    assert list(backend.map(slower_first, [2, 2, 2])) == [4, 4, 4]


def test_no_items_give_no_results(backend: Executor) -> None:
    assert list(backend.map(slower_first, [])) == []


def test_a_failure_carries_its_item_and_its_cause(backend: Executor) -> None:
    results = backend.map(fails_on_seven, range(20))
    with pytest.raises(ItemFailed) as caught:
        list(results)
    assert (caught.value.item, caught.value.index) == (7, 7)
    assert isinstance(caught.value.__cause__, KeyError)


def test_results_before_a_failure_are_given(backend: Executor) -> None:
    got = []
    with pytest.raises(ItemFailed):
        for result in backend.map(fails_on_seven, range(20)):
            got.append(result)
    assert got == list(range(7))


def test_the_executor_works_on_after_a_failure(backend: Executor) -> None:
    with pytest.raises(ItemFailed):
        list(backend.map(fails_on_seven, [7]))
    assert list(backend.map(fails_on_seven, [1, 2])) == [1, 2]


def test_cancelling_ends_the_work_and_begins_no_more_items(backend: Executor) -> None:
    begun = []

    def items() -> Iterator[int]:
        for number in range(10_000):
            begun.append(number)
            yield number

    done = threading.Event()
    got = []
    with pytest.raises(WorkCancelled):
        for result in backend.map(slower_first, items(), cancelled=done.is_set):
            got.append(result)
            if len(got) == 3:
                done.set()
    assert got[:3] == [0, 1, 4]
    assert len(begun) < 100


def test_a_long_input_is_read_only_as_needed(backend: Executor) -> None:
    taken = []
    results = backend.map(slower_first, (taken.append(n) or n for n in range(100_000)))  # type: ignore[func-returns-value]
    assert next(iter(results)) == 0
    assert len(taken) < 1_000
    results.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(("name", "kind"), [("serial", Serial), ("threads", Threads)])
def test_an_executor_is_found_by_its_name(name: str, kind: type) -> None:
    with executor(name) as found:
        assert isinstance(found, kind)


def test_dask_is_reached_by_its_address() -> None:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=1, processes=False, dashboard_address="127.0.0.1:0", host="127.0.0.1", protocol="tcp"
        ) as cluster,
        executor(f"dask://{cluster.scheduler_address.removeprefix('tcp://')}") as found,
    ):
        assert list(found.map(slower_first, [3])) == [9]


def test_an_unknown_executor_is_refused() -> None:
    with pytest.raises(ValueError, match="no executor 'ray'"):
        executor("ray")
