"""Who is asking: the chat's member becomes a person, or nobody."""

from unranked.services.choices import Asker
from unranked.services.runtime import Runtime
from unranked.store import vault


def asker(runtime: Runtime, member_id: str) -> Asker | None:
    """Return the person behind a chat's member, or None for one who is not in the roster."""
    with runtime.store.read() as tx:
        person_key = vault.subject(tx, runtime.channel.name, vault.MEMBER, member_id)
    return None if person_key is None else Asker(person_key)
