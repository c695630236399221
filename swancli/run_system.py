"""The machine that a run ran on, from any of the three generations of swanlab-metadata.json."""

from __future__ import annotations

from typing import TypeAlias

from swancli.model import Value

Fact: TypeAlias = "tuple[str, Value]"  # name and value


def system_facts(system: Value) -> list[Fact]:
    """The facts in the metadata as names and values: host, OS, Python, command, hardware, SwanLab, git."""
    if not isinstance(system, dict):
        return []
    facts = _nested(system) if "runtime" in system or "hardware" in system else _flat(system)
    return [(name, value) for name, value in facts if value not in (None, "", [], {})]


def host(system: Value) -> Value:
    """The name of the machine; None if the metadata do not give it."""
    return next((value for name, value in system_facts(system) if name == "host"), None)


def _dict(value: Value) -> dict[str, Value]:
    return value if isinstance(value, dict) else {}


def _list(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _flat(system: dict[str, Value]) -> list[Fact]:
    """Metadata of SwanLab up to 0.7.20: everything at the top level, hardware by kind and vendor."""
    cpu = system.get("cpu")
    processor = cpu if isinstance(cpu, dict) else {"cores": cpu}
    git: list[Value] = [*_list(system.get("git_info")), None, None]
    swanlab = _dict(system.get("swanlab"))
    return [
        ("host", system.get("hostname")),
        ("os", _os(system.get("os_pretty_name"), system.get("os"))),
        ("python", system.get("python")),
        ("executable", system.get("executable")),
        ("command", system.get("command")),
        ("cwd", system.get("cwd")),
        ("pid", system.get("pid")),
        ("cpu", _cpu(processor.get("brand"), processor.get("cores"))),
        ("memory", _size(system.get("memory"), "GB")),
        *_accelerators(system),
        ("swanlab", swanlab.get("version")),
        ("git remote", system.get("git_remote")),
        ("git branch", git[0]),
        ("git commit", git[1]),
    ]


def _nested(system: dict[str, Value]) -> list[Fact]:
    """Metadata of SwanLab from 0.8 on, with the sections `hardware`, `runtime`, `git` and `swanlab`."""
    runtime, hardware = _dict(system.get("runtime")), _dict(system.get("hardware"))
    cpu, memory, git = _dict(hardware.get("cpu")), _dict(hardware.get("memory")), _dict(system.get("git"))
    facts: list[Fact] = [
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
        facts.append(("gpu", _devices(names, sizes) or group.get("vendor")))
        facts.append(("driver", group.get("version")))
        facts.append(("cuda", group.get("cuda_version")))
        facts.append(("cann", group.get("cann_version")))
    apple = _dict(hardware.get("apple_silicon"))
    if apple:
        size = _size(apple.get("memory"), apple.get("memory_unit") or "GB")
        facts.append(("soc", _devices([_cpu(apple.get("name"), apple.get("cpu_count"))], [size])))
    return [
        *facts,
        ("swanlab", _dict(system.get("swanlab")).get("version")),
        ("git remote", git.get("remote_url")),
        ("git branch", git.get("branch")),
        ("git commit", git.get("commit")),
    ]


def _accelerators(system: dict[str, Value]) -> list[Fact]:
    """GPUs and other accelerators of flat metadata: {"nvidia": {…}} by vendor, without vendors before 0.3.28."""
    facts: list[Fact] = []
    for kind in ("gpu", "npu", "mlu", "dcu", "xpu", "soc"):
        entry = _dict(system.get(kind))
        groups = [entry] if "type" in entry else [_dict(vendor) for vendor in entry.values() if vendor]
        for group in groups:
            names = _list(group.get("type") or group.get("name"))
            sizes = [_size(size, "GB") for size in _list(group.get("memory"))]
            facts.append((kind, _devices(names, sizes) or _plain_values(group)))
            facts.extend((key, group.get(key)) for key in ("driver", "cuda", "cann"))
    return facts


def _plain_values(group: dict[str, Value]) -> str:
    """The numbers and texts of a vendor's entry whose structure is not known."""
    plain = ((key, value) for key, value in group.items() if isinstance(value, (str, int, float)))
    return ", ".join(f"{key} {value}" for key, value in plain)


def _devices(names: list[Value], sizes: list[str | None]) -> str:
    """The devices, equal ones counted: "4 × NVIDIA A100-PCIE-40GB (40 GB)"."""
    counts: dict[str, int] = {}
    for n, name in enumerate(names):
        size = sizes[n] if n < len(sizes) else None
        text = f"{name or 'unnamed'} ({size})" if size else str(name or "")
        if text:
            counts[text] = counts.get(text, 0) + 1
    return ", ".join(f"{count} × {text}" if count > 1 else text for text, count in counts.items())


def _cpu(brand: Value, cores: Value) -> str | None:
    parts = [str(brand)] if brand else []
    if cores:
        parts.append(f"{cores} cores" if cores != 1 else "1 core")
    return ", ".join(parts) or None


def _os(pretty: Value, name: Value) -> Value:
    return f"{pretty} ({name})" if pretty and name else pretty or name


def _size(value: Value, unit: Value) -> str | None:
    """An amount of memory with its unit; a text that is not a number is assumed to include one."""
    if value in (None, "", 0):
        return None
    text = str(value)
    return f"{text} {unit}" if text.replace(".", "", 1).isdigit() else text
