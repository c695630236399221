"""The files of images, audio and other media that a run has beside its points, read and never written."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from swancli.errors import NotFound
from swancli.logdir.paths import is_name, read_below

if TYPE_CHECKING:
    from swancli.logdir.experiment import Experiment
    from swancli.logdir.rows import TagRow

MAX_MEDIA_BYTES = 1 << 26
KINDS = ("image", "audio", "video", "text", "echarts", "object3d", "molecule", "html")  # folders of record files


def read_media(experiment: Experiment, tag: TagRow, name: str) -> bytes:
    """The content of a media file of a metric; NotFound if there is no such file, or it is too large.

    Depending on its version, SwanLab puts it in a folder named after the metric's number, its name, or its kind.
    """
    run = experiment.run
    folders = [str(tag.get("folder") or ""), quote(tag["name"], safe=""), *KINDS]
    for folder in filter(is_name, folders):
        path = run.path("media", folder, name) if is_name(name) else None
        if path is None:
            break
        try:
            return read_below(run.root, path, MAX_MEDIA_BYTES)
        except (OSError, ValueError):
            continue
    raise NotFound(f"experiment {experiment.address} has no media file {name!r} of metric {tag['name']!r}")
