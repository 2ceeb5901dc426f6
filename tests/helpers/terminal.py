"""A terminal that a program believes to be on."""

from __future__ import annotations

import os
import pty
import subprocess
from collections.abc import Sequence
from typing import Any


def shown_on_terminal(stream: str, command: Sequence[str], **settings: Any) -> str:
    """Run a command with one of its streams (`stdout` or `stderr`) on a terminal; return what was shown there."""
    ours, theirs = pty.openpty()
    settings[stream] = theirs
    with subprocess.Popen(command, **settings) as run:
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 65536):
                shown += part
        except OSError:  # Linux says so at the end of a closed terminal
            pass
        os.close(ours)
    assert run.returncode == 0, shown
    return shown.decode()
