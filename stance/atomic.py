"""Files that appear whole or not at all; the only place where files are written aside and renamed.

The order of the steps is that of PostgreSQL: write the file, flush it to the disk, rename it, flush its folder. When
the power fails, the name then stands for the old content or the new one, never for half of it. A new folder is flushed
into the one that it lies in, for the same reason.

A symbolic link stays: the file that it points to is replaced. A new file gets the mode of the one that it replaces.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from stance.errors import OptionError
from stance.regular_files import create_own

ALL_PERMISSIONS = 0o777  # of owner, group and others; not the bits that let a program run as its owner


@contextmanager
def open_atomic(path: str | Path, unfinished: Path | None = None, sync: bool = True) -> Iterator[BinaryIO]:
    """Open a file that gets its name when it is whole, and then replaces an older one; an error leaves that as it was.

    Without `sync` nothing is flushed to the disk: then a power failure, but no kill, may leave half of a file.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with open_atomic(f"{folder}/a.txt") as file:
    ...         _ = file.write(b"so")
    ...     Path(folder, "a.txt").read_bytes()
    b'so'
    """
    target = follow_link(path)
    unfinished = unfinished or unfinished_path(target, os.getpid())
    try:
        with create_own(unfinished) as file:
            copy_mode(target, unfinished)
            yield file
            if sync:
                flush_to_disk(file)
            if not os.path.samestat(os.fstat(file.fileno()), os.stat(unfinished)):
                raise OSError(errno.EBUSY, "another process writes it too")
        rename(unfinished, target, sync)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def unfinished_path(path: str | Path, process: int | None = None) -> Path:
    """Return where a file is written before it gets its name; the number of the process keeps two writers apart.

    >>> unfinished_path("a.csv").name, unfinished_path("a.csv", 7).name
    ('.a.csv.unfinished', '.a.csv.7.unfinished')
    """
    middle = "" if process is None else f".{process}"
    return Path(path).with_name(f".{Path(path).name}{middle}.unfinished")


def follow_link(path: str | Path) -> Path:
    """Return the file that a symbolic link points to, there or not; any other path as it is.

    >>> follow_link("a.csv")
    PosixPath('a.csv')
    """
    return Path(os.path.realpath(path)) if os.path.islink(path) else Path(path)


def copy_mode(old: Path, new: Path, least: int = 0) -> None:
    """Give a new file the permissions of the file that it replaces, if there is one, and the `least` ones."""
    with suppress(FileNotFoundError):
        os.chmod(new, stat.S_IMODE(os.stat(old).st_mode) & ALL_PERMISSIONS | least)


def rename(unfinished: Path, path: str | Path, sync: bool = True) -> None:
    """Give a whole file its name."""
    os.replace(unfinished, path)
    if sync:
        flush_folder(Path(path).parent)


def make_folder(folder: Path) -> None:
    """Make a folder, with those above it that are missing, and flush each into the one that it lies in."""
    missing = [folder, *folder.parents]
    missing = missing[: next((at for at, each in enumerate(missing) if each.exists()), len(missing))]
    folder.mkdir(parents=True, exist_ok=True)
    for each in missing:
        flush_folder(each.parent)


def flush_to_disk(file: BinaryIO) -> None:
    """Wait until what was written to a file is on the disk."""
    file.flush()
    os.fsync(file.fileno())


def write_files(folder: str | Path, files: Mapping[str, bytes]) -> None:
    """Write files, contents by name, into a folder, each whole or not at all; OptionError if that is impossible."""
    folder = Path(folder)
    try:
        make_folder(folder)
        unfinished = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=folder))
        try:
            for name, content in files.items():
                with create_own(unfinished / name) as file:
                    file.write(content)
                    flush_to_disk(file)
            for name in files:
                _publish(unfinished / name, folder / name)
            flush_folder(folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    except OSError as error:
        raise _unwritable(folder, error) from None


def check_writable(folder: str | Path) -> None:
    """Check early that files can be written into a folder, leaving no trace; OptionError if not."""
    nearest = Path(folder)
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    try:
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        raise _unwritable(folder, error) from None


def _publish(unfinished: Path, path: Path) -> None:
    target = follow_link(path)
    if target != path:  # maybe on another file system, where nothing can be moved to in one step
        with open(unfinished, "rb") as source, open_atomic(target) as file:
            shutil.copyfileobj(source, file)
        return
    copy_mode(target, unfinished)
    os.replace(unfinished, target)


def flush_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    if sys.platform == "win32":  # where a folder cannot be opened
        return
    with suppress(OSError):  # a folder that cannot be read, a file system that cannot do it: the file is whole anyway
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _unwritable(folder: str | Path, error: OSError) -> OptionError:
    return OptionError(f"{folder}: cannot be written ({error.strerror}); choose another folder")
