"""A complete evaluation with invented numbers, whose texts and names try to be markup."""

from __future__ import annotations

from typing import Any

from stance.evaluation.report.report import Evaluation

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)> <img src='https://example.org/pixel.png'>",
    '"></td></table></main></body></html><h1>and then</h1><svg onload=alert(3)>',
    "</script><script>window.caught = 1</script></style><style>body { display: none }</style>",
    "[click](javascript:alert(4)) ![seen](https://example.org/seen.png) <a href='javascript:alert(5)'>here</a>",
    "harmless \u202ednob terces\u202c end \u2067right to left",
    "یہ بہت اچھا ہے and then English, 支持 🇨🇳",
    "w" * 3000,
    "https://example.org/" + "path/" * 400,
    "{{7*7}} {% raw %} ${7*7} $a_b$ <%= 7*7 %> #{7*7}",
    "first line\n\n# second\n| a | b |\n- [ ] c\n```\ncode\n> quote\x00\x07",
    "&lt;b&gt; &amp; & \\| ` `` *bold* _it_ ~~no~~ <!-- hidden --> ]]> <![CDATA[",
]
NAMES = ("none", "<b>favor</b>|*x*", "</td><script>alert(6)</script>")


def evaluation(**changes: Any) -> Evaluation:
    """Build an evaluation of two plain heads and one with markup in its names."""
    heads = {
        "stance": head(("none", "pro_us", "pro_india")),
        "china": head(("none", "against", "favor"), f_avg=0.4, f_avg_interval=[0.3, 0.5]),
        "<i>mood</i> | `x`": head(NAMES, low=0.1),
    }
    whole: dict[str, Any] = {
        "heads": heads,
        "model": {"name": "the bundled model", "held_out": False, "arrays_sha256": "0" * 64, "swap": swap()},
        "data": {"name": "<u>a</u>|`b`.csv", "rows": 2468, "articles": 12, "sha256": "f" * 64, "seen": False},
        "cross": {
            "rows": "stance",
            "columns": "tone",
            "row_labels": ["none", "pro_us"],
            "column_labels": ["negative", HOSTILE[0], "positive"],
            "true": [[100, 20, 3], [0, 0, 0]],
            "predicted": [[90, 23, 10], [1, 2, 3]],
        },
        "slices": slices(list(heads)),
        "errors": [mistake(number, text) for number, text in enumerate(HOSTILE)],
        "words": {
            name: {label: [{"feature": text[:50], "weight": 1.9} for text in HOSTILE[:10]] for label in each["labels"]}
            for name, each in heads.items()
        },
        "disagreements": [
            {**place(number, text), "ours": "none", "theirs": NAMES[1], "confidence": 0.9}
            for number, text in enumerate(HOSTILE)
        ],
        "compared_with": {"name": f"the model {HOSTILE[0]}", "kind": "model"},
    }
    return Evaluation(**{**whole, **changes})


def head(labels: tuple[str, ...] = ("no", "yes"), low: float = 0.5, **more: Any) -> dict[str, Any]:
    """Build the metrics of one head; `low` is the lower end of the interval of its macro F1."""
    summary = {"macro_f1": 0.6, "macro_recall": 0.62, "accuracy": 0.7}
    intervals = {f"{name}_interval": [low, 0.8] for name in summary}
    gap = {"n": 2468, "difference": 0.3, "difference_interval": [low - 0.3, 0.4]}
    baseline = {name: value / 2 for name, value in summary.items()}
    k = len(labels)
    return {
        "n": 2468,
        "unscored": 3,
        **summary,
        **intervals,
        **more,
        "labels": {
            label: {"precision": 0.5, "recall": 0.25, "f1": 1 / (3 + place), "support": 1234 - 500 * place}
            for place, label in enumerate(labels)
        },
        "confusion": [[1000 if row == column else 7 for column in range(k)] for row in range(k)],
        "ece": 0.1,
        "reliability": [
            {"low": low, "high": low + 0.1, "n": 9, "confidence": low + 0.05, "accuracy": low,
             "accuracy_interval": [low - 0.1, low + 0.1]}
            for low in (0.5, 0.8)
        ],
        "baselines": {name: {**baseline, **intervals, **gap} for name in ("majority", "keywords", "vader", "plain")},
        "coverage": [
            {"share": share, "coverage": share, "confidence": 0.5, "accuracy": 0.75, "macro_f1": 0.7}
            for share in (1, 0.5)
        ],
        "compared": {
            "macro_f1": 0.55, "macro_f1_interval": [0.5, 0.6], "difference": 0.05,
            "difference_interval": [low - 0.3, 0.4], "worse": 0.0, "significantly_worse": 0.0, "surely_worse": 0.0,
            "n": 2400,
        },
    }  # fmt: skip


def swap() -> dict[str, Any]:
    """Build the metrics of a swap audit."""
    bare = {name: {"none": 0.5, "against": 0.3, "favor": 0.2} for name in ("china", "russia")}
    shares = {"share": 0.9, "share_of_opinions": 0.8}
    return {"confidence": 0.7, "labels": 100, "tried": 400, "opinions": 200, **shares, "bare": bare}


def slices(heads: list[str]) -> list[dict[str, Any]]:
    """Build slices by length, by countries and by a column whose name and values hold markup."""
    parts = [("length", "up to 24 words"), ("length", "25 words or more"), ("names", "china"), ("names", "no country")]
    parts += [("<s>site</s>", HOSTILE[3]), ("<s>site</s>", "")]
    scores = {"n": 300, "macro_f1": 0.4, "macro_f1_interval": [0.3, 0.5], "difference": -0.2}
    return [
        {
            "by": by,
            "value": value,
            "n": 300 + number,
            "heads": {
                head: {**scores, "difference_interval": [-0.3, high], "worse": high < 0}
                for head, high in zip(heads[: 1 + number], (-0.1, 0.1, 0.2), strict=False)
            },
        }
        for number, (by, value) in enumerate(parts)
    ]


def mistake(number: int, text: str) -> dict[str, Any]:
    """Build a mistake with more reasons than are shown."""
    weights = [(2 - place / 10) * (-1) ** place for place in range(15)]
    reasons = [{"feature": HOSTILE[place % len(HOSTILE)][:40], "weight": w} for place, w in enumerate(weights)]
    return {**place(number, text), "predicted": NAMES[1], "confidence": 0.99 - number / 100, "reasons": reasons}


def place(number: int, text: str) -> dict[str, Any]:
    """Build what all lists of comments hold: place, text and true label."""
    name = None if number % 2 else f"r{number}{HOSTILE[0]}"
    return {"row": 1000 + number, "id": name, "head": "<i>mood</i> | `x`", "text": text, "true": "none"}
