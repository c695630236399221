"""The objects below a logdir, as far as they have been listed; each listing is kept until `forget`.

A small logdir is listed with one request. Of a large one, only what is needed is listed: the files of the database, the
folder of a run with everything below it except media, or the names of all runs. When one run after the other is
needed, the rest is listed as a whole, unless that takes more requests than the runs would.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator

from swancli.logdir.locate import DATABASE
from swancli.objects.bucket import PAGE_OBJECTS, Bucket, Object

MEDIA = "media"  # a folder of a run with any number of files, of which few are ever asked for, by name
BEFORE_DATABASE = "runs.swanla"  # sorts before the database's files, and after the folders of runs

MAX_REST_PAGES = 200  # of a large logdir that is listed as a whole: as many objects as fit into memory
FEW_RUNS = 8  # listed one by one before the names of all are looked up

Names = dict[str, "Object | None"]  # of a folder: None stands for a folder
Levels = dict[str, Names]  # by the key of a folder; never changed once they are complete


class _Known:
    """What has been listed since `forget`."""

    def __init__(self) -> None:
        self.whole: Levels | None = None  # everything, if that is little
        self.page: list[tuple[str, Object]] = []  # the first page of a large logdir
        self.first: list[str] = []  # the folders on it
        self.tried_rest = False
        self.top: Names | None = None  # all names in a large logdir
        self.databases: Names | None = None
        self.runs: dict[str, Levels] = {}  # what is below a folder of a large logdir, or of one that was forgotten
        self.begun: set[str] = set()  # folders of runs whose listing was begun, perhaps by another thread
        self.forgotten: set[str] = set()
        self.is_looked_at = False
        self._locks: dict[str, threading.Lock] = {}  # one for each listing, so that it is made once
        self._lock = threading.Lock()

    def lock(self, what: str) -> threading.Lock:
        """The lock that a thread holds while it lists something."""
        with self._lock:
            return self._locks.setdefault(what, threading.Lock())


class Tree:
    """The objects of a bucket below the folder `root`, a key without a slash at its end; "" is the whole bucket."""

    def __init__(self, bucket: Bucket, root: str) -> None:
        self.bucket, self.root = bucket, root
        self._known = _Known()

    def forget(self, path: str) -> None:
        """Forget what was listed at or below a path: it is listed anew when it is needed."""
        run = self._run(path)
        if path == self.root or self._rest(run).startswith(DATABASE):
            self._known = _Known()
        else:
            self._known.forgotten.add(run)
            self._known.runs.pop(run, None)

    def find(self, path: str) -> Object | None:
        """An object, None for a folder; FileNotFoundError if there is neither."""
        known = self._known
        folder, _, name = path.rpartition("/")
        if path == self.root:
            next(self.names(path))
            return None
        if folder == self.root:
            found = self._at_top(known, name)
        elif self._rest(path).partition("/")[2].startswith(MEDIA + "/") and known.whole is None:
            return self.bucket.head(path)
        else:
            found = self._levels(known, path).get(folder, {})
        if name not in found:
            raise self._missing(path)
        return found[name]

    def names(self, path: str) -> Iterator[tuple[str, Object | None]]:
        """What is in a folder; FileNotFoundError if there is no such folder."""
        known = self._known
        if path != self.root:
            found = self._levels(known, path).get(path)
            if found is None:
                raise self._missing(path)
            yield from found.items()
            return
        self._look(known)
        if known.whole is None:  # the caller may want no more than the first
            for name in known.first:
                yield name, None
            yield from [(name, one) for name, one in self._all_names(known).items() if name not in known.first]
            return
        found = known.whole.get(path)
        if not found:
            raise self._missing(path)
        yield from found.items()

    def mark(self, path: str) -> str:
        """A text that changes when a folder's names do; for a large logdir itself, only when the first ones do."""
        if path != self.root:
            return "/".join(self._levels(self._known, path).get(path, ()))
        self._look(self._known)
        return "/".join(self._known.first or (self._known.whole or {}).get(path, ()))

    def _at_top(self, known: _Known, name: str) -> Names:
        """What is known of one name in the logdir itself: of the database, or of a run."""
        self._look(known)
        if known.whole is not None:
            return known.whole.get(self.root, {})
        if known.top is not None:
            return known.top
        if name.startswith(DATABASE):
            with known.lock(DATABASE):
                if known.databases is None:
                    page = next(self.bucket.pages(self.root, self._join(BEFORE_DATABASE)), [])
                    named = {self._rest(key): found for key, found in page}
                    known.databases = {rest: found for rest, found in named.items() if rest.startswith(DATABASE)}
                return known.databases
        path = self._join(name)
        return {name: None} if path in self._levels(known, path) else {}

    def _all_names(self, known: _Known) -> Names:
        """All names in a large logdir."""
        with known.lock(""):
            if known.top is None:
                objects, folders = self.bucket.level(self.root)
                found: Names = {self._rest(key): one for key, one in objects if key != self.root}
                found.update({self._rest(key): None for key in folders})
                known.top = found
            return known.top

    def _look(self, known: _Known) -> None:
        """List the first page of the logdir: all of it if it is small."""
        with known.lock("/"):
            if known.is_looked_at:
                return
            page = next(self.bucket.pages(self.root), [])
            if len(page) < PAGE_OBJECTS:
                known.whole = _levels_of(self.root, page)
            else:
                known.page = page
                rests = [self._rest(key) for key, _ in page]
                known.first = list(dict.fromkeys(rest.partition("/")[0] for rest in rests if "/" in rest))
            known.is_looked_at = True

    def _levels(self, known: _Known, path: str) -> Levels:
        """Everything below the folder of the run that a path is in."""
        self._look(known)
        run = self._run(path)
        if known.whole is not None and run not in known.forgotten:
            return known.whole
        if run not in known.runs and not self._begin(known, run) and self._list_rest(known):
            return self._levels(known, path)
        with known.lock(run):
            found = known.runs.get(run)
            if found is None:
                objects = list(self._below_run(run))
                found = known.runs[run] = _levels_of(run, objects) if objects else {}
            return found

    def _begin(self, known: _Known, run: str) -> bool:
        """Whether a run is to be listed by itself, which is then counted; only one thread at a time decides."""
        with known.lock("//"):
            if run not in known.begun and self._rest_is_cheaper(known):
                return False
            known.begun.add(run)
            return True

    def _rest_is_cheaper(self, known: _Known) -> bool:
        """Whether as many runs have been listed one by one as requests would list the rest of the logdir."""
        return not known.tried_rest and 0 < self._pages_of_rest(known) <= min(len(known.begun), MAX_REST_PAGES)

    def _pages_of_rest(self, known: _Known) -> int:
        """About how many pages follow the first; 0 if few runs were asked for and the names of all are not known."""
        if known.top is None and len(known.begun) < FEW_RUNS:
            return 0
        return len(self._all_names(known)) // max(len(known.first) - 1, 1) + 1

    def _list_rest(self, known: _Known) -> bool:
        """List the pages after the first; False if there are many more than expected."""
        with known.lock("/"):
            if known.tried_rest:
                return known.whole is not None
            objects = list(known.page)
            for n, page in enumerate(self.bucket.pages(self.root, objects[-1][0])):
                if n > 2 * self._pages_of_rest(known):
                    known.tried_rest = True
                    return False
                objects += page
            known.whole = _levels_of(self.root, objects)
            known.tried_rest = True  # now that others will find it
            known.page = []
            return True

    def _below_run(self, run: str) -> Iterator[tuple[str, Object]]:
        """The objects below the folder of a run; of media no more than the page on which they begin."""
        media = f"{run}/{MEDIA}/"
        after: str | None = ""
        while after is not None:
            start, after = after or None, None
            for page in self.bucket.pages(run, start):
                yield from page
                if page[-1][0].startswith(media):
                    after = media[:-1] + "0"  # sorts after the slash
                    break

    def _rest(self, path: str) -> str:
        return path[len(self.root) + 1 :] if self.root else path

    def _join(self, name: str) -> str:
        return f"{self.root}/{name}" if self.root else name

    def _run(self, path: str) -> str:
        """The name directly in the logdir that a path is at or below."""
        return self._join(self._rest(path).partition("/")[0])

    def _missing(self, path: str) -> FileNotFoundError:
        return FileNotFoundError(2, "there is no such object", f"{self.bucket.url}/{path}")


def _levels_of(top: str, objects: Iterable[tuple[str, Object]]) -> Levels:
    """The names in a folder and in all folders below.

    Some programs make an empty object for a folder, with the same key: it sorts before what is in the folder.
    """
    levels: Levels = {top: {}}
    for key, found in objects:
        if key == top:
            continue
        folder, _, name = key.rpartition("/")
        is_new = folder not in levels
        levels.setdefault(folder, {})[name] = found
        while is_new and len(folder) > len(top):
            above, _, name = folder.rpartition("/")
            is_new = above not in levels
            levels.setdefault(above, {})[name] = None
            folder = above
    return levels
