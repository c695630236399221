"""The machine a run was on, from each of the three generations of swanlab-metadata.json."""

from __future__ import annotations

from typing import Any


def system_facts(system: Any) -> list[tuple[str, Any]]:
    """(name, value) of what the metadata tell: host, OS, Python, command, hardware, SwanLab, git."""
    if not isinstance(system, dict):
        return []
    details = _second(system) if "runtime" in system or "hardware" in system else _first(system)
    return [(name, value) for name, value in details if value not in (None, "", [], {})]


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _first(system: dict[str, Any]) -> list[tuple[str, Any]]:
    """Up to 0.7.20: everything at the top level, hardware by kind and vendor."""
    cpu = system.get("cpu")
    held = cpu if isinstance(cpu, dict) else {"cores": cpu}
    git: list[Any] = [*_list(system.get("git_info")), None, None]
    swanlab = _dict(system.get("swanlab"))
    return [
        ("host", system.get("hostname")),
        ("os", _os(system.get("os_pretty_name"), system.get("os"))),
        ("python", system.get("python")),
        ("executable", system.get("executable")),
        ("command", system.get("command")),
        ("cwd", system.get("cwd")),
        ("pid", system.get("pid")),
        ("cpu", _cpu(held.get("brand"), held.get("cores"))),
        ("memory", _size(system.get("memory"), "GB")),
        *_accelerators(system),
        ("swanlab", swanlab.get("version")),
        ("git remote", system.get("git_remote")),
        ("git branch", git[0]),
        ("git commit", git[1]),
    ]


def _second(system: dict[str, Any]) -> list[tuple[str, Any]]:
    """From 0.8 on: `hardware`, `runtime`, `git` and `swanlab` apart."""
    runtime, hardware = _dict(system.get("runtime")), _dict(system.get("hardware"))
    cpu, memory, git = _dict(hardware.get("cpu")), _dict(hardware.get("memory")), _dict(system.get("git"))
    details: list[tuple[str, Any]] = [
        ("host", runtime.get("hostname")),
        ("os", _os(runtime.get("os_pretty"), runtime.get("os"))),
        ("python", runtime.get("python_version")),
        ("executable", runtime.get("python_executable")),
        ("command", runtime.get("command")),
        ("cwd", runtime.get("cwd")),
        ("pid", runtime.get("pid")),
        ("cpu", _cpu(cpu.get("brand"), cpu.get("logical_count") or cpu.get("physical_count"))),
        ("memory", _size(memory.get("total"), memory.get("total_unit") or "GB")),
    ]
    for item in _list(hardware.get("accelerators")):
        group = _dict(item)
        devices = [_dict(device) for device in _list(group.get("devices"))]
        names = [device.get("name") for device in devices]
        sizes = [_size(device.get("memory"), device.get("memory_unit") or "GB") for device in devices]
        details.append(("gpu", _devices(names, sizes) or group.get("vendor")))
        details.append(("driver", group.get("version")))
        details.append(("cuda", group.get("cuda_version")))
        details.append(("cann", group.get("cann_version")))
    apple = _dict(hardware.get("apple_silicon"))
    if apple:
        size = _size(apple.get("memory"), apple.get("memory_unit") or "GB")
        details.append(("soc", _devices([_cpu(apple.get("name"), apple.get("cpu_count"))], [size])))
    return [
        *details,
        ("swanlab", _dict(system.get("swanlab")).get("version")),
        ("git remote", git.get("remote_url")),
        ("git branch", git.get("branch")),
        ("git commit", git.get("commit")),
    ]


def _accelerators(system: dict[str, Any]) -> list[tuple[str, Any]]:
    """GPUs and their like of the first two generations: {"nvidia": {…}} by vendor, or flat before 0.3.28."""
    details: list[tuple[str, Any]] = []
    for kind in ("gpu", "npu", "mlu", "dcu", "xpu", "soc"):
        held = _dict(system.get(kind))
        groups = [held] if "type" in held else [_dict(vendor) for vendor in held.values() if vendor]
        for group in groups:
            names = _list(group.get("type") or group.get("name"))
            sizes = [_size(size, "GB") for size in _list(group.get("memory"))]
            details.append((kind, _devices(names, sizes) or _flat(group)))
            details.extend((key, group.get(key)) for key in ("driver", "cuda", "cann"))
    return details


def _flat(group: dict[str, Any]) -> str:
    """A vendor's entry of a shape that is not known: its plain values."""
    told = ((key, value) for key, value in group.items() if isinstance(value, (str, int, float)))
    return ", ".join(f"{key} {value}" for key, value in told)


def _devices(names: list[Any], sizes: list[str | None]) -> str:
    """Devices with equal ones counted: "4 × NVIDIA A100-PCIE-40GB (40 GB)"."""
    counts: dict[str, int] = {}
    for n, name in enumerate(names):
        size = sizes[n] if n < len(sizes) else None
        text = f"{name or 'unnamed'} ({size})" if size else str(name or "")
        if text:
            counts[text] = counts.get(text, 0) + 1
    return ", ".join(f"{count} × {text}" if count > 1 else text for text, count in counts.items())


def _cpu(brand: Any, cores: Any) -> str | None:
    parts = [str(brand)] if brand else []
    if cores:
        parts.append(f"{cores} cores" if cores != 1 else "1 core")
    return ", ".join(parts) or None


def _os(pretty: Any, name: Any) -> Any:
    return f"{pretty} ({name})" if pretty and name else pretty or name


def _size(value: Any, unit: Any) -> str | None:
    """An amount of memory with its unit; texts that bring one keep it."""
    if value in (None, "", 0):
        return None
    text = str(value)
    return f"{text} {unit}" if text.replace(".", "", 1).isdigit() else text
