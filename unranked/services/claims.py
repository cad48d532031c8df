"""Who holds a job, and whether that process is gone.

A process is known by the boot of its machine, its space of process ids, its id and its start. All
four together are never given twice, so that a container with the same host name and the same id
is not taken for it. Where the system does not tell them, nobody is ever said to be gone.
"""

import os
import secrets
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path

from unranked.store.runs import JobState

_PROC = Path("/proc")
_STATE, _STARTED = 0, 19  # fields of /proc/PID/stat behind the name, as proc(5) counts them
_DEAD = ("Z", "X")


class Fate(StrEnum):
    """What became of a holder. ELSEWHERE: on another machine or in another container, or unknown.

    HERE: it runs on this machine.
    """

    HERE = "here"
    GONE = "gone"
    ELSEWHERE = "elsewhere"


@cache
def _unknown() -> str:
    return f"?:{secrets.token_hex(8)}"


def mine() -> str:
    """Return what this process is known by: no name of a machine, a person or a program."""
    place, stat = _place(), _stat(os.getpid())
    return f"{place}:{os.getpid()}:{stat[_STARTED]}" if place and stat else _unknown()


def fate(holder: str) -> Fate:
    """Return what became of a process that is known by what `mine` returned there."""
    if holder == mine():
        return Fate.HERE
    place, _, rest = holder.partition(":")
    pid, _, started = rest.partition(":")
    if place != _place() or not pid.isdecimal():
        return Fate.ELSEWHERE
    stat = _stat(int(pid))
    if stat:
        same = stat[_STARTED] == started and stat[_STATE] not in _DEAD
        return Fate.HERE if same else Fate.GONE
    return Fate.GONE if _no_such_process(int(pid)) else Fate.ELSEWHERE


def process_id(holder: str) -> str:
    """Return the id of a process that is on this machine."""
    return holder.split(":")[1]


def runs_now(state: JobState, now: datetime) -> bool:
    """Return whether somebody holds the job; one who is known to be gone holds nothing."""
    held = bool(state.claim) and state.claimed_until is not None and state.claimed_until >= now
    return held and fate(state.holder) is not Fate.GONE


def did_not_end(state: JobState, now: datetime) -> bool:
    """Return whether the job was cut off when it last ran."""
    begun = state.started_at is not None and state.finished_at is None
    return begun and not runs_now(state, now)


def _place() -> str:
    """Return the boot and the space of process ids; empty where the system does not say."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{(_PROC / 'self/ns/pid').stat().st_ino}"
    except (OSError, ValueError):
        return ""


def _stat(pid: int) -> list[str]:
    """Return the fields of a process behind its name, which may hold anything; none of nobody's."""
    try:
        return (_PROC / f"{pid}/stat").read_bytes().rpartition(b")")[2].decode("ascii").split()
    except (OSError, ValueError):
        return []


def _no_such_process(pid: int) -> bool:
    # A system may hide the processes of others in /proc, but not from this question.
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
