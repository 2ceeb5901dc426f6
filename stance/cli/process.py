"""The process that a command runs in: its streams, signals and environment, and how it ends."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

EXIT_FAULT = 70  # EX_SOFTWARE of sysexits.h
SIGNAL_EXIT = 128  # what shells add to the number of the signal that ended a command
INTERRUPT_SECONDS = 0.01  # until a signal is sent again: the object is gone by then
ENDING_SIGNALS = ("SIGTERM", "SIGHUP")
STREAMS = {"stdin": "r", "stdout": "w", "stderr": "w"}  # by their descriptors 0, 1 and 2
closed: set[str] = set()  # streams that the caller closed, as daemons do; in their place is the null device


class Stopped(BaseException):
    """Another process asked this one to end; what is unfinished is removed on the way out."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.exit_code = SIGNAL_EXIT + number


class Carried(BaseException):
    """Carries an error past the command line library, which would end the program in its own way."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(error)
        self.error = error


@contextmanager
def prepared() -> Iterator[None]:
    """Open streams that are closed, let signals end a command tidily, and keep workers from the working folder."""
    _open_streams()
    hook, sys.unraisablehook = sys.unraisablehook, _raise_again
    earlier = {name: _handle(name) for name in ENDING_SIGNALS if hasattr(signal, name)}
    safe_path = os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = "1"  # else workers would import modules that lie in the working folder
    try:
        yield
    finally:
        sys.unraisablehook = hook
        os.environ.pop("PYTHONSAFEPATH")
        if safe_path is not None:
            os.environ["PYTHONSAFEPATH"] = safe_path
        for name, handler in earlier.items():
            _set_handler(signal.Signals[name], handler)


def shield_workers() -> None:
    """Have the processes that will share the work hear no Ctrl-C: this one ends them, and they print nothing."""
    from joblib.externals.loky.backend import fork_exec

    start: Any = getattr(fork_exec, "fork_exec", None)  # what joblib starts a process with; there is no option for it
    if hasattr(signal, "pthread_sigmask") and getattr(start, "__module__", __name__) != __name__:
        fork_exec.fork_exec = _without_interrupts(start)


def _without_interrupts(start: Callable[..., int]) -> Callable[..., int]:
    def start_blocked(*arguments: Any, **named: Any) -> int:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])  # a new process inherits it
        try:
            return start(*arguments, **named)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    return start_blocked


def stop_workers() -> None:
    """End the processes that share the work, and hear no Ctrl-C from then on: the work is done, or was given up."""
    before = _set_handler(signal.SIGINT, signal.SIG_IGN)
    _kill_workers()
    _set_handler(signal.SIGINT, before)
    atexit.register(_set_handler, signal.SIGINT, signal.SIG_IGN)


def _kill_workers() -> None:
    loky = sys.modules.get("joblib.externals.loky.reusable_executor")
    executor = getattr(loky, "_executor", None)
    if executor is not None:
        executor.shutdown(wait=True, kill_workers=True)


def drop_stream(name: str) -> None:
    """Put the null device in the place of a stream that cannot be written, so that Python does not try again."""
    stream, descriptor = getattr(sys, name), list(STREAMS).index(name)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, descriptor)
    os.close(null)
    try:
        stream.flush()
    except (OSError, ValueError):
        setattr(sys, name, _null(name))


def _open_streams() -> None:
    closed.clear()
    for descriptor, name in enumerate(STREAMS):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free, which is this one
            closed.add(name)
        if getattr(sys, name) is None:
            closed.add(name)
            setattr(sys, name, _null(name))


def _null(name: str) -> Any:
    return open(os.devnull, STREAMS[name], encoding="utf-8")


def _handle(name: str) -> Any:
    """Raise `Stopped` at a signal from now on; return the handler before, None where it stays."""
    number = signal.Signals[name]
    if signal.getsignal(number) is not signal.SIG_DFL:  # such as one that is ignored under nohup
        return None
    return _set_handler(number, _stop)


def _set_handler(number: signal.Signals, handler: Any) -> Any:
    """Set what a signal does; return what it did, None outside of the main thread, which alone may do so."""
    if handler is None or threading.current_thread() is not threading.main_thread():
        return None
    return signal.signal(number, handler)


def _raise_again(unraisable: sys.UnraisableHookArgs) -> None:
    """Interrupt once more where Ctrl-C came while an object was removed, of which Python tells and goes on."""
    if isinstance(unraisable.exc_value, (KeyboardInterrupt, Stopped)):
        number = getattr(unraisable.exc_value, "exit_code", SIGNAL_EXIT + signal.SIGINT) - SIGNAL_EXIT
        threading.Timer(INTERRUPT_SECONDS, os.kill, (os.getpid(), number)).start()
    else:
        sys.__unraisablehook__(unraisable)


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped(number)
