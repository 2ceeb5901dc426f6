"""The report of an evaluation: Markdown, one HTML page, JSON."""

from __future__ import annotations

import os
import sys
from typing import Any

SETTINGS = "matplotlibrc"  # file of a working folder that matplotlib obeys before all others


def _import_matplotlib() -> None:
    """Import matplotlib without the settings in the working folder, which came with a table of a stranger perhaps."""
    if "matplotlib" in sys.modules:
        return
    exists = os.path.exists

    def exists_elsewhere(path: Any) -> bool:
        return path != SETTINGS and exists(path)

    os.path.exists = exists_elsewhere
    try:
        import matplotlib  # noqa: F401  looks for its settings while it is imported
    finally:
        os.path.exists = exists


_import_matplotlib()
