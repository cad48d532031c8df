"""The key store: every person's and account's own key, apart from what it opens.

`KeyStore` is the port; `key_database` is the one that ships, a small database of its own. A key is
made with its subject, and destroyed for good when the subject is forgotten: whatever was sealed
with it, in any copy, is then noise. No process keeps a subject's key longer than it needs it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from unranked.errors import StoreError
from unranked.store.engines import DATABASE, Place, file_of, parsed
from unranked.store.sealing import Generation
from unranked.store.wrapping import Bare, Wrapping

KEYS = Place("key store", "UNRANKED_KEYS_URL")
_ENDING = "-keys.db"
_T = TypeVar("_T")


class DataKey(bytes):
    """A key of one subject. It shows itself nowhere."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "DataKey(...)"


DataKeys = Mapping[str, Mapping[int, DataKey]]
"""Keys by subject, and by the number of their generation; while a rotation runs there are two."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a key store says of itself.

    identity: random; a database knows its key store by it. generations: in order, the newest last.
    destroyed: how many keys ever were. A store or a database that was restored is known by it.
    wrapped_by: the names of what the generations' root keys are wrapped by; see `wrapping`.
    """

    identity: str
    generations: tuple[int, ...]
    destroyed: int
    wrapped_by: frozenset[str]


Check = Callable[["KeyStore"], object]
"""Looks at a copy of a key store. Raises StoreError for one that is not to be taken."""


class KeyStore(Protocol):
    """Where keys are. Every method may raise StoreError where the store is not there, or not ours.

    Another one, such as one that keeps its keys in a KMS, has these methods and is made in
    `bootstrap`.
    """

    def create(self, lasting: bytes | None = None) -> Facts:
        """Make the store unless it is there. lasting: of an installation that had none so far."""

    def facts(self) -> Facts:
        """Return what the store says of itself. It never makes one."""

    def generation(self, number: int) -> Generation:
        """Return the keys of a generation."""

    def lasting(self) -> bytes:
        """Return the one key that is never rotated: what it hashed, nobody can hash again."""

    def get(self, subjects: Collection[str]) -> DataKeys:
        """Return the keys of the subjects; of one that was destroyed, or never made, nothing."""

    def make(self, subjects: Collection[str], generation: int) -> Mapping[str, DataKey]:
        """Return each subject's key of a generation; who has none gets a new one."""

    def subjects(self, among: Collection[str]) -> set[str]:
        """Return which of the subjects have a key."""

    def destroy(self, subject: str) -> bool:
        """Destroy all keys of one subject, for good; return whether there were any."""

    def wrap_anew(self, before: Wrapping) -> None:
        """Wrap by what is set now whatever is still wrapped by what was set before."""

    def begin_rotation(self, from_generation: int) -> int:
        """Return the number of the generation after that one, which is made unless it is there."""

    def finish_rotation(self, generation: int) -> None:
        """Destroy every key of the generations before that one."""

    def clean(self) -> bool:
        """Take what was destroyed out of the store's files; return whether that could be done."""

    def copy_to(self, path: Path) -> None:
        """Write a consistent copy of the store into a new file."""

    def restore_from(self, path: Path, check: Check | None = None) -> None:
        """Fill the store, which must hold nothing yet, from such a copy.

        Raises StoreError, and changes nothing, where it is not empty or `check` refuses the copy.
        """

    def close(self) -> None:
        """Close every connection."""


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """Where the keys of a database are, and what wraps them.

    url: empty: beside the SQLite file, or for PostgreSQL in the working folder, named after it.
    """

    url: str = field(default="", repr=False)
    wrapping: Wrapping = field(default_factory=Bare, repr=False)

    def beside(self, database_url: str) -> "KeyPlace":
        """Return the place with its address. Raises StoreError for the database's own."""
        if not self.url:
            return KeyPlace(default_url(database_url), self.wrapping)
        if _is_the_same(self.url, database_url):
            raise StoreError(
                "The key store cannot be in the database that its keys are for.",
                hint="Set UNRANKED_KEYS_URL to another database, or take it out: the keys are "
                "then in a file beside the database.",
            )
        path = file_of(self.url)
        if path is None:
            return self
        # Absolute: it is opened later than the database is.
        return KeyPlace(f"sqlite:///{path.absolute()}", self.wrapping)


def default_url(database_url: str) -> str:
    """Return the address of the key store where none is set. Raises StoreError for no address."""
    path = file_of(database_url)
    if path is None:
        path = Path(parsed(database_url, DATABASE).database or "unranked")
    return f"sqlite:///{path.absolute().with_name(f'{path.stem}{_ENDING}')}"


def in_parts(items: Iterable[_T], size: int = 20_000) -> Iterator[list[_T]]:
    """Yield the items in lists of at most `size`."""
    whole = list(items)
    for first in range(0, len(whole), size):
        yield whole[first : first + size]


def _is_the_same(one: str, other: str) -> bool:
    paths = [file_of(url) for url in (one, other)]
    if paths[0] is not None and paths[1] is not None:
        return paths[0].resolve() == paths[1].resolve()
    parts = [parsed(one, KEYS), parsed(other, DATABASE)]
    alike = [(it.get_backend_name(), it.host, it.port or 5432, it.database) for it in parts]
    return alike[0] == alike[1]
