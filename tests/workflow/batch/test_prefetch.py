"""Work ahead: order and faults are kept, and nothing goes on when the user has gone."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from contextlib import closing

import pytest

from stance.workflow.batch.prefetch import prefetch


def test_items_come_in_order() -> None:
    assert list(prefetch(number for number in range(100))) == list(range(100))
    assert list(prefetch(number for number in range(0))) == []


def test_a_fault_comes_where_it_belongs() -> None:
    def items() -> Generator[int]:
        yield 1
        raise LookupError("here")

    found = prefetch(items())
    assert next(found) == 1
    with pytest.raises(LookupError, match="here"):
        next(found)


def test_it_stays_few_items_ahead_and_stops_with_its_user() -> None:
    made: list[int] = []
    closed = threading.Event()

    def items() -> Generator[int]:
        try:
            for number in range(1000):
                made.append(number)
                yield number
        finally:
            closed.set()

    before = threading.active_count()
    with closing(prefetch(items())) as found:
        assert next(found) == 0
        time.sleep(0.2)
        assert len(made) < 10
    time.sleep(0.3)
    assert threading.active_count() == before
    assert closed.is_set()
    assert len(made) < 10


def test_a_blocked_maker_does_not_hold_its_user() -> None:
    forever = threading.Event()

    def items() -> Generator[int]:
        yield 1
        forever.wait(20)

    start = time.monotonic()
    with closing(prefetch(prefetch(items()))) as found:
        assert next(found) == 1
    assert time.monotonic() - start < 5
    forever.set()
