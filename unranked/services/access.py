"""The access log: what is noted of looks, and what one person reads of it in their Home tab.

It says in which role somebody looked, at what and why; never who, never anybody's figure, and
nothing of anybody else. Looks at numbers that count somebody are said by their membership alone,
whatever the numbers were.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from unranked import text
from unranked.channels.base import Paragraph
from unranked.channels.pages import Row, Screen, Section
from unranked.domain.access import WHY, By, Look, What, in_order
from unranked.domain.usage import ONE_DAY
from unranked.services import messages, spoken
from unranked.services.home_rows import row, section
from unranked.services.runtime import Runtime
from unranked.store import Tx
from unranked.store import access as stored

NAME = "home_access"
OTHERS_MOST = 40
"""So many looks of others stand on the screen, the newest ones; the export has them all."""

OWN_MOST = 14
"""So many days of own looks stand there."""


def note(runtime: Runtime, person_key: str, what: What) -> None:
    """Note a look at what is one person's, before it is read."""
    with runtime.store.write() as tx:
        stored.note(tx, person_key, what, on=runtime.clock().date())


def note_everybody(runtime: Runtime, what: What) -> None:
    """Note a look at numbers that count everybody, before they are counted."""
    with runtime.store.write() as tx:
        note_groups(tx, runtime, [stored.EVERYBODY], what)


def note_groups(tx: Tx, runtime: Runtime, group_keys: Iterable[str], what: What) -> None:
    """Note a look at numbers of these campaigns, in the transaction that reads them."""
    stored.note_groups(tx, group_keys, what, on=runtime.clock().date())


def on_page() -> Section:
    """Return what the Home tab says of the log: the same to everybody, with the button to it."""
    return section(NAME, rows=iter([row("home_access_open", None, NAME)]))


def screen(runtime: Runtime, person_key: str, name: str) -> Screen | None:
    """Return the person's own log; None where the button is another one."""
    if name != NAME:
        return None
    with runtime.store.read() as tx:
        looks = list(in_order(stored.looks(tx, person_key)))
    about = messages.plain("access")
    others = [_line(one) for one in looks if one.by is not By.PERSON]
    own = list(_own(looks))
    return Screen(
        NAME,
        about.title,
        (
            Section(about.title, about.parts),
            _listed("access_others", "access_nobody", others, OTHERS_MOST),
            _listed("access_own", "access_not_yet", own, OWN_MOST),
            section("access_rules"),
        ),
        text.label("close"),
    )


def others(tx: Tx, person_key: str) -> list[str]:
    """Return every look of others that is kept, line by line, the newest first."""
    looks = in_order(stored.looks(tx, person_key))
    return [_line(one) for one in looks if one.by is not By.PERSON]


def _listed(name: str, none: str, lines: list[str], most: int) -> Section:
    """Return lines under their title, and that there are more where there are."""
    said = lines[:most] or [text.label(none)]
    if len(lines) > most:
        said.append(text.label("access_more"))
    words = text.words(name)
    rows = tuple(Row(line) for line in said)
    return Section(words.title, (Paragraph(words.body),), rows)


def _line(one: Look) -> str:
    who, why = text.label(f"access_by_{one.by}"), _why(one.what)
    return text.label("access_line").format(
        day=spoken.day(one.day), who=who, what=_what(one), why=why
    )


def _what(one: Look) -> str:
    said = text.label(f"access_{one.what}")
    if one.days is not None:
        first, last = spoken.day(one.days.start), spoken.day(one.days.end - ONE_DAY)
        said = said.format(first=first, last=last)
    if one.times == 1:
        return said
    return text.label("access_times").format(what=said, times=spoken.whole(one.times))


def _why(what: What) -> str:
    purpose = WHY[what]
    return text.label("access_why_erase") if purpose is None else text.policy(purpose)


def _own(looks: Iterable[Look]) -> Iterator[str]:
    """Yield a line for each day on which the person looked."""
    mine = (one for one in looks if one.by is By.PERSON)
    for day, found in groupby(mine, key=lambda one: one.day):
        said = spoken.listed(_what(one) for one in found)
        yield text.label("access_own_line").format(day=spoken.day(day), what=said)
