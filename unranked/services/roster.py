"""People: who is in the chat, joined with the CSV, and which provider account is whose."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import available_timezones

from unranked.domain.people import ChatMember, PersonKind, StaffEntry, ties
from unranked.domain.runtime import Ids
from unranked.errors import RosterError
from unranked.services import coverage, staff_csv
from unranked.services.address_moves import carry_over
from unranked.services.runtime import Runtime, watched
from unranked.store import (
    Tx,
    corrections,
    erasure,
    leading,
    people,
    tombstones,
    vault,
)
from unranked.store.belongings import Identifier
from unranked.store.people import StoredPerson
from unranked.store.vault import Entry


@dataclass(frozen=True, slots=True)
class RosterRun:
    """What a run found, in exact numbers: present members, guests, bots, those who left."""

    members: int
    guests: int
    bots: int
    left: int
    without_email: int
    csv_unmatched: int


def refresh(runtime: Runtime) -> RosterRun:
    """Read the whole roster, then store it at once. Raises RosterError and changes nothing."""
    staff = staff_csv.read(runtime.roster_csv) if runtime.roster_csv else None
    workspace = runtime.channel.workspace()
    listed = runtime.channel.members()
    members = list(watched(runtime.progress, "members of the workspace", listed))
    if not any(member.kind is PersonKind.MEMBER and member.present for member in members):
        raise RosterError(
            "The chat's member list holds nobody.",
            hint="Check that the token belongs to the right workspace. Nothing was changed.",
        )
    if not any(member.email for member in members if member.present):
        raise RosterError(
            "The chat's member list holds no e-mail address.",
            hint="Give the app the right users:read.email: compare it with manifest.yml and "
            "install it again. Nothing was changed.",
        )
    today = runtime.clock().date()
    with runtime.store.write() as tx:
        _remember_workspace(tx, workspace)
        members = _not_erased(tx, members, runtime.ids, today)
        humans = [member for member in members if member.kind is not PersonKind.BOT]
        keys = _keys(tx, humans, runtime.ids)
        _store_addresses(tx, humans, keys, runtime.clock())
        _store_names(tx, humans, keys)
        unmatched = _store_people(tx, humans, keys, staff or [], today)
        if staff is not None:
            leading.set_dotted_lines(tx, _dotted_lines(staff, _by_email(humans, keys)))
        erasure.sweep(tx)
        settle_ties(tx)
        for connected in runtime.providers:
            # Whose an account is decides how much of a day belongs to nobody (2.2 e).
            coverage.settle(tx, connected.connector, holidays=runtime.holidays)
    erasure.finish(runtime.store)
    return _run(members, unmatched)


def _remember_workspace(tx: Tx, workspace: str) -> None:
    """Raise RosterError for another workspace than before: everybody would be there twice."""
    known = vault.value(tx, vault.WORKSPACE, vault.SLACK, vault.WORKSPACE)
    if known is None:
        vault.put(tx, [Entry(vault.WORKSPACE, vault.SLACK, vault.WORKSPACE, workspace)])
    elif known != workspace:
        raise RosterError(
            "The token belongs to another workspace than the stored roster.",
            hint="Set SLACK_BOT_TOKEN to the workspace's own token, or set UNRANKED_DATABASE_URL "
            "to a new database for the other one. Nothing was changed.",
        )


def _not_erased(tx: Tx, members: list[ChatMember], ids: Ids, today: date) -> list[ChatMember]:
    """Return the members without those who were erased; what is new about these is marked, too.

    Somebody who is known is not erased. Where they got an erased person's address, it is left out.
    """
    marks = tombstones.read(tx)
    known = vault.current(tx, vault.SLACK, vault.MEMBER) if marks.groups else {}
    kept = []
    for member in members:
        itself = Identifier(vault.SLACK, vault.MEMBER, member.id)
        address = tombstones.address(member.email) if member.email else itself
        word = marks.of(address)
        if member.id in known:
            kept.append(member if word is None else replace(member, email=""))
        elif word is None and (word := marks.of(itself)) is None:
            kept.append(member)
        else:
            tombstones.bury(tx, [itself, address], ids=ids, on=today, group=word)
    return kept


def settle_ties(tx: Tx, account_key: str | None = None) -> tuple[int, int]:
    """Tie accounts, or one, to people by the addresses in force; return how many came and went.

    An account of which somebody said that it is not theirs is not theirs.
    """
    apart = corrections.pairs(tx, account_key)
    claims = vault.claims(tx, account_key)
    together = (c for c in claims if (c.account_key, c.person_key) not in apart)
    return people.set_ties(tx, ties(together), of=account_key)


def _keys(tx: Tx, humans: Iterable[ChatMember], ids: Ids) -> Mapping[str, str]:
    """Return everybody's person key by the chat's id; the chat's newcomers get new ones."""
    keys = dict(vault.current(tx, vault.SLACK, vault.MEMBER))
    new = [member.id for member in humans if member.id not in keys]
    keys.update({member_id: ids.key("p") for member_id in new})
    vault.put(tx, (Entry(keys[i], vault.SLACK, vault.MEMBER, i) for i in new))
    return keys


def _store_addresses(
    tx: Tx, humans: list[ChatMember], keys: Mapping[str, str], now: datetime
) -> None:
    """Store who holds which address from when. An address that moves on moves on today.

    Where somebody who left and somebody present have the same address, it is the latter's, but
    only from today: usage of before may be the leaver's.
    """
    have, today = vault.holders(tx), now.date()
    present = {member.email for member in humans if member.present and member.email}
    left = {member.email for member in humans if not member.present and member.email}
    held = {
        (member.email, keys[member.id])
        for member in humans
        if member.email and (member.present or member.email not in present)
    }
    carry_over(tx, have, held, now)
    listed = {keys[member.id] for member in humans}
    gone = [pair for pair in have.now if pair[1] in listed and pair not in held]
    vault.end(tx, (Entry(key, vault.ROSTER, vault.EMAIL, email) for email, key in gone), on=today)
    vault.put(
        tx,
        (
            Entry(
                key,
                vault.ROSTER,
                vault.EMAIL,
                email,
                today if email in have.last or email in left & present else vault.EVER,
            )
            for email, key in sorted(held - have.now, key=lambda pair: pair[1])
        ),
    )


def _store_names(tx: Tx, humans: list[ChatMember], keys: Mapping[str, str]) -> None:
    have = vault.values(tx, vault.ROSTER, vault.NAME)
    changed = [m for m in humans if m.name and have.get(keys[m.id]) != m.name]
    vault.replace(tx, (Entry(keys[m.id], vault.ROSTER, vault.NAME, m.name) for m in changed))


def _store_people(
    tx: Tx,
    humans: list[ChatMember],
    keys: Mapping[str, str],
    staff: list[StaffEntry],
    today: date,
) -> int:
    """Store everybody; return how many lines of the CSV match nobody in the chat."""
    known = people.everybody(tx)
    by_email = _by_email(humans, keys)
    entries = {by_email[entry.email]: entry for entry in staff if entry.email in by_email}
    changed = []
    for member in humans:
        key = keys[member.id]
        person = _person(member, key, known.get(key), today)
        if (entry := entries.get(key)) is not None:
            person = _with_staff(person, entry, by_email)
        if person != known.get(key):
            changed.append(person)
    people.save(tx, changed)
    people.set_absences(tx, {key: entry.leave for key, entry in entries.items()})
    return len(staff) - len(entries)


def _by_email(humans: list[ChatMember], keys: Mapping[str, str]) -> Mapping[str, str]:
    """Return everybody's key by address. Of two with one address the present one is meant."""
    in_order = sorted(humans, key=lambda member: member.present)
    return {member.email: keys[member.id] for member in in_order if member.email}


def _dotted_lines(
    staff: Iterable[StaffEntry], by_email: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield (person, manager) for each dotted line between two who are in the chat.

    None to somebody's own manager: that one is no second manager.
    """
    for entry in staff:
        for manager in entry.dotted:
            if manager != entry.manager_email and {entry.email, manager} <= by_email.keys():
                yield by_email[entry.email], by_email[manager]


def _person(member: ChatMember, key: str, before: StoredPerson | None, today: date) -> StoredPerson:
    zone = member.zone if member.zone in _zones() else ""
    if before is None:
        before = StoredPerson(key, member.kind, True, "", "", "", None, None, None, today)
    left_on = None if member.present else before.left_on or today
    return replace(
        before,
        kind=member.kind,
        present=member.present,
        zone=zone or before.zone,
        locale=member.locale or before.locale,
        left_on=left_on,
    )


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _with_staff(
    person: StoredPerson, entry: StaffEntry, by_email: Mapping[str, str]
) -> StoredPerson:
    return replace(
        person,
        department=entry.department,
        region=entry.region,
        # An address that nobody in the chat has is no manager: never a guess.
        manager_key=by_email.get(entry.manager_email),
        start_date=entry.start_date,
        weekdays=entry.weekdays,
    )


def _run(members: list[ChatMember], unmatched: int) -> RosterRun:
    present = Counter(member.kind for member in members if member.present)
    humans = [m for m in members if m.kind is not PersonKind.BOT]
    return RosterRun(
        members=present[PersonKind.MEMBER],
        guests=present[PersonKind.GUEST],
        bots=present[PersonKind.BOT],
        left=sum(1 for member in humans if not member.present),
        without_email=sum(1 for member in humans if member.present and not member.email),
        csv_unmatched=unmatched,
    )
