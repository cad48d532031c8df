"""After a restore: erases again whoever was erased since the backup.

A backup made before an erasure still holds the person's rows, and nothing in it tells of the
erasure. But their keys are destroyed, so that whoever has none is somebody who was erased; and the
marks in the database that was replaced say it too, and name nobody.
"""

from dataclasses import dataclass

from unranked.services import erasure
from unranked.services.runtime import Runtime, watched
from unranked.store import Store, Tx, tombstones, vault
from unranked.store import erasure as stored
from unranked.store.belongings import Identifier


@dataclass(frozen=True, slots=True)
class Again:
    """How many people were erased again; clean: nothing of them is left, in the file either.

    unread: the chat could not be looked into for some of them.
    """

    people: int
    clean: bool
    unread: bool


def erase_again(runtime: Runtime, newer: Store | None = None) -> Again:
    """Erase everybody in the runtime's database who has no key, or of whom `newer` has a mark.

    Safe to repeat. Without `newer` nothing keeps the next list of people from bringing them back,
    as somebody new. By the chat's member id alone: it is never given to somebody else, as an
    address may be.
    """
    if newer is not None:
        with newer.read() as other, runtime.store.write(alone=True) as tx:
            tombstones.copy(tx, other)
    with runtime.store.read() as tx:
        nameless = stored.people_without_keys(tx)
        erased = sorted(_marked(tx) | nameless)
    each = watched(runtime.progress, "people to erase", erased, len(erased))
    proofs = [erasure.erase(runtime, person_key) for person_key in each]
    gone = all(proof.nothing_left for proof in proofs)
    # Where an erasure before could not clear the file, for somebody was reading it, this does.
    wiped = (bool(proofs) and all(proof.wiped for proof in proofs)) or runtime.store.wipe()
    if gone:
        stored.note_age(runtime.store)
    # Whose conversation it was, nobody knows of those without a key.
    unread = bool(nameless) or any(proof.unread for proof in proofs)
    return Again(len(proofs), clean=gone and wiped, unread=unread)


def _marked(tx: Tx) -> set[str]:
    """Return who is in the list of people though a mark says that they were erased."""
    marks = tombstones.read(tx)
    return {
        person_key
        for member_id, person_key in vault.current(tx, vault.SLACK, vault.MEMBER).items()
        if marks.of(Identifier(vault.SLACK, vault.MEMBER, member_id)) is not None
    }
