"""Whether the lowest or the highest value of a metric is the best, judging by its name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from swancli.errors import UsageError
from swancli.model import Column
from swancli.names import matches

MIN, MAX, LAST = "min", "max", "last"

LOWEST = frozenset(
    (
        "loss", "losses", "error", "errors", "err", "perplexity", "ppl", "mae", "mse", "rmse", "mape", "nll", "wer",
        "cer", "ter", "fid", "kl", "divergence", "latency", "time", "seconds", "runtime", "regret", "eer", "bpb",
        "bpc", "brier", "cost", "ece", "distance",
    )
)  # fmt: skip
HIGHEST = frozenset(
    (
        "acc", "accuracy", "top", "f1", "auc", "auroc", "auprc", "ap", "map", "miou", "iou", "dice", "jaccard", "mcc",
        "precision", "recall", "specificity", "sensitivity", "bleu", "rouge", "meteor", "cider", "chrf", "fscore",
        "reward", "rewards", "return", "returns", "psnr", "ssim", "r2", "ndcg", "mrr", "hit", "hits", "em",
        "pass", "mmlu", "throughput", "winrate", "success", "elo",
    )
)  # fmt: skip
WEAK = frozenset(("score", "scores"))  # the highest is best, unless the name says more: "fid_score"
NEITHER = frozenset(("coef", "coefficient", "count", "norm", "scale", "std", "steps", "var", "weight"))  # "loss_scale"
RATE = re.compile(r"(?:^|_|/)per_(?:sec|second)$")

Goals = Sequence[tuple[str, str]]  # names or globs of metrics, and MIN, MAX or LAST


def goal(column: Column) -> str | None:
    """ "min" or "max": which values of a column are good, by the name of its metric, or else by its function.

    None if neither tells.
    """
    return goal_of(column.name) or (column.kind if column.kind in (MIN, MAX) else None)


def goal_of(metric: str, given: Goals = ()) -> str | None:
    """MIN or MAX: by the last of the `given` goals that matches, or else by the words of the name; or else None."""
    for name, wanted in reversed(given):
        if matches(metric, name):
            return None if wanted == LAST else wanted
    if RATE.search(metric.lower()):
        return MAX
    words = _words(metric)
    for word in reversed(words):  # the last words say most: "loss/accuracy"
        if word in NEITHER:
            return None
        if word in HIGHEST or word in LOWEST:
            return MAX if word in HIGHEST else MIN
    return MAX if WEAK.intersection(words) else None


def parse_goals(words: Iterable[str]) -> Goals:
    """The goals of "val/loss=min"; UsageError for anything else."""
    found = []
    for word in words:
        name, _, wanted = word.rpartition("=")
        if not name or wanted not in (MIN, MAX, LAST):
            raise UsageError(f"--goal must be NAME=min, NAME=max or NAME=last, not {word!r}")
        found.append((name, wanted))
    return found


def _words(metric: str) -> list[str]:
    """The words of a name in lower case: "valAcc" is two, "mIoU" one as well, and "top5" is also "top"."""
    found: list[str] = []
    for part in re.split(r"[^A-Za-z0-9]+", metric):
        for piece in (*re.split(r"(?<=[a-z])(?=[A-Z])", part), part):
            found += [piece.lower().rstrip("0123456789"), piece.lower()]
    return found
