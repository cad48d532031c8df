"""What protects the keys of a key store: a secret from outside, or nothing but its file's mode.

A key store has one root key for each of its generations, and every other key is sealed under it.
Only the root is wrapped. So this is where a key management service (KMS) would be put: a class
with `name`, `wrap` and `unwrap`, called once when the program starts and once for a rotation, made
in `bootstrap` beside `Secret`.
"""

from dataclasses import dataclass, field
from typing import Protocol

from unranked.errors import StoreError
from unranked.store import sealing


class Wrapping(Protocol):
    """Wraps a root key, such that whoever has the key store alone cannot use it."""

    @property
    def name(self) -> str:
        """What stands beside a wrapped key, to tell by what it was wrapped."""

    def wrap(self, root: bytes, bound_to: bytes) -> bytes:
        """Return the root key wrapped. bound_to: what it belongs to; unwrapping needs the same."""

    def unwrap(self, wrapped: bytes, bound_to: bytes) -> bytes:
        """Return the root key. Raises StoreError where it was wrapped by something else."""


@dataclass(frozen=True, slots=True)
class Secret:
    """Wraps by a secret of the environment, which never stands in a database or a backup."""

    secret: bytes = field(repr=False)
    name: str = "secret"

    def wrap(self, root: bytes, bound_to: bytes) -> bytes:
        """Return the root key sealed under a key that is made from the secret."""
        return sealing.seal(self._key(), root, bound_to)

    def unwrap(self, wrapped: bytes, bound_to: bytes) -> bytes:
        """Return the root key. Raises StoreError for another secret."""
        try:
            return sealing.unseal(self._key(), wrapped, bound_to)
        except StoreError:
            raise StoreError(
                "UNRANKED_KEYS_SECRET is not the secret that the key store was made with.",
                hint="Set it to that secret. To change it, give the one until now to "
                "`unranked keys rotate --old-secret-file FILE`.",
            ) from None

    def _key(self) -> bytes:
        return sealing.derived(self.secret, "wrapping")


@dataclass(frozen=True, slots=True)
class Bare:
    """Wraps nothing: the keys are as safe as the file, or the server, that they stand in."""

    name: str = "none"

    def wrap(self, root: bytes, bound_to: bytes) -> bytes:
        """Return the root key as it is."""
        del bound_to
        return root

    def unwrap(self, wrapped: bytes, bound_to: bytes) -> bytes:
        """Return the root key as it is."""
        del bound_to
        return wrapped


def unwrapped(wrapping: Wrapping, by: str, wrapped: bytes, bound_to: bytes) -> bytes:
    """Return the root key that was wrapped `by` something of that name.

    A key that was wrapped by nothing needs nothing. Raises StoreError where it needs a secret.
    """
    bare = Bare()
    if by == bare.name:
        return bare.unwrap(wrapped, bound_to)
    if by != wrapping.name:
        raise StoreError(
            "The key store was made with a secret, and UNRANKED_KEYS_SECRET is not set.",
            hint="Set UNRANKED_KEYS_SECRET, or UNRANKED_KEYS_SECRET_FILE, to that secret.",
        )
    return wrapping.unwrap(wrapped, bound_to)
