"""Two processes of the program over one database: they die, start again, and work at once."""

import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from threading import Thread
from typing import Any

from accidents import Accidents, Killed, ShakenStore
from made_up_chat import MadeUpChat
from staff import connector

from unranked.domain.runtime import Clock, Ids, Sleeper
from unranked.services import delivery
from unranked.services.runtime import Connected, Runtime, Sending


@dataclass
class Process:
    """One running program. `runtime` is a new one after each kill."""

    name: str
    begin: Callable[[ShakenStore], Runtime]
    store: ShakenStore
    runtime: Runtime = field(init=False)

    def __post_init__(self) -> None:
        self.runtime = self.begin(self.store)

    def restart(self) -> None:
        """Begin anew over the same database, as after a kill."""
        self.store = self.store.again()
        self.runtime = self.begin(self.store)


@dataclass
class Processes:
    """The processes, and who works now. crashed: told of every error that the program raises."""

    url: str
    chat: MadeUpChat
    accidents: Accidents
    random: Random
    clock: Clock
    sleeper: Sleeper
    crashed: Callable[[str, str], None]
    done: Counter[str] = field(default_factory=Counter)
    both: list[Process] = field(default_factory=list)
    _statements: int = 200
    _working: Process | None = None

    def __post_init__(self) -> None:
        self.both = [
            Process(name, self._runtime, ShakenStore.opened(self.url, self.accidents))
            for name in ("first", "second")
        ]
        self.accidents.meanwhile = self._other_works

    def close(self) -> None:
        """End all of them."""
        for one in self.both:
            one.store.close()

    def run(self, what: str, act: Callable[[Runtime], Any], *, sure: bool = False) -> Any:
        """Let one of them do something; None where it was killed, or failed.

        sure: again and again until it was done, as a person presses again.
        """
        while True:
            one = self.random.choice(self.both)
            before, self._working = self._working, one
            try:
                return act(one.runtime)
            except Killed:
                one.restart()
            except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
                where = traceback.extract_tb(error.__traceback__)[-1]
                self.crashed(what, f"{type(error).__name__}: {error} at {where.name}")
                return None
            finally:
                self._working = before
            if not sure:
                return None

    def plan(self, act: Callable[[Runtime], Any], *, often: float) -> Any:
        """Plan; now and then the process is killed somewhere in the middle, and planning repeats.

        often: how likely that is.
        """
        accidents = self.accidents
        doomed = not accidents.calm and self.random.random() < often
        accidents.doom(self.random.randint(1, self._statements) if doomed else -1)
        before = accidents.statements
        found = self.run("plan", act)
        accidents.doom(-1)
        if found is None:
            return self.run("plan", act)
        self._statements = max(10, accidents.statements - before)
        return found

    def send(self) -> bool:
        """Let one of them send for a while; return whether it did anything."""
        left = self.random.choice((1, 3, 20, 200))

        def stop() -> bool:
            nonlocal left
            left -= 1
            return left < 0

        ran = self.run("delivery", lambda runtime: delivery.run(runtime, stop=stop))
        return ran is None or sum(ran.steps.values()) > 0

    def at_once(self, *acts: Callable[[Runtime], Any]) -> None:
        """Let both do these things at the same time, each in a thread."""

        def work(one: Process, act: Callable[[Runtime], Any]) -> None:
            try:
                act(one.runtime)
            except Killed:
                one.restart()
            except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
                self.crashed("in a thread", f"{type(error).__name__}: {error}")

        self.accidents.threads = True
        threads = [Thread(target=work, args=pair) for pair in zip(self.both, acts, strict=False)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.accidents.threads = False
        self.done["at once"] += 1

    def _other_works(self) -> None:
        """While one waits, the other one takes a message further, or plans."""
        other = next(one for one in self.both if one is not self._working)
        before, self._working = self._working, other
        try:
            with suppress(Exception):  # the same errors are seen when it works by itself
                delivery.deliver_one(other.runtime)
        except Killed:
            other.restart()
        finally:
            self._working = before

    def _runtime(self, store: ShakenStore) -> Runtime:
        return Runtime(
            store=store,
            connectors=(Connected(connector(), _never),),
            channel=self.chat,
            clock=self.clock,
            sleeper=self.sleeper,
            ids=Ids(self.random.randbytes),
            sending=Sending(),
        )


def _never() -> Any:
    raise AssertionError("Nothing is fetched: what the tool tells is stored.")
