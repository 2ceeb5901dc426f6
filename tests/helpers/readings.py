"""Readings of the worked example in Krippendorff (2011)."""

from __future__ import annotations

# The example of Krippendorff (2011), Computing Krippendorff's alpha-reliability, part C: alpha is 0.743
KRIPPENDORFF = {
    "A": "1 2 3 3 2 1 4 1 2 * * *",
    "B": "1 2 3 3 2 2 4 1 2 5 * 3",
    "C": "* 3 3 3 2 3 4 2 2 5 1 *",
    "D": "1 2 3 3 2 4 4 1 2 5 1 *",
}


READINGS: dict[str, dict[str, str]] = {}


for name, row in KRIPPENDORFF.items():
    for number, value in enumerate(row.split()):
        if value != "*":
            READINGS.setdefault(str(number), {})[name] = value
