"""Forgets one person: their rows, their identifiers, the bot's messages to them.

Safe to repeat, and to repeat after a crash: all rows go in one transaction, and what comes before
it only stops things. A mark stays that names nobody, so that no list brings the person back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from unranked import text
from unranked.channels.base import Choice, Message
from unranked.domain.counts import rounded
from unranked.domain.people import normalise_email
from unranked.errors import RosterError
from unranked.services import messages, takeback
from unranked.services.messages import Contact
from unranked.services.runtime import Runtime
from unranked.store import Tx, belongings, erasure, tombstones, vault
from unranked.store.belongings import Belongings, Identifier


@dataclass(frozen=True, slots=True)
class Proof:
    """What an erasure did, in exact numbers.

    rows: deleted, by table. messages: of the bot, deleted in the chat. messages_left: may be there
    still. nothing_left: a second look at every table found nothing. wiped: the database's file
    holds no deleted row any more; always so on PostgreSQL, which cleans up by itself.
    """

    rows: Mapping[str, int]
    messages: int
    messages_left: int
    nothing_left: bool
    wiped: bool

    def in_words(self) -> str:
        """Return a block of lines for a terminal."""
        rows = [f"{name}: {_some(count)} deleted" for name, count in self.rows.items() if count]
        deleted, left = _some(self.messages), _some(self.messages_left)
        looked = "nothing left." if self.nothing_left else "something left: erase again."
        wiped = (
            "No deleted row stands in the database's file."
            if self.wiped
            else "The database's file was in use, or its disk is full, and may still hold deleted "
            "rows: mend that and erase again."
        )
        return "\n".join(
            [
                *rows,
                f"Messages of the bot: {deleted} deleted in the chat, {left} may still be there.",
                f"A second look found {looked}",
                wiped,
            ]
        )

    def as_json(self) -> dict[str, object]:
        """Return the same for a script."""
        return {
            "rows": {name: _some(count) for name, count in self.rows.items() if count},
            "messages_deleted": _some(self.messages),
            "messages_left": _some(self.messages_left),
            "nothing_left": self.nothing_left,
            "wiped": self.wiped,
        }


def erase(runtime: Runtime, person_key: str) -> Proof:
    """Erase everything that is held of the person, and look again. Leaves a tombstone."""
    taken = takeback.take_back(runtime, person_key)
    today = runtime.clock().date()
    with runtime.store.write(alone=True) as tx:
        theirs = belongings.of_person(tx, person_key)
        tombstones.bury(tx, theirs.identifiers, ids=runtime.ids, on=today)
        rows = erasure.delete_rows(
            tx, theirs, ids=runtime.ids, replacement=runtime.ids.key("p"), today=today
        )
    takeback.empty_home(runtime, theirs)
    words = theirs.keys | {one.value for one in theirs.identifiers}
    wiped = runtime.store.wipe(words if any(rows.values()) else None)
    with runtime.store.read() as tx:
        left = erasure.left(tx, theirs)
    return Proof(rows, taken.deleted, taken.left, nothing_left=left == 0, wiped=wiped)


def erase_named(runtime: Runtime, typed: str) -> Proof:
    """Erase whoever has the address or member id, for an operator; or end what was begun before.

    Raises RosterError where nobody has it, and nobody who had it was erased.
    """
    try:
        person_key = find_person(runtime, typed)
    except RosterError:
        identifier = _identifier(runtime.channel.name, typed.strip())
        with runtime.store.read() as tx:
            if tombstones.read(tx).of(identifier) is None:
                raise
            left = erasure.left(tx, Belongings("", identifiers=frozenset({identifier})))
        return Proof({}, 0, 0, nothing_left=left == 0, wiped=runtime.store.wipe())
    return erase(runtime, person_key)


def find_person(runtime: Runtime, typed: str) -> str:
    """Return the person behind an e-mail address or the chat's member id, for an operator.

    Raises RosterError where nobody, or more than one person, has it. The error does not repeat it.
    """
    with runtime.store.read() as tx:
        found = _holders(tx, runtime.channel.name, typed.strip())
    if len(found) == 1:
        return found.pop()
    if found:
        raise RosterError(
            "Several people had this address one after the other, and nobody has it now.",
            hint="Name the person by the chat's member id instead.",
        )
    raise RosterError(
        "Nobody in the list of people has this address or member id.",
        hint="Write the whole e-mail address, or the member id as the chat's profile shows it. "
        "Of somebody who was erased nothing is left to be found.",
    )


def lift(runtime: Runtime, typed: str) -> int:
    """Let an erased person in again, by one of their identifiers; return how many marks went.

    For an operator, at the person's own wish. Raises RosterError where nothing was marked.
    """
    identifier = _identifier(runtime.channel.name, typed.strip())
    with runtime.store.write(alone=True) as tx:
        lifted = tombstones.lift(tx, identifier)
    if not lifted:
        raise RosterError(
            "Nobody with this address or member id was erased.",
            hint="Write the e-mail address or the member id that they had when they were erased.",
        )
    return lifted


def confirmation(runtime: Runtime) -> Message:
    """Return what is asked before anything is forgotten: what goes, and what stays."""
    asked = messages.plain("forget_confirm", Contact(runtime.help_contact))
    now = Choice("forget_now", text.label("forget_now"), dangerous=True)
    return replace(asked, choices=(now, Choice("keep", text.label("keep"))))


def forget(runtime: Runtime, person_key: str) -> Message:
    """Erase the person who asks, and return the last answer."""
    proof = erase(runtime, person_key)
    if not (proof.nothing_left and proof.wiped):
        return messages.plain("forget_not_all", Contact(runtime.help_contact))
    return messages.plain("forget_messages_left" if proof.messages_left else "forget_done")


def keep() -> Message:
    """Return the answer to somebody who wants nothing forgotten."""
    return messages.plain("forget_kept")


def _identifier(channel: str, typed: str) -> Identifier:
    email = normalise_email(typed)
    if email:
        return tombstones.address(email)
    return Identifier(channel, vault.MEMBER, typed.upper())


def _holders(tx: Tx, channel: str, typed: str) -> set[str]:
    """Return who holds the address or id now, else who held it before."""
    email = normalise_email(typed)
    if not email:
        member = vault.subject(tx, channel, vault.MEMBER, typed.upper())
        return set() if member is None else {member}
    now = vault.subject(tx, vault.ROSTER, vault.EMAIL, email)
    return {now} if now is not None else belongings.who_had(tx, email)


def _some(count: int) -> str:
    return rounded(count) if count else "none"
