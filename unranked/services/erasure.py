"""Forgets one person: their rows, their identifiers, the bot's messages to them.

Safe to repeat, and to repeat after a crash: all rows go in one transaction, and what comes before
it only stops things. A mark stays that names nobody, so that no list brings the person back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from unranked import text
from unranked.channels.base import Choice, Message
from unranked.domain import policy
from unranked.domain.access import What
from unranked.domain.people import normalise_email
from unranked.domain.policy_terms import Erased
from unranked.errors import RosterError
from unranked.services import messages, takeback
from unranked.services.runtime import Runtime
from unranked.services.takeback import TakenBack
from unranked.store import Tx, access, belongings, erasure, people, tombstones, vault
from unranked.store.belongings import Belongings, Identifier


class Chat(StrEnum):
    """What is known of the bot's messages to somebody who was erased."""

    GONE = "gone"
    LEFT = "some may be there still"
    NOT_LOOKED_AT = "not looked at"


_VAULT = "vault"
_BACKUPS = (
    "A backup of the key store made before holds their keys for as long as it is kept; `unranked "
    "keys backup` deletes its own after a few days."
)
_STAYS = (
    "What the AI providers go on listing of their accounts, the last weeks included, is kept as "
    "nobody's, added up with that of all who were erased. While those are few, whoever can read "
    "the database could tell whose it is."
)
_AGAIN = "`unranked erase` with their member id, and with SLACK_BOT_TOKEN set, deletes them."
_CHAT = {
    Chat.GONE: "nothing is left.",
    Chat.LEFT: f"some of it may be there still, for it could not be deleted. {_AGAIN}",
    Chat.NOT_LOOKED_AT: "their conversation was not looked into this time, and messages may be "
    f"there still. {_AGAIN}",
}


@dataclass(frozen=True, slots=True)
class Proof:
    """What an erasure did, in exact numbers; in words it says none of them.

    How many rows or messages somebody had tells of their use, and so does that they had none.
    rows: deleted, by table. messages: of the bot, deleted in the chat. messages_left: may be there
    still. unread: the conversation could not be looked into. left: in how many rows of each table
    a second look found them. wiped: the files of the database and of its key store hold no deleted
    row and no destroyed key any more; PostgreSQL cleans up its rows by itself. before: the day of
    the erasure that a mark tells of. keyless: none of their keys is left.
    """

    rows: Mapping[str, int]
    messages: int
    messages_left: int
    unread: bool
    left: Mapping[str, int]
    wiped: bool
    before: date | None = None
    keyless: bool = True

    @property
    def nothing_left(self) -> bool:
        """Whether the second look found nothing in any table, and no key."""
        return self.keyless and not any(self.left.values())

    def in_words(self) -> str:
        """Return a block of lines for a terminal."""
        searched = [f"  {name}: {_found(name, count)}" for name, count in self.left.items()]
        chat = f"What the bot wrote to them in the chat: {_CHAT[self.chat]}"
        return "\n".join([self._head(), *searched, chat, *self._rest()])

    def as_json(self) -> dict[str, object]:
        """Return the same for a script."""
        return {
            "erased_before_on": None if self.before is None else self.before.isoformat(),
            "searched": list(self.left),
            "left": [name for name, count in self.left.items() if count],
            "nothing_left": self.nothing_left,
            "messages": self.chat.value,
            "wiped": self.wiped,
            "keys_destroyed": self.keyless,
        }

    @property
    def chat(self) -> Chat:
        """What is known of the bot's messages to them."""
        if self.unread:
            return Chat.NOT_LOOKED_AT
        return Chat.LEFT if self.messages_left else Chat.GONE

    def _head(self) -> str:
        if self.before is None:
            return (
                "Everything that was held of them is deleted. A second search, in every table that "
                "can hold somebody, for each of their keys, addresses and ids, found:"
            )
        return (
            f"They were erased already, on {self.before}: of that a mark is left, which names "
            "nobody. The search for this address or id found:"
        )

    def _rest(self) -> list[str]:
        again = [] if self.nothing_left else ["Something is left: run `unranked erase` again."]
        wiped = (
            "No deleted row stands in the database's file."
            if self.wiped
            else "The database's file was in use, or its disk is full, and may still hold deleted "
            "rows: mend that and run `unranked erase` again."
        )
        keys = (
            "The keys that their names, addresses and ids were sealed with are destroyed: no copy "
            "of the database, however old, can be opened with the key store."
            if self.keyless
            else "The keys that their names, addresses and ids were sealed with are there still."
        )
        return [
            *again,
            keys,
            wiped,
            "No list of people brings them back: keyed hashes of their addresses and ids are kept.",
            _STAYS,
            _BACKUPS,
        ]


def erase(runtime: Runtime, person_key: str) -> Proof:
    """Erase everything that is held of the person, and look again. Leaves a tombstone."""
    with runtime.store.read() as tx:
        language = text.language_of(people.locale(tx, person_key))
    taken = takeback.take_back(runtime, person_key)
    today = runtime.clock().date()
    with runtime.store.write(alone=True) as tx:
        others_are_gone = erasure.is_finished(tx)
        theirs = belongings.of_person(tx, person_key)
        tombstones.bury(tx, theirs.identifiers, ids=runtime.ids, on=today)
        rows = erasure.delete_rows(
            tx, theirs, ids=runtime.ids, replacement=runtime.ids.key("p"), today=today
        )
    with text.spoken(language):  # an operator may erase somebody in another one
        takeback.empty_home(runtime, theirs)
    keyless = erasure.destroy_keys(runtime.store)
    words = theirs.keys | {one.value for one in theirs.identifiers}
    # Of whoever an erasure before left in the files, nobody knows the words any more.
    wiped = runtime.store.wipe(words if others_are_gone and any(rows.values()) else None)
    with runtime.store.read() as tx:
        left = erasure.left(tx, theirs)
    return Proof(rows, taken.deleted, taken.left, taken.unread, left, wiped, keyless=keyless)


def erase_named(runtime: Runtime, typed: str) -> Proof:
    """Erase whoever has the address or member id, for an operator; or end what was begun before.

    Raises RosterError where nobody has it, and nobody who had it was erased.
    """
    try:
        person_key = find_person(runtime, typed)
    except RosterError:
        identifier = _identifier(runtime.channel.name, typed.strip())
        with runtime.store.read() as tx:
            before = tombstones.erased_on(tx, identifier)
        if before is None:
            raise
        return _once_more(runtime, identifier, before)
    return erase(runtime, person_key)


def _once_more(runtime: Runtime, identifier: Identifier, before: date) -> Proof:
    """Do what an erasure before may have left undone: in the chat, and in the database's file.

    Which keys were theirs nobody knows any more, so only the vault can be searched.
    """
    theirs = Belongings("", identifiers=frozenset({identifier}))
    taken = TakenBack(unread=True)
    if identifier.kind == vault.MEMBER:
        taken = takeback.take_back_from(runtime, identifier.value)
        takeback.empty_home(runtime, theirs)
    keyless = erasure.destroy_keys(runtime.store)
    wiped = runtime.store.wipe()
    with runtime.store.read() as tx:
        left = {_VAULT: erasure.left(tx, theirs)[_VAULT]}
    return Proof({}, taken.deleted, taken.left, taken.unread, left, wiped, before, keyless=keyless)


def find_person(runtime: Runtime, typed: str) -> str:
    """Return the person behind an e-mail address or the chat's member id, for an operator.

    Raises RosterError where nobody, or more than one person, has it. The error does not repeat it.
    """
    with runtime.store.write() as tx:
        found = _holders(tx, runtime.channel.name, typed.strip())
        for person_key in sorted(found):  # of an erasure that is cut off, this stays
            access.note(tx, person_key, What.NAMED, on=runtime.clock().date())
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
    asked = messages.plain("forget_confirm", messages.contact(runtime))
    now = Choice("forget_now", text.label("forget_now"), dangerous=True)
    return replace(asked, choices=(now, Choice("keep", text.label("keep"))))


def forget(runtime: Runtime, person_key: str) -> Message:
    """Erase the person who asks, and return the last answer."""
    proof = erase(runtime, person_key)
    name = "forget_done" if proof.chat is Chat.GONE else "forget_messages_left"
    if not (proof.nothing_left and proof.wiped):
        name = "forget_not_all"
    return messages.plain(name, messages.contact(runtime))


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


def _found(name: str, count: int) -> str:
    if count:
        return "still there"
    own = policy.table(name).own_key
    replaced = own is not None and own.erased is Erased.REPLACED
    return f"0 rows{'; they stay under a random key that leads nowhere' if replaced else ''}"
