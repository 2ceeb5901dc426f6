"""The bundled heads and their labels, in alphabetical order; `datasets/CODEBOOK.md` says what they mean."""

ATTITUDES = ("against", "favor", "none")

BUNDLED: dict[str, tuple[str, ...]] = {
    "stance": ("none", "pro_china_russia", "pro_india", "pro_us"),
    "tone": ("negative", "neutral", "positive"),
    "china": ATTITUDES,
    "russia": ATTITUDES,
    "us": ATTITUDES,
    "india": ATTITUDES,
    "pakistan": ATTITUDES,
}
