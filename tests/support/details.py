"""Details for the tests of views: a project like a real one, with everything awkward in it."""

from __future__ import annotations

import math
from typing import Any

NOW = 1742540000.0
EVIL = "evil\x1b]0;owned\x07[bold red]x[/] \u202egnp.exe\u2066 line\nbreak\ttab | pipe"


def curve(count: int = 40) -> list[float]:
    """A loss that falls and wobbles."""
    return [1.7 * math.exp(-n / 12) + 0.8 + 0.06 * math.sin(n * 1.7) for n in range(count)]


def project() -> dict[str, Any]:
    """Five runs in the database, one on disk only."""
    runs: list[dict[str, Any]] = [
        {
            "id": 1,
            "run_id": "run-20250321_125806-a3b1799d",
            "name": "Qwen2.5-7B/20250321-1130-16bed2e2",
            "status": 1,
            "description": "LoRA, rank 8",
            "create_time": "2025-03-21T04:58:06.387383+00:00",
            "finish_time": "2025-03-21T06:05:17.000000+00:00",
            "version": "0.5.2",
            "state": "finished",
            "metrics": 6,
            "last_step": 207,
            "last_write": NOW - 2880,
            "duration": 4030.6,
            "mode": "local",
            "metric": {"name": "train/loss", "value": 1.1845, "step": 207, "shape": curve()},
        },
        {
            "id": 2,
            "run_id": "run-20250321_151233-0f5c2b11",
            "name": "中文实验-学习率扫描 🚀 1e-4",
            "status": 0,
            "description": None,
            "create_time": "2025-03-21T06:12:33.1+00:00",
            "finish_time": None,
            "state": "running",
            "metrics": 6,
            "last_step": 1200,
            "last_write": NOW - 3,
            "duration": 671.2,
            "metric": {"name": "train/loss", "value": 0.9312345678, "step": 1200, "shape": curve(25)},
        },
        {
            "id": 3,
            "run_id": "run-20250320_090000-deadbeef",
            "name": "nan-at-step-90",
            "status": -1,
            "create_time": "2025-03-20T01:00:00",
            "state": "crashed",
            "metrics": 2,
            "last_step": 99,
            "last_write": NOW - 86400 * 1.5,
            "duration": 42.25,
            "description": "lr too high",
            "metric": {"name": "train/loss", "value": "NaN", "step": 99, "shape": [*curve(30), *["NaN"] * 4]},
        },
        {
            "id": 4,
            "run_id": "run-20250318_090000-00000001",
            "name": "sleeper",
            "status": 0,
            "create_time": "2025-03-18T01:00:00Z",
            "state": "stale",
            "stale_for": 190000.0,
            "metrics": 1,
            "last_step": 12345,
            "last_write": NOW - 190000,
            "duration": None,
            "metric": {"name": "train/loss", "value": 1e-07, "step": 5, "shape": [3.0]},
        },
        {"id": 12, "run_id": "x", "name": EVIL, "state": "stopped", "description": EVIL},
        {
            "id": None,
            "on_disk_only": True,
            "run_id": "run-20250401_080000-qdrj8p2i",
            "name": "offline-run",
            "state": "finished",
            "mode": "offline",
            "swanlab_version": "0.10.3",
            "metrics": 3,
            "last_step": 80,
            "last_write": NOW - 4000,
            "duration": 61.0,
            "metric": {"name": "train/loss", "value": 2.5, "step": 80, "shape": None},
        },
    ]
    return {"id": 1, "name": "llamafactory", "logdir": "/home/me/train/swanlog", "experiments": runs}


def config() -> dict[str, Any]:
    """A config as swanboard answers it, nested and out of order."""
    return {
        "optimizer": {"desc": "", "sort": 3, "value": {"name": "adamw", "betas": [0.9, 0.999], "eps": 1e-08}},
        "lr": {"desc": "", "sort": 0, "value": 0.0001},
        "epochs": {"desc": "", "sort": 1, "value": 40},
        "model": {"desc": None, "sort": 2, "value": "Qwen/Qwen2.5-7B-Instruct"},
        "none": {"desc": "", "sort": 5, "value": None},
        "evil": {"desc": "", "sort": 4, "value": EVIL},
        "flag": {"desc": "", "sort": 6, "value": True},
        "big": {"desc": "", "sort": 7, "value": 1180591620717411303424},
    }


SYSTEMS: dict[str, dict[str, Any]] = {
    "flat": {
        "hostname": "gpu01",
        "os": "Linux-5.4",
        "python": "3.8.10",
        "executable": "/usr/bin/python",
        "git_remote": None,
        "cpu": 16,
        "gpu": {"cores": 2, "type": ["V100", "V100"], "memory": [32, 32]},
        "git_info": [None, None],
        "command": "train.py",
        "memory": 125.5,
        "cwd": "/home/me",
    },
    "vendors": {
        "memory": 503,
        "cpu": {"brand": "Intel(R) Xeon(R) Gold 6330 CPU @ 2.00GHz", "cores": 104},
        "gpu": {
            "nvidia": {
                "driver": "510.47",
                "cores": 4,
                "type": ["NVIDIA A100-PCIE-40GB"] * 4,
                "memory": [40] * 4,
                "cuda": "11.6",
            }
        },
        "npu": {"ascend": None},
        "soc": {"apple": None},
        "os": "Linux-5.15.0-86-generic-x86_64-with-glibc2.31",
        "os_pretty_name": "Ubuntu 20.04.6 LTS",
        "hostname": "a100-node",
        "pid": 7428,
        "cwd": "/data/project",
        "python": "3.10.14",
        "python_verbose": "3.10.14 (main)",
        "executable": "/opt/conda/bin/python",
        "command": "/opt/conda/envs/llama/bin/llamafactory-cli train /data/project/examples/qwen_lora.yaml",
        "git_remote": "git@github.com:me/train.git",
        "git_info": ["main", "0a1b2c3"],
        "swanlab": {"version": "0.5.2", "logdir": "/data/project/swanlog/run-1/logs", "_monitor": 3},
    },
    "second": {
        "_version": 2,
        "hardware": {
            "apple_silicon": None,
            "cpu": {"brand": "AMD EPYC 7763", "physical_count": 64, "logical_count": 128},
            "memory": {"total": 1007, "total_unit": "GB"},
            "accelerators": [
                {
                    "vendor": "nvidia",
                    "version": "550.1",
                    "cuda_version": "12.4",
                    "cann_version": None,
                    "devices": [
                        {"index": n, "name": "NVIDIA H100", "memory": 80, "memory_unit": "GB"} for n in range(8)
                    ],
                }
            ],
        },
        "runtime": {
            "os": "Linux-6.1",
            "os_pretty": "Debian GNU/Linux 12 (bookworm)",
            "hostname": "h100",
            "pid": 1,
            "cwd": "/w",
            "python_version": "3.11.7",
            "python_verbose": "3.11.7",
            "python_executable": "/bin/python",
            "command": "python train.py",
        },
        "git": {"remote_url": "https://example.org/x.git", "branch": "dev", "commit": "abc"},
        "swanlab": {"version": "0.10.3", "run_dir": "/w/swanlog/run-1"},
    },
}


def experiment(system: str = "vendors") -> dict[str, Any]:
    """One finished run with config and machine."""
    run = next(run for run in project()["experiments"] if run["id"] == 1)
    return {**run, "config": config(), "system": SYSTEMS[system]}


def _chart(number: int, name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "name": name,
        "type": "line",
        "reference": "step",
        "status": 0,
        "source": [name],
        "error": {},
        **more,
    }


def charts() -> dict[str, Any]:
    """Pinned, hidden, failed and ordinary charts."""
    return {
        "charts": [
            _chart(1, "train/loss", status=1),
            _chart(3, "train/grad_norm"),
            _chart(5, "train/a_very_long_metric_name/layer_31/self_attn/q_proj/weight"),
            _chart(7, "lr", status=-1),
            _chart(9, "note", error={"note": {"data_class": "str", "excepted": "float"}}),
            _chart(11, "samples", type="text"),
        ],
        "namespaces": [
            {"id": -1, "name": "pinned", "charts": [1], "opened": 1},
            {"id": 1, "name": "train", "charts": [3, 5], "opened": 1},
            {"id": 2, "name": "default", "charts": [9, 11], "opened": 1},
            {"id": -2, "name": "hidden", "charts": [7], "opened": 0},
        ],
        "metrics": {
            "train/loss": {"points": 207, "shape": curve(), "type": "line"},
            "train/grad_norm": {"points": 207, "shape": [1.0, 2.0, "NaN", 5.0, 2.0], "type": "line"},
            "train/a_very_long_metric_name/layer_31/self_attn/q_proj/weight": {
                "points": 1000000,
                "shape": [1.0] * 9,
            },
            "lr": {"points": 207, "shape": list(range(40)), "type": "line"},
            "samples": {"points": 3, "shape": [], "type": "text"},
        },
    }


def status() -> dict[str, Any]:
    """A stale run."""
    return {
        "status": 0,
        "update_time": "2025-03-21T04:58:06.387487+00:00",
        "finish_time": None,
        "charts": charts(),
        "state": "stale",
        "stale_for": 7300.0,
        "last_write": NOW - 7300,
        "duration": None,
        "create_time": "2025-03-21T04:00:00+00:00",
    }


def summary() -> dict[str, Any]:
    """The six metrics of a fine-tuning run, and text."""

    def one(key: str, value: Any, low: Any, high: Any, shape: list[Any], kind: str = "line") -> dict[str, Any]:
        return {
            "key": key,
            "value": value,
            "step": 207,
            "min": low,
            "min_step": 190,
            "max": high,
            "max_step": 1,
            "points": 207,
            "shape": shape,
            "type": kind,
        }

    return {
        "summaries": [
            one("train/loss", 1.1845, 0.8499, 1.7614, curve()),
            one("train/grad_norm", 1.0172306299209595, 0.25, 12.5, [1.0, 5.0, 2.0]),
            one("train/learning_rate", 0.000037463413651718303, 1e-07, 0.0001, list(range(40))),
            one("train/epoch", 3.288, 0.02, 3.288, list(range(40))),
            one("train/num_input_tokens_seen", 597776, 2912, 597776, list(range(40))),
            one("train/global_step", 207, 1, 207, list(range(40))),
            one("broken", "NaN", None, None, ["NaN"] * 5),
            {"key": "samples", "value": ["你好 2\nline2"], "step": 3, "points": 3, "type": "text"},
        ]
    }


def metric(count: int = 207, name: str = "train/loss", **more: Any) -> dict[str, Any]:
    """A series with NaN at step 90."""
    points: list[tuple[Any, ...]] = [
        (n, value, f"2025-03-21T04:{n // 60:02d}:{n % 60:02d}.095272+00:00", None)
        for n, value in enumerate(curve(count), 1)
    ]
    if count > 90:
        points[89] = (90, "NaN", points[89][2], None)
    return {
        "name": name,
        "experiment_id": 1,
        "count": count,
        "first_step": 1,
        "last_step": count,
        "last": points[-1][1] if points else None,
        "min": 0.7712,
        "min_step": 150,
        "max": 2.51,
        "max_step": 1,
        "nonfinite": 1,
        "sampled": False,
        "points": points,
        **more,
    }
