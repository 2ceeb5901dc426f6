"""What a program asks of the disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def watch_steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which the name of what is flushed or renamed is added from now on, in order."""
    seen: list[str] = []
    flush, replace = os.fsync, os.replace

    def watched_flush(descriptor: int) -> None:
        seen.append(f"flush {Path(os.readlink(f'/proc/self/fd/{descriptor}')).name}")
        flush(descriptor)

    def watched_replace(source: str | Path, target: str | Path) -> None:
        seen.append(f"rename to {Path(target).name}")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", watched_flush)
    monkeypatch.setattr(os, "replace", watched_replace)
    return seen
