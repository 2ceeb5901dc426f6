"""stance/features/kernels/compiling.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from numba import njit
from numba.np import linalg

Function = Callable[..., Any]


def _load_array_functions() -> None:
    """Load numba's array functions, which a compiled loop needs, without SciPy's linear algebra, which none does.

    numba imports that only to see that it is there, which takes as long as all else of opening a model.
    """
    look, linalg.ensure_blas = linalg.ensure_blas, lambda: None
    try:
        import numba.np.arraymath  # noqa: F401  # its look happens while it is imported
    finally:
        linalg.ensure_blas = look


def compiled(function: Function) -> Function:
    """Compile a loop, keeping the result on disk where that is possible.

    Parameters
    ----------
    function : callable

    Returns
    -------
    callable
    """
    try:
        made = njit(nogil=True, cache=True)(function)
    except RuntimeError:  # numba found no folder to write to: compile anew in each process
        made = njit(nogil=True, cache=False)(function)
    return cast(Function, made)
