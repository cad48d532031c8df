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
    person_key, locale = _known(runtime, member_id)
    if person_key is None:  # nothing is kept of them: the chat says it, for this one answer
        locale = runtime.channel.locale(member_id)
    with text.spoken(text.language_of(locale)):
        yield None if person_key is None else Asker(person_key)


def language_after_failure(runtime: Runtime, member_id: str) -> str:
    """Return the language in which a person is told that something failed: never fails itself."""
    try:
        _, locale = _known(runtime, member_id)
    except Exception:  # noqa: BLE001 - perhaps the store is what failed
        locale = ""
    return text.language_of(locale)


def _known(runtime: Runtime, member_id: str) -> tuple[str | None, str]:
    """Return the key and the locale of the person behind a chat's member."""
    with runtime.store.read() as tx:
        person_key = vault.subject(tx, runtime.channel.name, vault.MEMBER, member_id)
        return person_key, "" if person_key is None else people.locale(tx, person_key)
