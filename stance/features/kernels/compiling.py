"""How the kernels are compiled, and where they are kept.

A counter that another kernel is called with starts as `np.int64(0)`: for a literal 0 numba would compile that kernel
twice.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast

from stance.features.kernels.cache_folder import find_cache_folder

Function = Callable[..., Any]


@contextmanager
def _working_folder_unread() -> Iterator[None]:
    """Import numba without the `.numba_config.yaml` of the working folder, which could have it run what lies there.

    Where another program imported numba before, its configuration stays: kernels are kept in our folder anyway.
    """
    if "numba" in sys.modules:
        yield
        return
    yaml = {"yaml": sys.modules["yaml"]} if "yaml" in sys.modules else {}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "A Numba config file is found")
        sys.modules["yaml"] = cast(Any, None)  # numba takes it for missing, and reads no such file
        try:
            yield
        finally:
            del sys.modules["yaml"]
            sys.modules.update(yaml)
    sys.modules["numba.core.config"]._config_fname = ""  # type: ignore[attr-defined]  # it is looked for at each compile


with _working_folder_unread():
    import numba
    from numba import njit
    from numba.core import caching
    from numba.np import linalg

CACHE_FOLDER = find_cache_folder(numba.__version__)
_listeners: list[Callable[[], None]] = []


def _load_array_functions() -> None:
    """Load numba's array functions without SciPy's linear algebra, which no kernel needs.

    numba imports that only to see that it is there, which takes as long as all else of opening a model.
    """
    ensure_blas, linalg.ensure_blas = linalg.ensure_blas, lambda: None
    try:
        import numba.np.arraymath  # noqa: F401  # calls ensure_blas while it is imported
    finally:
        linalg.ensure_blas = ensure_blas


class _OurFolder(caching._SourceFileBackedLocatorMixin, caching._CacheLocator):
    """Tells numba where a kernel is kept."""

    def __init__(self, function: Function, path: str) -> None:
        self._py_file = path
        self._lineno = function.__code__.co_firstlineno

    def ensure_cache_path(self) -> None:
        """Do nothing: the folder was made when it was chosen."""

    def get_cache_path(self) -> str:
        """Return the folder."""
        return str(CACHE_FOLDER)


class _Files(caching.CompileResultCacheImpl):
    """Names the files of a kernel."""

    _locator_classes = [_OurFolder]  # noqa: RUF012  as in its base


class _Kept(caching.FunctionCache):
    """A kernel on the disk; a file that is damaged or cannot be written means no more than to compile it again."""

    _impl_class = _Files

    def load_overload(self, *arguments: Any) -> Any:
        """Return the kernel for some types of arguments, None if it is not there."""
        try:
            found = super().load_overload(*arguments)
        except Exception:  # whatever pickle raises for a file that was cut off
            found = None
        if found is None:
            _announce()
        return found

    def save_overload(self, *arguments: Any) -> None:
        """Keep the kernel."""
        try:
            super().save_overload(*arguments)
        except Exception:  # the list of what is kept is damaged, or the disk is full
            with suppress(OSError):
                self.flush()
                super().save_overload(*arguments)


class _NotKept(caching.NullCache):
    """A kernel for which there is no folder."""

    def load_overload(self, *arguments: Any) -> None:
        """Return that the kernel is not there."""
        _announce()


def tell_before_compiling(tell: Callable[[], None]) -> None:
    """Have a function called once, right before the next kernel has to be compiled."""
    _listeners[:] = [tell]


def compiled(function: Function) -> Function:
    """Compile a kernel at its first call; it is kept where there is a folder that is ours alone."""
    kernel: Any = njit(nogil=True)(function)
    if hasattr(kernel, "enable_caching"):  # which a plain function lacks, where numba is told not to compile
        kernel._cache = _NotKept() if CACHE_FOLDER is None else _Kept(function)
    return cast(Function, kernel)


def inlined(function: Function) -> Function:
    """Compile a part of a kernel at the place of its call, where a call takes as long as the work."""
    return cast(Function, njit(nogil=True, inline="always")(function))


def _announce() -> None:
    while _listeners:
        _listeners.pop()()
