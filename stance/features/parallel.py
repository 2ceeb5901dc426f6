"""Work on ranges of rows, shared by threads."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

TEXTS_PER_TASK = 1000  # texts that one thread takes at a time


def resolve_n_threads(threads: int) -> int:
    """Return the number of threads that -1 stands for, or the number itself."""
    return threads if threads > 0 else os.cpu_count() or 1


def run_in_threads(work: Callable[[int, int], Any], rows: int, threads: int, each: int = 0) -> list[Any]:
    """Call `work` with the first row and the one behind the last of each range; return the results in order."""
    each = each or TEXTS_PER_TASK
    ranges = [(first, min(first + each, rows)) for first in range(0, rows, each)]
    workers = min(resolve_n_threads(threads), len(ranges))
    if workers < 2:
        return [work(*each) for each in ranges]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(lambda each: work(*each), ranges))
