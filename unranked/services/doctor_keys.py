"""What `unranked doctor` says of the keys that people's names and ids are sealed with."""

from unranked.errors import StoreError
from unranked.services.doctor import State
from unranked.store import KeyPlace, Store
from unranked.store.wrapping import Bare


def line(store: Store, place: KeyPlace) -> tuple[State, str, str]:
    """Return whether the keys are there, and what protects them. Raises StoreError where not."""
    if not store.check_keys():
        said = "There is none yet: it is made when there is first somebody to seal."
        return State.OFF, said, ""
    if not store.is_clean():
        said = (
            "The files of the database or of its keys may hold still what was erased, or what "
            "stood in them in clear before there were keys."
        )
        hint = (
            "The next list of people (`unranked job roster`) clears them where nobody reads them "
            "for long; else stop the service, and run `unranked migrate`."
        )
        return State.WRONG, said, hint
    if len(store.keys.facts().generations) > 1:
        said = "Keys were rotated and not to the end: the old ones are still there."
        return State.WRONG, said, "`unranked keys rotate` goes on where it was, and destroys them."
    if store.keys.facts().wrapped_by != {place.wrapping.name}:
        said = "UNRANKED_KEYS_SECRET is set, and nothing wraps the keys: they were made without it."
        return State.WRONG, said, "`unranked keys rotate` wraps them: docs/keys.md."
    if isinstance(place.wrapping, Bare):
        said = "It answers. Its keys are as safe as the place where they are."
        hint = "UNRANKED_KEYS_SECRET wraps them by a secret that no backup holds: docs/keys.md."
        return State.OK, said, hint
    return State.OK, "It answers, and the secret is the one that wraps its keys.", ""


def address(keys_url: str, database_url: str) -> str:
    """Return where the keys are; empty where that cannot be told."""
    try:
        return KeyPlace(keys_url).beside(database_url).url
    except StoreError:
        return ""
