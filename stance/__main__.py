"""`python -m stance` is the command `stance`; no other module is taken from the working folder."""

import os
import sys

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

if not sys.flags.safe_path:  # else Python has not put the working folder before all others
    working_folder = sys.path.pop(0)
    if os.path.realpath(working_folder) == os.path.realpath(
        HERE
    ):  # a checkout: this program lies there, and its workers need it
        sys.path.append(working_folder)

from stance.cli import main  # noqa: E402

main()
