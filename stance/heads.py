"""The bundled heads and their labels, in alphabetical order; `datasets/CODEBOOK.md` defines them."""

from __future__ import annotations

AGAINST, FAVOR, NONE = ATTITUDES = ("against", "favor", "none")
NEGATIVE, NEUTRAL, POSITIVE = TONES = ("negative", "neutral", "positive")
BUNDLED: dict[str, tuple[str, ...]] = {
    "stance": ("none", "pro_china_russia", "pro_india", "pro_us"),
    "tone": TONES,
    "china": ATTITUDES,
    "russia": ATTITUDES,
    "us": ATTITUDES,
    "india": ATTITUDES,
    "pakistan": ATTITUDES,
}
CROSSED = ("stance", "tone")  # heads that a report cross-tabulates
