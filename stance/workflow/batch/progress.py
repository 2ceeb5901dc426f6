"""How far a run came, on the disk: what it depends on, what it counted, and which bytes of its tables are saved."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stance.atomic import open_atomic, unfinished_path
from stance.errors import OptionError
from stance.regular_files import read_file
from stance.workflow.batch.saved_part import SavedPart

MAX_PROGRESS_BYTES = 1 << 26  # a part of 50,000 rows takes a hundred bytes of it, a label or an input some more
OWN_CHECKSUM = "sha256"  # of all else in the file
Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint: everything that resuming needs beside the tables."""

    facts: Facts  # what the output depends on, as plain values
    batches: int = 0  # of the input that are in the tables
    rows: int = 0
    state: Facts = field(default_factory=dict)  # what was counted
    parts: Mapping[str, Sequence[SavedPart]] = field(default_factory=dict)  # by table
    finished: bool = False  # whether there are no more batches

    def save(self, path: Path) -> None:
        """Write the checkpoint; it replaces the one before in one step."""
        content = json.loads(json.dumps(vars(self)))
        write_json(path, {**content, OWN_CHECKSUM: _checksum(content)})


def read_checkpoint(path: Path) -> Checkpoint | None:
    """Read a checkpoint, None if there is none; OptionError if it is damaged."""
    try:
        content = json.loads(read_file(path, MAX_PROGRESS_BYTES))
        if content.pop(OWN_CHECKSUM) != _checksum(content):
            raise ValueError("another checksum")
        parts = {name: [SavedPart(*part) for part in parts] for name, parts in content.pop("parts").items()}
        return Checkpoint(**content, parts=parts)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise OptionError(f"{path}: damaged; delete its folder and start over") from None


def write_json(path: Path, content: Facts) -> None:
    """Write a JSON file that is whole and on the disk when it has its name."""
    with open_atomic(path, unfinished_path(path)) as file:
        file.write(json.dumps(content, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass"))


def _checksum(content: Facts) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
