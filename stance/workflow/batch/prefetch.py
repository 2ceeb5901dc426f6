"""Work ahead: the next part is made while the last one is used."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from queue import Full, Queue
from threading import Event, Thread
from typing import TypeVar

Item = TypeVar("Item")
QUEUE_DEPTH = 2  # parts made ahead: enough that neither side waits for long, few enough that memory stays flat
POLL_SECONDS = 0.1  # seconds between looks whether the user has gone
_END = object()


def prefetch(items: Generator[Item]) -> Generator[Item]:
    """Run a generator in a thread of its own, a few items ahead of its user.

    Parameters
    ----------
    items : generator
        Closed in its thread when its user stops early.

    Yields
    ------
    object
        The same items in the same order; a fault of the generator is raised where it would have been.

    Examples
    --------
    >>> list(prefetch(letter for letter in "abc"))
    ['a', 'b', 'c']
    """
    waiting: Queue[tuple[object, BaseException | None]] = Queue(QUEUE_DEPTH)
    gone = Event()

    def hand_over(item: object, fault: BaseException | None = None) -> None:
        while not gone.is_set():
            try:
                return waiting.put((item, fault), timeout=POLL_SECONDS)
            except Full:
                continue

    def make() -> None:
        try:
            with closing(items):
                for item in items:
                    hand_over(item)
                    if gone.is_set():
                        return
            hand_over(_END)
        except BaseException as fault:
            hand_over(_END, fault)

    maker = Thread(target=make, daemon=True)
    maker.start()
    try:
        yield from _handed_over(waiting)
    finally:
        gone.set()
        maker.join(POLL_SECONDS)  # one that waits for standard input may never end; it dies with the process


def _handed_over(waiting: Queue[tuple[object, BaseException | None]]) -> Iterator[Item]:
    while True:
        item, fault = waiting.get()
        if fault is not None:
            raise fault
        if item is _END:
            return
        yield item  # type: ignore[misc]  # anything but the end is an item
