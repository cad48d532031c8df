"""The first reading of a small company, done once for all companies that are equal until then.

An equal one gets a copy of the rows, and of the keys that they are sealed with: a third of the time
of a whole run went into reading the same few companies again. Nothing is made up by it; whatever is
not the plain small world, or was written to before, is read as always.
"""

import os
import pickle
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from unranked.store import Store
from unranked.store.keys import default_url

RUN = "FOLDER_OF_THIS_TEST_RUN"
"""The variable with the folder of this run, which its workers share."""

_NAMES = ("database", "keys")


def once(world: Any, days: int, read: Callable[[], None], new_file: bytes) -> None:
    """Let the world have been read. read: does it, where no equal one was before.

    new_file: what stands in a database to which nobody has written.
    """
    store: Store = world.runtime.store
    path = Path(store._engine.url.database or "")
    asked = _asked(world, days)
    if asked is None or not _is_untouched(path, new_file):
        read()
        return
    kept = _shelf() / sha256(asked).hexdigest()
    files = (path, Path(default_url(f"sqlite:///{path}").removeprefix("sqlite:///")))
    if not kept.exists():
        read()
        _keep(world, files, kept)
        return
    for name, place in zip(_NAMES, files, strict=True):
        if (kept / name).exists():
            _copy(kept / name, place)
    state = pickle.loads((kept / "state").read_bytes())  # noqa: S301 - of this run's own hands
    world.now = state["now"]
    _random(world).setstate(state["random"])
    world.slack.calls.update(state["slack"])
    for slug, calls in state["tools"].items():
        world.tools[slug].calls = calls


def _asked(world: Any, days: int) -> bytes | None:
    """Return all that a first reading depends on; None where that is not known."""
    runtime, people = world.runtime, world.slack._workspace
    told = [(one.connector.slug, one.connector.history) for one in runtime.connectors]
    doors = [
        door
        for one in runtime.connectors
        for door in (one.open, one.connector.fetch, one.connector.parse)
    ]
    usual = not runtime.sources and all(door.__module__ == "small_world" for door in doors)
    if not usual or runtime.roster_csv or runtime.store._engine.name != "sqlite":
        return None
    everything = (
        days,
        world.now,
        [(repr(member), member.name, member.email) for member in people.order],
        sorted((name, sorted(members)) for name, members in people.groups.items()),
        [(name, it) for name, it in vars(world.slack.faults).items() if not name.startswith("_")],
        [(slug, vars(tool)) for slug, tool in world.tools.items()],
        told,
        (runtime.default_zone, runtime.enablement, runtime.holidays, runtime.ask_where),
        _random(world).getstate(),
    )
    return repr(everything).encode()


def _random(world: Any) -> Any:
    return world.runtime.ids.random_bytes.__self__


def _is_untouched(path: Path, new_file: bytes) -> bool:
    log = path.with_name(f"{path.name}-wal")
    return path.read_bytes() == new_file and not (log.exists() and log.stat().st_size)


@cache
def _own() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory()


def _shelf() -> Path:
    return Path(os.environ.get(RUN) or _own().name)


def _keep(world: Any, files: tuple[Path, ...], kept: Path) -> None:
    made = Path(tempfile.mkdtemp(dir=kept.parent))
    for name, place in zip(_NAMES, files, strict=True):
        if place.exists():
            _copy(place, made / name)
    state = {
        "now": world.now,
        "random": _random(world).getstate(),
        "slack": dict(world.slack.calls),
        "tools": {slug: tool.calls for slug, tool in world.tools.items()},
    }
    (made / "state").write_bytes(pickle.dumps(state))
    with suppress(OSError):  # another worker was first
        made.rename(kept)


def _copy(source: Path, target: Path) -> None:
    """Copy a database that nobody is writing to, whoever has it open."""
    if not target.exists():
        target.touch(0o600)
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
        read.backup(written)
