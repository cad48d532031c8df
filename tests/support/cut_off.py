"""Kills a piece of work at its first, second, third ... step, so that it can be done again.

A step is whatever changes a file: a transaction of the database or of its key store, which is cut
off before it is stored, and cleaning up either. What was stored before stays, as after a kill.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from sqlalchemy import event

from unranked.store import Store
from unranked.store.engines import WRITES


class KilledError(BaseException):
    """The process was killed here. Nothing catches it."""


@contextmanager
def cut_off_at(store: Store, step: int) -> Iterator[Callable[[], bool]]:
    """Let the work in here be killed at a step; give whether it came so far."""
    at, killed = count(), []

    def reach() -> None:
        if next(at) == step:
            killed.append(step)
            raise KilledError

    def committing(connection) -> None:
        if connection.get_execution_options().get(WRITES):
            reach()

    wipe, clean = store.wipe, store.keys.clean

    def wiping(*words):
        reach()
        return wipe(*words)

    def cleaning():
        reach()
        return clean()

    engines = [store._engine, store.keys._opened()]
    for engine in engines:
        event.listen(engine, "commit", committing)
    store.wipe, store.keys.clean = wiping, cleaning
    try:
        yield lambda: bool(killed)
    except KilledError:
        pass
    finally:
        store.wipe, store.keys.clean = wipe, clean
        for engine in engines:
            event.remove(engine, "commit", committing)
