"""Whether the lowest or the highest value of a metric is the best, told by its name."""

from __future__ import annotations

import re

from swancli.model import Column

LOWEST = frozenset(
    (
        "loss", "losses", "error", "err", "perplexity", "ppl", "mae", "mse", "rmse", "mape", "nll", "wer",
        "cer", "ter", "fid", "kl", "divergence", "latency", "time", "seconds", "runtime", "regret", "eer",
        "brier", "ece", "distance",
    )
)  # fmt: skip
HIGHEST = frozenset(
    (
        "acc", "accuracy", "top1", "top5", "f1", "auc", "auroc", "auprc", "ap", "map", "miou", "iou", "dice",
        "precision", "recall", "specificity", "sensitivity", "bleu", "rouge", "meteor", "cider", "chrf",
        "score", "reward", "return", "returns", "psnr", "ssim", "r2", "ndcg", "mrr", "hit", "hits", "em",
        "pass", "mmlu", "throughput", "winrate", "success", "elo",
    )
)  # fmt: skip
RATE = re.compile(r"(?:^|_|/)per_(?:sec|second)$")


def goal(column: Column) -> str | None:
    """ "min" or "max": which values of a column are good, by the name of its metric, or else by its function.

    None if neither tells.
    """
    name = column.name.lower()
    if RATE.search(name):
        return "max"
    for word in reversed(re.split(r"[^a-z0-9]+", name)):  # the last words say most: "loss/accuracy"
        if word in HIGHEST or word in LOWEST:
            return "max" if word in HIGHEST else "min"
    return column.kind if column.kind in ("min", "max") else None
