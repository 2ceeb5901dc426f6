"""`python -m stance` is the command `stance`; nothing else is imported from the working folder."""

import os
import sys

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

if not sys.flags.safe_path:  # else Python put no working folder before all others
    first = sys.path.pop(0)
    if os.path.realpath(first) == os.path.realpath(HERE):  # a checkout: workers look for this program there
        sys.path.append(first)

from stance.cli import main  # noqa: E402

main()
