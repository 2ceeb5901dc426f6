"""How the kernels are compiled.

A counter that another kernel is called with starts as `np.int64(0)`: for a literal 0 numba would compile that kernel
twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from numba import njit
from numba.np import linalg

Function = Callable[..., Any]


def _load_array_functions() -> None:
    """Load numba's array functions without SciPy's linear algebra, which no kernel needs.

    numba imports that only to see that it is there, which takes as long as all else of opening a model.
    """
    ensure_blas, linalg.ensure_blas = linalg.ensure_blas, lambda: None
    try:
        import numba.np.arraymath  # noqa: F401  # calls ensure_blas while it is imported
    finally:
        linalg.ensure_blas = ensure_blas


def compiled(function: Function) -> Function:
    """Compile a kernel at its first call, keeping the result on disk where that is possible."""
    try:
        kernel = njit(nogil=True, cache=True)(function)
    except RuntimeError:  # numba found no folder to write to: compile in each process
        kernel = njit(nogil=True, cache=False)(function)
    return cast(Function, kernel)


def inlined(function: Function) -> Function:
    """Compile a part of a kernel at the place of its call, where a call takes as long as the work."""
    return cast(Function, njit(nogil=True, inline="always")(function))
