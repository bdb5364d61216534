"""Where work runs: in line, in threads, or on a Dask cluster, with the same results in the same order.

An engine takes an ``Executor`` and calls ``map``; it neither knows nor decides where its items run. What runs under
Dask in other processes must be importable there: a function of a module, not of a session.
"""

from __future__ import annotations

import importlib
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

T = TypeVar("T")
R = TypeVar("R")
Cancelled = Callable[[], bool]


class ItemFailed(RuntimeError):  # noqa: N818 -- says what happened, the cause is the error
    """The function raised on an item; ``item`` and ``index`` say which, the error is the ``__cause__``."""

    def __init__(self, item: object, index: int, cause: BaseException) -> None:
        self.item = item
        self.index = index
        super().__init__(f"item {index} ({item!r:.200}) failed: {type(cause).__name__}: {cause}")


class WorkCancelled(RuntimeError):  # noqa: N818 -- a wish that was met, no fault
    """``cancelled`` said so; items not yet begun were not run."""


class Executor(Protocol):
    """What runs a function over items; use it in a ``with`` block."""

    def map(
        self,
        function: Callable[[T], R],
        items: Iterable[T],
        *,
        ordered: bool = True,
        cancelled: Cancelled | None = None,
    ) -> Iterator[R]:
        """The results, lazily.

        Parameters
        ----------
        function : callable
            Must not depend on the order of the calls.
        items : iterable
        ordered : bool
            Results in the order of the items; else as they come.
        cancelled : callable, optional
            Asked before each item is begun and while results are waited for; ``True`` ends the work.

        Raises
        ------
        ItemFailed
            At the first item (in the order of the results) on which the function raises; the rest is dropped.
        WorkCancelled
        """
        ...

    def close(self) -> None:
        """Let go of threads or of the cluster; nothing can be mapped afterwards."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...


class _Closing:
    """``with`` closes."""

    def close(self) -> None:
        """Nothing to let go of."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class Serial(_Closing):
    """One item after the other, in the caller's thread.

    >>> with Serial() as serial:
    ...     list(serial.map(abs, [-1, 2]))
    [1, 2]
    """

    def map(
        self,
        function: Callable[[T], R],
        items: Iterable[T],
        *,
        ordered: bool = True,
        cancelled: Cancelled | None = None,
    ) -> Iterator[R]:
        """See ``Executor.map``."""
        for index, item in enumerate(items):
            _check(cancelled)
            try:
                result = function(item)
            except Exception as error:
                raise ItemFailed(item, index, error) from error
            yield result


class _Futures(_Closing, ABC):
    """Over anything that gives futures: a window of items is under way, so that a long input is read as needed."""

    _window: int

    @abstractmethod
    def _submit(self, function: Callable[[T], R], item: T) -> Any:
        """Start the function on an item and return its future."""

    @abstractmethod
    def _wait(self, futures: list[Any]) -> set[Any]:
        """The futures that are done, after a short while at most."""

    def map(
        self,
        function: Callable[[T], R],
        items: Iterable[T],
        *,
        ordered: bool = True,
        cancelled: Cancelled | None = None,
    ) -> Iterator[R]:
        """See ``Executor.map``."""
        waiting = enumerate(items)
        running: dict[Any, tuple[int, T]] = {}
        try:
            while True:
                _check(cancelled)
                for index, item in islice(waiting, self._window - len(running)):
                    running[self._submit(function, item)] = index, item
                if not running:
                    return
                candidates = [next(iter(running))] if ordered else list(running)
                for future in self._wait(candidates):
                    index, item = running.pop(future)
                    try:
                        result = future.result()
                    except Exception as error:
                        raise ItemFailed(item, index, error) from error
                    yield result
        finally:
            for future in running:
                future.cancel()


class Threads(_Futures):
    """A pool of threads: for work that releases the GIL (numpy, Polars, numba, files).

    >>> with Threads(workers=2) as threads:
    ...     list(threads.map(abs, [-1, 2]))
    [1, 2]
    """

    def __init__(self, *, workers: int | None = None) -> None:
        workers = workers or os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="zhizao")
        self._window = 4 * workers

    def _submit(self, function: Callable[[T], R], item: T) -> Future[R]:
        return self._pool.submit(function, item)

    def _wait(self, futures: list[Any]) -> set[Any]:
        return wait(futures, timeout=0.05, return_when=FIRST_COMPLETED).done

    def close(self) -> None:
        """Wait for the items under way and end the threads."""
        self._pool.shutdown(cancel_futures=True)


class Dask(_Futures):
    """A Dask cluster: the one at ``address``, or a local one of its own that ends with it.

    Parameters
    ----------
    address : str, optional
        ``host:port`` of a running scheduler.
    workers : int, optional
        Of the local cluster; its processes are as many as processors.
    processes : bool
        Whether the local cluster's workers are processes (for Python code that holds the GIL) or threads.

    Raises
    ------
    ModuleNotFoundError
        The extra ``dask`` is not installed.
    """

    def __init__(self, address: str | None = None, *, workers: int | None = None, processes: bool = True) -> None:
        try:
            distributed: Any = importlib.import_module("distributed")
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError("Dask is not installed; install zhizao[cluster].") from error
        self._dask_wait = distributed.wait
        self._cluster: Any = None
        if address is None:
            count = workers or os.cpu_count() or 1
            self._cluster = distributed.LocalCluster(
                n_workers=count,
                threads_per_worker=1,
                processes=processes,
                host="127.0.0.1",
                protocol="tcp",
                dashboard_address="127.0.0.1:0",  # any free port: a fixed one may be taken
            )
        self._client = distributed.Client(
            self._cluster if address is None else f"tcp://{address}", set_as_default=False
        )
        self._window = 4 * max(1, len(self._client.scheduler_info(n_workers=-1)["workers"]))

    def map(
        self,
        function: Callable[[T], R],
        items: Iterable[T],
        *,
        ordered: bool = True,
        cancelled: Cancelled | None = None,
    ) -> Iterator[R]:
        """See ``Executor.map``; the function, which may hold matrices, goes to each worker once."""
        held = self._client.scatter([function], broadcast=True, hash=False)[0]
        return super().map(held, items, ordered=ordered, cancelled=cancelled)

    def _submit(self, function: Callable[[T], R], item: T) -> Any:
        # pure=False: two equal items are two items, and a result is not remembered by the cluster.
        return self._client.submit(_call, function, item, pure=False)

    def _wait(self, futures: list[Any]) -> set[Any]:
        try:
            with self._client.as_current():
                return set(self._dask_wait(futures, timeout=0.05, return_when="FIRST_COMPLETED").done)
        except TimeoutError:
            return set()

    def close(self) -> None:
        """Leave the cluster; end it, if it is the executor's own."""
        self._client.close()
        if self._cluster is not None:
            self._cluster.close()


def _call(function: Callable[[T], R], item: T) -> R:
    """The function that a worker was handed, on an item."""
    return function(item)


def _check(cancelled: Cancelled | None) -> None:
    if cancelled is not None and cancelled():
        raise WorkCancelled("the work was cancelled")


def executor(name: str = "serial") -> Executor:
    """The executor of a name: ``serial``, ``threads``, ``dask`` (a local cluster), ``dask://host:port``.

    Raises
    ------
    ValueError
        No such executor.

    Examples
    --------
    >>> with executor("threads") as threads:
    ...     sum(threads.map(abs, range(-3, 3)))
    9
    """
    kind, _, address = name.partition("://")
    match kind, address:
        case "serial", "":
            return Serial()
        case "threads", "":
            return Threads()
        case "dask", _:
            return Dask(address or None)
    raise ValueError(f"no executor {name!r}; there are serial, threads, dask and dask://host:port")
