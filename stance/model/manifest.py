"""stance/model/manifest.py."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from stance.errors import ModelError, OptionError
from stance.model.tensors import read_file, read_json
from stance.strings import listed

FORMAT = 2
ARRAYS, MANIFEST, PLAIN = "model.safetensors", "manifest.json", "baseline.safetensors"
OWN_CHECKSUM = "manifest_sha256"  # of all else in the manifest
LARGEST, LARGEST_MANIFEST = 1 << 30, 1 << 22  # bytes; a model of a million comments has a fifth of that
LIBRARIES = ("numba", "numpy", "scipy", "scikit-learn")  # those whose version can change an array's bytes


def default_model() -> Path:
    """Find the model that travels with the package.

    Returns
    -------
    Path
        The copy in an installed package, or `models/default` of a checkout.
    """
    package = Path(__file__).parents[1]
    installed = package / "default_model"
    return installed if installed.is_dir() else package.parent / "models" / "default"


def trained_on(folder: str | Path | None = None) -> tuple[str, dict[str, dict[str, int]]]:
    """Tell what a model was trained on.

    Parameters
    ----------
    folder : str or Path, optional
        By default the bundled model.

    Returns
    -------
    sha256 : str
        Checksum of the table.
    counts : dict of str to dict of str to int
        For each head the rows of each label.

    Raises
    ------
    ModelError
        If it does not say so.
    """
    manifest = read_manifest(folder)
    with _whole(folder):
        data = manifest["data"]
        counts = {head: {str(label): int(n) for label, n in data["labels"][head].items()} for head in manifest["heads"]}
        if not all(counts.values()):
            raise ValueError("labels of the training data")
        return str(data["sha256"]), counts


@contextmanager
def _whole(folder: str | Path | None) -> Iterator[None]:
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, OptionError) as error:
        fault = f"{_path(folder)}: arrays and manifest do not belong together ({error})"
        raise ModelError(f"{fault}; train it again") from None


def _path(folder: str | Path | None) -> Path:
    return Path(folder) if folder is not None else default_model()


def read_manifest(folder: str | Path | None = None) -> dict[str, Any]:
    """Read what a model folder says of itself.

    Parameters
    ----------
    folder : str or Path, optional
        By default the bundled model.

    Returns
    -------
    dict

    Raises
    ------
    ModelError
        If there is none, or it is of another format.
    """
    path, is_bundled = _path(folder), folder is None
    if os.path.lexists(path) and not os.path.isdir(path):
        raise ModelError(
            f"{path}: a file; a model is a folder with {MANIFEST} and {ARRAYS} (pickled models are not opened)"
        )
    try:
        manifest = read_json(read_file(path / MANIFEST, LARGEST_MANIFEST, is_bundled))
    except FileNotFoundError:
        raise ModelError(f"{path}: no {MANIFEST} there; expected a folder that `stance train` made") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ModelError(f"{path}: {MANIFEST} is damaged ({reason}); copy the whole folder again") from None
    found = manifest.get("format") if isinstance(manifest, dict) else None
    if found != FORMAT:
        raise ModelError(f"{path}: format {found!r}, this version opens format {FORMAT}; train it again")
    needed = {"arrays_sha256": str, "heads": dict, "settings": dict, "data": dict}
    lacking = [name for name, kind in needed.items() if not isinstance(manifest.get(name), kind)]
    if lacking:
        raise ModelError(f"{path}: {MANIFEST} lacks {listed(lacking)}; copy the whole folder again")
    if manifest.get(OWN_CHECKSUM, _checksum_of(manifest)) != _checksum_of(manifest):
        raise ModelError(f"{path}: {MANIFEST} is damaged or was changed (see {OWN_CHECKSUM}); copy the folder again")
    return dict(manifest)


def _checksum_of(manifest: Mapping[str, Any]) -> str:
    rest = {name: value for name, value in manifest.items() if name != OWN_CHECKSUM}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def library_versions() -> dict[str, str]:
    """Name the versions that training bytes depend on.

    Returns
    -------
    dict of str to str
    """
    return {"python": platform.python_version(), "stance": version("stance")} | {
        name: version(name) for name in LIBRARIES
    }
