"""Whether a metric wants to be low, as a loss does, or high, as an accuracy does: told by its name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from swancli.errors import UsageError
from swancli.globs import matches

MIN, MAX, LAST = "min", "max", "last"  # of a metric without a goal, the latest value is shown

LOW = frozenset(
    "bpb bpc bpd cer cost err error errors fid fpr ler loss losses mae mape mse nll perplexity ppl regret rmse wer".split()
)
HIGH = frozenset(
    "acc accuracy ap auc auprc auroc bleu dice f1 fscore hits iou jaccard map mcc meteor miou mrr ndcg pck pesq"
    " precision psnr r2 recall return returns reward rewards rouge ssim stoi success top tpr win".split()
)
WEAK = {"score": MAX, "scores": MAX}  # "fid_score" wants what FID wants
NEITHER = frozenset("coef coefficient count norm scale std steps time var variance weight".split())  # "loss_scale"

Goals = Sequence[tuple[str, str]]  # names or globs of metrics, and MIN, MAX or LAST


def parse_goals(words: Iterable[str]) -> Goals:
    """The goals of "val/loss=min"; UsageError for anything else."""
    found = []
    for word in words:
        name, _, goal = word.rpartition("=")
        if not name or goal not in (MIN, MAX, LAST):
            raise UsageError(f"--goal must be NAME=min, NAME=max or NAME=last, not {word!r}")
        found.append((name, goal))
    return found


def goal_of(metric: str, given: Goals = ()) -> str:
    """MIN, MAX or LAST: by the last of the `given` goals that matches, or else by the words of the name."""
    for name, goal in reversed(given):
        if matches(metric, name):
            return goal
    words = _words(metric)
    for word in reversed(words):
        if word in NEITHER:
            return LAST
        if word in LOW:
            return MIN
        if word in HIGH:
            return MAX
    return next((WEAK[word] for word in words if word in WEAK), LAST)


def _words(metric: str) -> list[str]:
    """The words of a name in lower case, "topK" and "top5" being "top", "mIoU" both one word and several."""
    found: list[str] = []
    for part in re.split(r"[^A-Za-z0-9]+", metric):
        pieces = [*re.split(r"(?<=[a-z])(?=[A-Z])", part), part]
        for piece in (piece.lower() for piece in pieces):
            found += [piece.rstrip("0123456789"), piece]
    return found
