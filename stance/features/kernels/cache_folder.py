"""The folder in which compiled kernels are kept: numba reads them by `pickle`, so nobody else may write there.

It bears the checksum of all kernels, since numba does not see when a kernel that is inlined into another one changed.
Nothing in the working folder decides where it is: paths that begin there are not used.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

VARIABLE = "NUMBA_CACHE_DIR"  # as numba has it, but for a path that must be absolute
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def find_cache_folder(version: str) -> Path | None:
    """Return a folder that only this user can write to, for the kernels as they are; None if there is none.

    `version` is that of numba.
    """
    state = f"kernels-{_kernels_checksum(version)}"
    return next((folder / state for folder in _candidates() if _make_private(folder / state)), None)


def _candidates() -> Iterator[Path]:
    """List the folders to try, the best first."""
    home = os.environ.get("HOME") or _home_of_user()
    caches = os.path.join(home, "Library", "Caches") if sys.platform == "darwin" else os.path.join(home, ".cache")
    if sys.platform == "win32":
        caches = os.environ.get("LOCALAPPDATA", caches)
    for path in (os.environ.get(VARIABLE, ""), os.environ.get("XDG_CACHE_HOME", ""), caches):
        if os.path.isabs(path):
            yield Path(path, "stance")
    temporary = Path(tempfile.gettempdir())
    if sys.platform != "win32" and temporary != Path.cwd():  # which it is where no other folder can be written to
        yield temporary / f"stance-{os.getuid()}"  # a user without a home has it until the next start


def _home_of_user() -> str:
    """Return the home that the system has on record; an empty text where it has none."""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_dir
    except (ImportError, KeyError):  # on Windows, or for a number that no user has
        return ""


def _make_private(folder: Path) -> bool:
    """Make a folder, and return whether it is this user's and nobody else can write to it or take its place."""
    try:
        for each in (folder.parent, folder):
            each.mkdir(0o700, parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
        if sys.platform == "win32":  # where a folder of the user is private from the start
            return True
        above = {*folder.parents, *folder.resolve().parents}
        return _is_private(folder) and _is_private(folder.parent) and all(map(_is_safe, above))
    except OSError:
        return False


def _is_private(folder: Path) -> bool:
    link, status = folder.lstat(), folder.stat()
    return {link.st_uid, status.st_uid} == {os.geteuid()} and not status.st_mode & OTHERS_WRITE


def _is_safe(folder: Path) -> bool:
    """Return whether nobody but root and this user can rename what lies in a folder."""
    link, status = folder.lstat(), folder.stat()
    is_shared = bool(status.st_mode & OTHERS_WRITE) and not status.st_mode & stat.S_ISVTX
    return {link.st_uid, status.st_uid} <= {0, os.geteuid()} and not is_shared


def _kernels_checksum(version: str) -> str:
    checksum = hashlib.sha256(version.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        checksum.update(path.read_bytes())
    return checksum.hexdigest()[:16]
