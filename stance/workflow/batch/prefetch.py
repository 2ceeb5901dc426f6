"""Make the next batch while the last one is used."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from queue import Full, Queue
from threading import Event, Thread
from typing import TypeVar

Item = TypeVar("Item")
QUEUE_DEPTH = 2  # items made ahead: enough that neither side waits for long, few enough that memory stays flat
POLL_SECONDS = 0.1  # seconds between checks that the consumer is alive
_END = object()


def prefetch(items: Generator[Item]) -> Generator[Item]:
    """Run a generator in a thread, a few items ahead of its consumer; its errors are raised where they belong.

    The generator is closed in its thread, also when the consumer stops early.

    >>> list(prefetch(letter for letter in "abc"))
    ['a', 'b', 'c']
    """
    queue: Queue[tuple[object, BaseException | None]] = Queue(QUEUE_DEPTH)
    stopped = Event()

    def put(item: object, error: BaseException | None = None) -> None:
        while not stopped.is_set():
            try:
                return queue.put((item, error), timeout=POLL_SECONDS)
            except Full:
                continue

    def produce() -> None:
        try:
            with closing(items):
                for item in items:
                    put(item)
                    if stopped.is_set():
                        return
            put(_END)
        except BaseException as error:
            put(_END, error)

    producer = Thread(target=produce, daemon=True)
    producer.start()
    try:
        yield from _consume(queue)
    finally:
        stopped.set()
        producer.join(POLL_SECONDS)  # one that waits for standard input may never end; it dies with the process


def _consume(queue: Queue[tuple[object, BaseException | None]]) -> Iterator[Item]:
    while True:
        item, error = queue.get()
        if error is not None:
            raise error
        if item is _END:
            return
        yield item  # type: ignore[misc]  # anything but the end is an item
