"""Who is asking: the chat's member becomes a person, or nobody."""

from collections.abc import Iterator
from contextlib import contextmanager

from unranked import text
from unranked.services.choices import Asker
from unranked.services.runtime import Runtime
from unranked.store import people, vault


@contextmanager
def asking(runtime: Runtime, member_id: str) -> Iterator[Asker | None]:
    """Yield the person behind a chat's member, None for one who is not in the roster.

    Their language is spoken to the end of the block.
    """
    with runtime.store.read() as tx:
        person_key = vault.subject(tx, runtime.channel.name, vault.MEMBER, member_id)
        locale = "" if person_key is None else people.locale(tx, person_key)
    with text.spoken(text.language_of(locale)):
        yield None if person_key is None else Asker(person_key)
