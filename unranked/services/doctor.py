"""Looks at everything that an operator sets up, and says of each part whether it works.

One failure hides no other: every check is guarded. Nothing is changed, but that opening a SQLite
file gives it mode 0600. What is said holds no secret, no name, no address and no id.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from unranked.errors import UnrankedError
from unranked.services.runtime import Progress, silent


class State(StrEnum):
    """How a part is. OFF: not set up, which is no fault."""

    OK = "ok"
    OFF = "off"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: one line. hint: what to do about it, where there is something to do."""

    check: str
    state: State
    said: str
    hint: str = ""

    def in_words(self) -> str:
        """Return one line for a terminal or a log."""
        return f"{self.state.value:<5}  {self.check}: {self.said} {self.hint}".rstrip()

    def as_json(self) -> dict[str, str]:
        """Return the same for a script."""
        return {
            "check": self.check,
            "state": self.state.value,
            "said": self.said,
            "hint": self.hint,
        }


Check = Callable[[], Iterable[tuple[State, str, str]]]
"""Returns (state, what is said, hint), once for each line. May raise anything."""


def findings(
    checks: Iterable[tuple[str, Check]], *, progress: Progress = silent
) -> Iterator[Finding]:
    """Yield what each check finds, in order."""
    named = list(checks)
    for done, (name, check) in enumerate(named):
        progress(f"checks: {name}", done, len(named))
        yield from _guarded(name, check)
    progress("checks", len(named), len(named))


def _guarded(name: str, check: Check) -> Iterator[Finding]:
    try:
        for state, said, hint in check():
            yield Finding(name, state, said, hint)
    except UnrankedError as error:
        yield Finding(name, State.WRONG, error.message, error.hint)
    except Exception as error:  # noqa: BLE001 - a check that fails must not hide the others
        # Only the kind of fault: its text may hold an address or a key.
        said = f"This could not be looked at ({type(error).__name__})."
        yield Finding(name, State.WRONG, said, "Report it with the version of Unranked.")
