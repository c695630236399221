"""Which logdirs and dashboards a command reads, according to its options, the environment and the configuration file.

Annotations are evaluated here, not kept as text, for the reason that model.py gives.
"""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from swancli.errors import NoLogdir, UsageError
from swancli.names import is_glob
from swancli.source import Source, is_object_store, is_ssh, open_source

ALL = "all"  # as the name of a source: all sources in the configuration file
KEYS = ("logdir", "url", "timeout", "token_file", "ca_file", "remote_command")  # of a source in that file
SWANLOG = "swanlog"  # says nothing as the last part of a path


class Place(NamedTuple):
    """A logdir's path, an SSH address or a URL, and how to read it; `name` tells it apart from other places."""

    name: str = ""
    logdir: str | None = None
    url: str | None = None
    timeout: float | None = None
    token_file: str | None = None
    ca_file: str | None = None
    remote_command: str | None = None

    @property
    def where(self) -> str:
        """The path, address or URL for messages, without the secrets that a URL may contain."""
        if self.url is None:
            return self.logdir or ""
        return self.url if self.url.startswith("ssh://") else _without_secrets(self.url)

    @property
    def is_local(self) -> bool:
        """Whether it is a path: on this machine, or in object storage."""
        return self.url is None and not is_ssh(self.logdir or "")

    def attach(self) -> None:
        """If this is a path in object storage, make `swancli.logdir` able to read it."""
        if is_object_store(self.logdir or ""):
            from swancli import objects

            objects.attach(self.timeout)

    def open(self, timeout: float | None = None, batch: bool = False) -> Source:
        """The source; `timeout`, in seconds, applies if the place has none; with `batch`, ssh must not prompt."""
        return open_source(
            logdir=self.logdir,
            url=self.url,
            timeout=self.timeout if self.timeout is not None else timeout,
            token_file=self.token_file,
            ca_file=self.ca_file,
            remote_command=self.remote_command,
            batch=batch,
        )


class Given(NamedTuple):
    """What the options name: paths and SSH addresses, URLs, names of sources; and how to read them."""

    logdirs: Sequence[str] = ()
    urls: Sequence[str] = ()
    sources: Sequence[str] = ()
    timeout: float | None = None
    token_file: str | None = None
    ca_file: str | None = None
    remote_command: str | None = None


def places(given: Given) -> list[Place]:
    """The places in the options, in the order of `Given`; else the one in the environment, else an empty one."""
    how = Place(
        timeout=given.timeout,
        token_file=given.token_file,
        ca_file=given.ca_file,
        remote_command=given.remote_command,
    )
    found = [how._replace(logdir=path) for text in given.logdirs for path in _paths(text)]
    found += [how._replace(url=url) for url in given.urls]
    if given.sources:
        found += _configured(given)
    if not found:
        url = os.environ.get("SWANCLI_URL") or None
        found = [how._replace(url=url, logdir=None if url else os.environ.get("SWANLAB_LOG_DIR") or None)]
    return found if len(found) == 1 else _named(found)


def named_places(given: Given) -> list[Place]:
    """The places that the options name, or else all in the configuration file, each with a name; UsageError if none."""
    if not given.logdirs and not given.urls and not given.sources:
        given = given._replace(sources=[ALL])
    return _named(places(given))


def configured() -> list[Place]:
    """The sources of the configuration file."""
    from swancli import config

    found = []
    for name, entry in config.table("sources").items():
        what = f"{config.path()}: sources.{name}"
        if not isinstance(entry, dict):
            raise UsageError(f"{what} must be a table with logdir or url")
        config.check_keys(entry, KEYS, f"key of sources.{name}")
        for key, value in entry.items():
            is_right = isinstance(value, (int, float)) if key == "timeout" else isinstance(value, str)
            if not is_right or isinstance(value, bool):
                raise UsageError(f"{what}.{key} must be a {'number' if key == 'timeout' else 'string'}")
        if ("logdir" in entry) == ("url" in entry):
            raise UsageError(f"{what} must have either logdir or url")
        if not name or ":" in name or "/" in name or name == ALL:
            raise UsageError(f"{what}: a source's name must not be {ALL!r} or contain ':' or '/'")
        for key in ("token_file", "ca_file"):
            if key in entry:
                entry[key] = os.path.expanduser(entry[key])
        found.append(Place(name, **entry))
    return found


def located(place: Place, note: Callable[[str], None]) -> Place:
    """The place, with a local path corrected to that of a logdir; NoLogdir if there is none."""
    if not place.is_local:
        return place
    from swancli.logdir.locate import locate

    place.attach()
    return place._replace(logdir=locate(place.logdir, note))


def opened(
    found: Sequence[Place], note: Callable[[str], None], *, may_lack: bool = False, batch: bool = False
) -> Source:
    """The source of one place, or one for several; with `may_lack`, some of several may not exist yet."""
    if len(found) == 1:
        return located(found[0], note).open(batch=batch)
    from swancli.several import Several

    there = [_located_if_there(place, note) if may_lack else located(place, note) for place in found]
    return Several((place.name, place.open(batch=batch)) for place in there)


def _located_if_there(place: Place, note: Callable[[str], None]) -> Place:
    try:
        return located(place, note)
    except NoLogdir:
        return place


def _configured(given: Given) -> list[Place]:
    known = {place.name: place for place in configured()}
    names: list[str] = []
    for word in given.sources:
        names += known if word == ALL else [word]
    if not names:
        from swancli import config

        raise UsageError(f"no sources in {config.path()}: see 'swancli help sources'")
    found = []
    for name in dict.fromkeys(names):
        if name not in known:
            raise UsageError(f"no source {name!r} in the configuration file; it has {', '.join(known) or 'none'}")
        place = known[name]
        more = {key: value for key in KEYS[2:] if (value := getattr(given, key)) is not None}
        found.append(place._replace(**more))
    return found


def _paths(text: str) -> list[str]:
    """A path, or the folders that a pattern matches; an existing path that looks like a pattern is just a path."""
    path = os.path.expanduser(text)
    if not is_glob(path) or is_ssh(text) or is_object_store(text) or os.path.exists(path):
        return [text]
    from glob import glob

    found = sorted(one for one in glob(path) if os.path.isdir(one))
    if not found:
        raise NoLogdir(f"no folder matches {text!r}")
    return found


def _named(places: list[Place]) -> list[Place]:
    """The places, without repeats, each with a unique name: its own, or as few parts of its address as needed."""
    unique = list(dict.fromkeys(places))
    depth = 1
    while True:
        names = [place.name or _short(place, depth) for place in unique]
        count = Counter(names)
        if max(count.values()) == 1:
            break
        depth += 1
        if depth > 50:  # the same place, written in two ways
            names = [name if count[name] == 1 else f"{name}#{n}" for n, name in enumerate(names, 1)]
            break
    return [place._replace(name=name) for place, name in zip(unique, names)]


def _short(place: Place, depth: int) -> str:
    """A name of `depth` parts for a place: the last parts of a path that say something; else the host, then others."""
    if is_object_store(place.logdir or ""):
        return _last_parts((place.logdir or "").partition("://")[2], depth)
    if place.is_local:
        return _last_parts(os.path.abspath(os.path.expanduser(place.logdir or ".")), depth)
    if place.url is None or place.url.startswith("ssh://"):
        from swancli.remote.ssh_target import parse

        target = parse(place.url or place.logdir or "")
        host = target.host.rpartition("@")[2].replace(":", ".")
        return host if depth == 1 else f"{host}.{_last_parts(target.path, depth - 1)}"
    from swancli.remote.address import parse as parse_url

    host, _, rest = parse_url(place.url).base.partition("://")[2].partition("/")
    name, _, port = host.rpartition(":")
    words = [name.strip("[]").replace(":", ".") if name else host, *([port] if name else []), *rest.split("/")]
    return ".".join(words[:depth])


def _last_parts(path: str, depth: int) -> str:
    parts = [part for part in path.split("/") if part]
    if len(parts) > 1 and parts[-1] == SWANLOG:
        parts.pop()
    return ".".join(part.replace(":", ".") for part in parts[-depth:]) or "root"


def _without_secrets(url: str) -> str:
    from swancli.remote.address import parse

    return parse(url).base
