"""Open files whose names others know: no links, no pipes or devices that keep us waiting, nothing of another user."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

NO_WAIT = getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
NO_LINK = getattr(os, "O_NOFOLLOW", 0)
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def read_file(path: Path, max_bytes: int, follow_links: bool = False) -> bytearray:
    """Read a regular file; OSError if it is a pipe or a device (which could keep us waiting), a link, or too large."""
    flags = os.O_RDONLY | NO_WAIT | (0 if follow_links else NO_LINK)
    if not follow_links and path.is_symlink():
        raise OSError(errno.ELOOP, "a link, expected the file itself")
    with open(path, "rb", opener=lambda name, _: os.open(name, flags)) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        if status.st_size > max_bytes:
            raise OSError(errno.EFBIG, f"{status.st_size:,} bytes, expected {max_bytes:,} at most")
        raw = bytearray(status.st_size)
        del raw[file.readinto(raw) :]
    return raw


def create_own(path: Path) -> BinaryIO:
    """Create a file that nobody else could have put there; what has its name, such as a leftover or a link, goes."""
    path.unlink(missing_ok=True)
    return open(path, "xb", opener=lambda name, flags: os.open(name, flags | NO_LINK, 0o666))


def open_own(path: Path, create: bool = False, write: bool = True) -> BinaryIO:
    """Open a file of ours without cutting it; OSError if it is a link, has two names, or is another user's."""
    if path.is_symlink():
        raise OSError(errno.ELOOP, "a link, expected the file itself", str(path))
    flags = (os.O_RDWR if write else os.O_RDONLY) | NO_WAIT | NO_LINK | (os.O_CREAT if create else 0)
    descriptor = os.open(path, flags, 0o600)
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1 or not _is_ours(status):
        os.close(descriptor)
        raise OSError(errno.EPERM, "not a regular file of this user alone", str(path))
    return open(descriptor, "r+b" if write else "rb")


def make_own_folder(folder: Path) -> None:
    """Make a folder that only we can write to, or check that this one is; OSError if it is a link or another user's."""
    try:
        folder.mkdir(0o700)
    except FileExistsError:
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode):
            raise OSError(errno.ENOTDIR, "a link or a file, expected a folder", str(folder)) from None
        if not _is_ours(status) or status.st_mode & OTHERS_WRITE:
            raise OSError(errno.EPERM, "a folder that others can write to", str(folder)) from None


def _is_ours(status: os.stat_result) -> bool:
    return not hasattr(os, "geteuid") or status.st_uid == os.geteuid()
