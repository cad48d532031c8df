"""After a restore: erases again whom the database that was replaced knows to be erased.

A backup made before an erasure still holds the person, and nothing in it tells of the erasure. The
marks in the newer database do, and name nobody.
"""

from dataclasses import dataclass

from unranked.services import erasure
from unranked.services.runtime import Runtime, watched
from unranked.store import Store, tombstones, vault
from unranked.store.belongings import Identifier


@dataclass(frozen=True, slots=True)
class Again:
    """How many people were erased again; clean: nothing of them is left, in the file either.

    unread: the chat could not be looked into for some of them.
    """

    people: int
    clean: bool
    unread: bool


def erase_again(runtime: Runtime, newer: Store) -> Again:
    """Erase everybody in the runtime's database whom `newer` has a mark of. Safe to repeat.

    By the chat's member id alone: it is never given to somebody else, as an address may be.
    """
    with newer.read() as tx:
        marks = tombstones.read(tx)
    with runtime.store.read() as tx:
        members = vault.current(tx, vault.SLACK, vault.MEMBER)
    erased = [
        person_key
        for member_id, person_key in sorted(members.items())
        if marks.of(Identifier(vault.SLACK, vault.MEMBER, member_id)) is not None
    ]
    each = watched(runtime.progress, "people to erase", erased, len(erased))
    proofs = [erasure.erase(runtime, person_key) for person_key in each]
    gone = all(proof.nothing_left for proof in proofs)
    # Where an erasure before could not clear the file, for somebody was reading it, this does.
    wiped = (bool(proofs) and all(proof.wiped for proof in proofs)) or runtime.store.wipe()
    unread = any(proof.unread for proof in proofs)
    return Again(len(proofs), clean=gone and wiped, unread=unread)
