"""Which countries a comment names."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable
from importlib.resources import files

_EXACT = "exact"  # an alias that is another word in small letters, such as US


class Lexicon:
    """Aliases of targets: names, peoples, capitals, leaders.

    Parameters
    ----------
    aliases : iterable of (str, str, str)
        Target, alias, and `exact` where case matters.

    Examples
    --------
    >>> Lexicon.bundled().named("they told us that the USA and Moscow agree") == {"us", "russia"}
    True
    """

    def __init__(self, aliases: Iterable[tuple[str, str, str]]) -> None:
        found: dict[str, list[str]] = defaultdict(list)
        for target, alias, case in aliases:
            pattern = re.escape(alias)
            found[target].append(pattern if case == _EXACT else f"(?i:{pattern})")
        self._patterns = {
            target: re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)") for target, patterns in found.items()
        }

    @classmethod
    def bundled(cls) -> Lexicon:
        """Read the aliases that travel with the package.

        Returns
        -------
        Lexicon
        """
        text = files("stance").joinpath("countries.csv").read_text("utf-8")
        return cls([(row["target"], row["alias"], row["case"]) for row in csv.DictReader(text.splitlines())])

    @property
    def targets(self) -> list[str]:
        """Names of the targets."""
        return list(self._patterns)

    def named(self, text: str) -> set[str]:
        """Find the targets that a text names.

        Parameters
        ----------
        text : str

        Returns
        -------
        set of str
        """
        return {target for target, pattern in self._patterns.items() if pattern.search(text)}
