"""The three training runs of the sample logdir; each is one process: `python train.py WORD`.

Run by make_sample.py in an environment with SwanLab 0.7.20, the last version that sorts metrics into
namespaces by the part before the slash. Nothing is trained: the curves are drawn from a seeded generator, and
shaped so that the first run ends on the values of SwanLab's own API documentation. Time is simulated too
(time_machine), so an hour of training takes a second, and the same rows come out every time (the metadata
tells of the machine). SwanLab itself writes every file.
"""

from __future__ import annotations

import math
import random
import socket
import sys
from datetime import datetime, timezone

# SwanLab notes the machine's name beside a run; the sample shall not say where it was made.
socket.gethostname = lambda: "trainer"

import swanlab  # noqa: E402
import time_machine  # noqa: E402

PROJECT = "llamafactory"
STEPS_PLANNED = 620  # ten epochs; the cosine of the learning rate is cut off long before


def learning_rate(step: int, peak: float) -> float:
    """Cosine decay from `peak` to zero over the planned steps."""
    return peak * 0.5 * (1 + math.cos(math.pi * step / STEPS_PLANNED))


def start(name: str, description: str, config: dict, begin: datetime) -> time_machine.Traveller:
    """Open a run as if it were `begin`; gives the clock, which stands still until it is shifted."""
    swanlab.merge_settings(swanlab.Settings(hardware_monitor=False))
    clock = time_machine.travel(begin.timestamp(), tick=False).start()
    random.seed(name)  # SwanLab draws the run id from this generator
    swanlab.init(
        project=PROJECT,
        experiment_name=name,
        description=description,
        config=config,
        mode="local",
        logdir="swanlog",
    )
    return clock


def pause(clock: time_machine.Traveller, dice: random.Random, seconds: float) -> None:
    """Let about so many seconds pass."""
    clock.shift(round(seconds * dice.uniform(0.95, 1.05), 6))


def finetune() -> None:
    """207 steps of a LoRA fine-tuning that ends well."""
    dice = random.Random(20250321)
    config = {
        "model_name_or_path": "Qwen/Qwen2.5-7B-Instruct",
        "stage": "sft",
        "finetuning_type": "lora",
        "lora": {"rank": 8, "alpha": 16, "target": ["q_proj", "v_proj"]},
        "dataset": "identity,alpaca_zh_demo",
        "learning_rate": 5e-05,
        "lr_scheduler_type": "cosine",
        "per_device_train_batch_size": 1,
        "gradient_accumulation_steps": 8,
        "num_train_epochs": 10.0,
        "bf16": True,
        "seed": 42,
        "resume_from_checkpoint": None,
    }
    clock = start(
        "Qwen2.5-7B/20250321-1130-16bed2e2",
        "LoRA on q_proj and v_proj, first try",
        config,
        datetime(2025, 3, 21, 4, 58, 6, 387383, tzinfo=timezone.utc),
    )
    losses = [round(1.08 + 0.52 * math.exp(-step / 60) + dice.gauss(0, 0.075), 4) for step in range(1, 208)]
    losses[0], losses[3], losses[175], losses[206] = 1.6858, 1.7614, 0.8499, 1.1845
    assert (max(losses), min(losses)) == (1.7614, 0.8499)
    tokens = 0
    for step, loss in enumerate(losses, 1):
        pause(clock, dice, 19.43)
        tokens = 597776 if step == 207 else tokens + round(dice.gauss(2888, 190))
        norm = 1.0172306299209595 if step == 207 else 1.9 * math.exp(-step / 90) + 0.9 + abs(dice.gauss(0, 0.17))
        row = {
            "loss": loss,
            "grad_norm": norm,
            "learning_rate": learning_rate(step, 5e-05),
            "epoch": round(step * 3.288 / 207, 4),
            "num_input_tokens_seen": tokens,
        }
        print({**row, "epoch": round(row["epoch"], 2)})
        swanlab.log({f"train/{name}": value for name, value in {**row, "global_step": step}.items()}, step=step)
    swanlab.finish()


def diverged() -> None:
    """The same with a learning rate twenty times as high: the loss becomes NaN and the script raises."""
    dice = random.Random(20250322)
    config = {
        "model_name_or_path": "Qwen/Qwen2.5-7B-Instruct",
        "learning_rate": 1e-03,
        "bf16": True,
        "seed": 42,
    }
    clock = start(
        "Qwen2.5-7B/20250322-0903-lr1e-3",
        "the same with a higher learning rate",
        config,
        datetime(2025, 3, 22, 1, 3, 41, 118204, tzinfo=timezone.utc),
    )
    for step in range(1, 47):
        pause(clock, dice, 19.43)
        loss = round(1.66 + 0.002 * 1.17**step + dice.gauss(0, 0.05), 4) if step < 45 else float("nan")
        norm = 1.6 * 1.09**step + abs(dice.gauss(0, 0.3)) if step < 44 else float("inf" if step == 44 else "nan")
        print({"loss": loss, "grad_norm": norm, "learning_rate": learning_rate(step, 1e-03)})
        swanlab.log(
            {"train/loss": loss, "train/grad_norm": norm, "train/learning_rate": learning_rate(step, 1e-03)},
            step=step,
        )
    raise FloatingPointError(f"the loss is {loss} for the second time at step {step}")


def evaluation() -> None:
    """Scores and answers of the fine-tuned model's checkpoints: several namespaces, text beside numbers."""
    dice = random.Random(20250323)
    clock = start(
        "eval/checkpoints",
        "评测 every checkpoint of 20250321-1130",
        {
            "checkpoints": [50, 100, 150, 200],
            "temperature": 0.2,
            "judge": {"model": "Qwen2.5-72B", "votes": 3},
        },
        datetime(2025, 3, 23, 7, 30, 0, 52011, tzinfo=timezone.utc),
    )
    answers = [
        "I am a large language model, how can I help?",
        "I am llamafactory's assistant.\nWhat would you like to know?",
        "我是由 LLaMA Factory 训练的助手。",
        "我是由 LLaMA Factory 训练的助手，很高兴认识你！🙂",
    ]
    for checkpoint, answer in zip((50, 100, 150, 200), answers, strict=True):
        pause(clock, dice, 310)
        share = checkpoint / 200
        print(f"checkpoint-{checkpoint}: {answer!r}")
        swanlab.log(
            {
                "eval/loss": round(1.31 - 0.24 * share + dice.gauss(0, 0.01), 4),
                "eval/accuracy": round(0.52 + 0.17 * share + dice.gauss(0, 0.01), 4),
                "bench/mmlu": round(0.698 + 0.011 * share, 4),
                "bench/ceval": round(0.741 + 0.024 * share, 4),
                "samples/who are you": swanlab.Text(answer, caption=f"checkpoint-{checkpoint}"),
                "tokens_per_second": round(41.7 + dice.gauss(0, 0.8), 1),
            },
            step=checkpoint,
        )
    swanlab.finish()


if __name__ == "__main__":
    {"finetune": finetune, "diverged": diverged, "evaluation": evaluation}[sys.argv[1]]()
