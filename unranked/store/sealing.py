"""Seals single values so that only their key opens them, and marks them so that they can be found.

Nothing here knows where keys come from, and nothing keeps one: `keys` does. AES-256-GCM by
`cryptography`; what a value is about is bound into it, so that it opens nowhere else. A mark is a
keyed hash: equal values have equal marks, and who has not the key can test no guess.
"""

import hashlib
import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from unranked.errors import StoreError

KEY_BYTES = 32
_NONCE_BYTES = 12
_MARK_BYTES = 16
_BLOCK = 128
"""A value is filled up to a multiple of so many bytes: else its length would tell whose it is."""

_SHORT_BLOCK = 32
"""The same for words, of which there are few kinds, such as departments and zones."""

_END = b"\x80"


def new_key() -> bytes:
    """Return a new random key."""
    return os.urandom(KEY_BYTES)


def about(*parts: str) -> bytes:
    """Return what a value is bound to. Two different lists of parts never give the same bytes."""
    encoded = (part.encode("utf-8", "surrogatepass") for part in parts)
    return b"".join(len(one).to_bytes(4) + one for one in encoded)


def seal(key: bytes, value: bytes, bound_to: bytes) -> bytes:
    """Return the bytes so that only the key, and what they are bound to, open them."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, value, bound_to)


def unseal(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    """Return what was sealed. Raises StoreError for another key, or where it was changed."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError):
        raise refused() from None


def seal_text(key: bytes, value: str, bound_to: bytes) -> bytes:
    """Return a text sealed, so that its length does not show either."""
    return seal(key, _filled_up(value, _BLOCK), bound_to)


def unseal_text(key: bytes, sealed: bytes, bound_to: bytes) -> str:
    """Return the text that was sealed. Raises StoreError as `unseal` does."""
    try:  # as `unseal`, but in one step: this is done for everybody at once
        filled = AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError):
        raise refused() from None
    return _text(filled)


def mark(key: bytes, bound_to: bytes) -> str:
    """Return the keyed hash of what is bound, in hexadecimal digits."""
    return hmac.digest(key, bound_to, "sha256")[:_MARK_BYTES].hex()


def derived(key: bytes, purpose: str, *, many: int = KEY_BYTES) -> bytes:
    """Return another key for one purpose: who has it does not have the first one."""
    info = f"unranked {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=many, salt=None, info=info).derive(key)


def refused() -> StoreError:
    """Return the error of a value that its key does not open. It says nothing of the value."""
    return StoreError(
        "A sealed value cannot be opened: it was changed, or moved from another row, or its key "
        "is not the one that it was sealed with.",
        hint="Restore the database from a backup, and check that UNRANKED_KEYS_URL names the key "
        "store that belongs to it: see docs/keys.md.",
    )


@dataclass(frozen=True, slots=True)
class Generation:
    """The keys of the whole installation between two rotations. Each is made from one root key.

    keys: for the keys of subjects. index: for marks. words: for what the team typed. alike: for
    words that many people share, of which equal ones stay equal, so that the database can count
    and group by them.
    """

    number: int
    of_keys: bytes = field(repr=False)
    keys: AESGCM = field(repr=False)
    index: bytes = field(repr=False)
    words: AESGCM = field(repr=False)
    alike: AESSIV = field(repr=False)

    @classmethod
    def of(cls, number: int, root: bytes) -> "Generation":
        """Return the generation with that root."""
        return cls(
            number,
            about("key", str(number)),
            AESGCM(root),
            derived(root, "index"),
            AESGCM(derived(root, "words")),
            AESSIV(derived(root, "alike", many=2 * KEY_BYTES)),
        )

    def seal_key(self, key: bytes, subject: str) -> bytes:
        """Return the key of a subject as it stands in the key store."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self.keys.encrypt(nonce, key, self.of_keys + subject.encode())

    def unseal_key(self, sealed: bytes, subject: str) -> bytes:
        """Return the key of a subject. Raises StoreError where it was changed or is another's."""
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self.keys.decrypt(nonce, rest, self.of_keys + subject.encode())
        except (InvalidTag, ValueError):
            raise refused() from None

    def seal_words(self, value: str, column: str) -> str:
        """Return words as a text for that column; the same words never give the same text."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self.words.encrypt(nonce, _filled_up(value, _SHORT_BLOCK), about(column))
        return self._written("s", nonce + sealed)

    def seal_alike(self, value: str, column: str) -> str:
        """Return words as a text for that column; the same words always give the same text."""
        return self._written("a", self.alike.encrypt(_filled_up(value, _SHORT_BLOCK), _of(column)))

    def unseal_written(self, written: "Written", column: str) -> str:
        """Return the words. Raises StoreError where they were changed, or are another column's."""
        sealed = written.sealed
        try:
            if written.kind == "a":
                return _text(self.alike.decrypt(sealed, _of(column)))
            nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
            return _text(self.words.decrypt(nonce, rest, about(column)))
        except (InvalidTag, ValueError):
            raise refused() from None

    def _written(self, kind: str, sealed: bytes) -> str:
        return f"{prefix(kind, self.number)}{urlsafe_b64encode(sealed).decode()}"


@dataclass(frozen=True, slots=True)
class Written:
    """Sealed words as they stand in a column. kind: `s`, or `a` for what is alike."""

    kind: str
    generation: int
    sealed: bytes = field(repr=False)

    @classmethod
    def read(cls, text: str) -> "Written":
        """Return what stands in a column. Raises StoreError for anything that was not sealed."""
        kind, _, rest = text.partition("1.")
        number, _, encoded = rest.partition(".")
        if kind not in {"s", "a"} or not (number.isascii() and number.isdecimal()):
            raise refused()
        try:
            return cls(kind, int(number), urlsafe_b64decode(encoded))
        except (NotBase64, ValueError):
            raise refused() from None


def prefix(kind: str, generation: int) -> str:
    """Return how the words of a generation begin in their column."""
    return f"{kind}1.{generation}."


def digest_of(key: bytes, what: str) -> str:
    """Return a short keyed digest of a provider's own word: always the same, and tells nothing."""
    encoded = what.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(encoded, key=key, digest_size=8).hexdigest()


def _of(column: str) -> list[bytes]:
    return [about(column)]


def _filled_up(value: str, block: int) -> bytes:
    encoded = value.encode("utf-8", "surrogatepass") + _END
    return encoded + b"\0" * (-len(encoded) % block)


def _text(filled_up: bytes) -> str:
    return filled_up.rstrip(b"\0")[: -len(_END)].decode("utf-8", "surrogatepass")
