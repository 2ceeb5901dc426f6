"""`manifest.json` of a model folder: its format, checksums, settings, and what the model was trained on."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from operator import ne
from pathlib import Path
from typing import Any

from stance.errors import ModelError, OptionError
from stance.model.tensors import read_json
from stance.regular_files import read_file
from stance.strings import listed

FORMAT, OLDEST_FORMAT = 3, 2
ARRAYS, MANIFEST, BASELINE = "model.safetensors", "manifest.json", "baseline.safetensors"
OWN_CHECKSUM = "manifest_sha256"  # of all else in the manifest
MAX_ARRAYS_BYTES, MAX_MANIFEST_BYTES = 1 << 30, 1 << 22  # bytes; a model of a million comments has a fifth of that
LIBRARIES = ("numba", "numpy", "scipy", "scikit-learn")  # those whose version can change an array's bytes
REQUIRED = {"arrays_sha256": str, "heads": dict, "settings": dict, "data": dict}
# format 2 wrote these under other names
NEW_NAMES = {"strength": "C", "hears_tone": "uses_tone", "plain_sha256": "baseline_sha256"}
NEW_SETTINGS = {
    "strengths": "Cs",
    "attitude_strength": "attitude_C",
    "target_strength": "target_C",
    "worth_hearing": "min_gain_for_tone",
}


def default_model() -> Path:
    """Return the folder of the bundled model: in an installed package, or `models/default` of a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "default_model"
    return installed if installed.is_dir() else package.parent / "models" / "default"


def model_path(folder: str | Path | None) -> Path:
    """Return the path of a model folder; None is the bundled model."""
    return default_model() if folder is None else Path(folder)


@contextmanager
def consistent(folder: str | Path | None) -> Iterator[None]:
    """Turn what goes wrong in building a model of arrays and manifest into one ModelError."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, OptionError) as error:
        fault = f"{model_path(folder)}: arrays and manifest do not belong together ({error})"
        raise ModelError(f"{fault}; train it again") from None


def training_label_counts(manifest: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Return the rows of each label of each head in the training table; ValueError and the like if it is not there."""
    labels = manifest["data"]["labels"]
    counts = {head: {str(label): int(n) for label, n in labels[head].items()} for head in manifest["heads"]}
    if not all(counts.values()):
        raise ValueError("labels of the training data")
    return counts


def read_manifest(folder: str | Path | None = None) -> dict[str, Any]:
    """Read and check a manifest; one of an older format comes back in today's names.

    Raises ModelError if there is none, or if it is damaged or of a format that is not known.
    """
    path = model_path(folder)
    manifest = _read(path, is_bundled=folder is None)
    found = manifest.get("format") if isinstance(manifest, dict) else None
    if type(found) is not int or not OLDEST_FORMAT <= found <= FORMAT:
        raise ModelError(f"{path}: format {found!r}, this version opens formats 2 and 3; train it again")
    lacking = [name for name, kind in REQUIRED.items() if not isinstance(manifest.get(name), kind)]
    if lacking:
        raise ModelError(f"{path}: {MANIFEST} lacks {listed(lacking)}; copy the whole folder again")
    if not _is_whole(manifest):
        raise ModelError(f"{path}: {MANIFEST} is damaged or was changed (see {OWN_CHECKSUM}); copy the folder again")
    return _upgraded(manifest) if found < FORMAT else dict(manifest)


def sealed(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return a manifest with its own checksum."""
    return {**manifest, OWN_CHECKSUM: _checksum(manifest)}


def library_versions() -> dict[str, str]:
    """Return the versions that training bytes depend on."""
    return {"python": platform.python_version(), "stance": version("stance")} | {
        name: version(name) for name in LIBRARIES
    }


def _read(path: Path, is_bundled: bool) -> Any:
    if os.path.lexists(path) and not os.path.isdir(path):
        raise ModelError(
            f"{path}: a file; a model is a folder with {MANIFEST} and {ARRAYS} (pickled models are not opened)"
        )
    try:
        return read_json(read_file(path / MANIFEST, MAX_MANIFEST_BYTES, is_bundled))
    except FileNotFoundError:
        raise ModelError(f"{path}: no {MANIFEST} there; expected a folder that `stance train` made") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ModelError(f"{path}: {MANIFEST} is damaged ({reason}); copy the whole folder again") from None


def _upgraded(manifest: Mapping[str, Any]) -> dict[str, Any]:
    def renamed(values: Any, names: Mapping[str, str] = NEW_NAMES) -> Any:
        return {names.get(name, name): value for name, value in values.items()} if isinstance(values, dict) else values

    heads = {head: renamed(about) for head, about in manifest["heads"].items()}
    settings = renamed(manifest["settings"], NEW_SETTINGS)
    return {
        **renamed(manifest),
        "heads": heads,
        "settings": settings,
        "attitudes": renamed(manifest.get("attitudes")),
    }


def _is_whole(manifest: Mapping[str, Any]) -> bool:
    """Return whether a manifest has the checksum of all else in it; the first ones of format 2 had none."""
    if OWN_CHECKSUM in manifest or manifest["format"] > OLDEST_FORMAT:
        return manifest.get(OWN_CHECKSUM) == _checksum(manifest)
    close = [name for name in manifest if sum(map(ne, name, OWN_CHECKSUM)) < 2 and len(name) == len(OWN_CHECKSUM)]
    return not close  # its name is damaged


def _checksum(manifest: Mapping[str, Any]) -> str:
    rest = {name: value for name, value in manifest.items() if name != OWN_CHECKSUM}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()
