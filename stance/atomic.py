"""Output folders: files in them appear whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from stance.errors import OptionError


def write_files(folder: str | Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder, each whole or not at all.

    Parameters
    ----------
    folder : str or Path
        Made if it is not there.
    files : mapping of str to bytes
        Contents by name.

    Raises
    ------
    OptionError
        If the folder cannot be written to.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=folder))
        try:
            for name, content in files.items():
                (unfinished / name).write_bytes(content)
            for name in files:
                (unfinished / name).replace(folder / name)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    except OSError as error:
        raise OptionError(f"{folder}: cannot be written ({error.strerror}); name a folder that can") from None


def check_writable(folder: str | Path) -> None:
    """Make sure early that a folder can be written to, leaving no trace.

    Parameters
    ----------
    folder : str or Path

    Raises
    ------
    OptionError
    """
    nearest = Path(folder)
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    try:
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        raise OptionError(f"{folder}: cannot be written ({error.strerror}); name a folder that can") from None
