"""What a thief finds: every byte of a database and of its key store, and a word in any spelling."""

import base64
import hashlib
import json
import subprocess
from pathlib import Path

from postgres import binaries

from unranked.store import file_of

_BESIDE = ("", "-wal", "-shm", "-journal")


def database(store) -> bytes:
    """Return every byte of the database's files, or what `pg_dump` writes of a PostgreSQL."""
    url = store._engine.url.render_as_string(hide_password=False)
    path = file_of(url)
    return _files(path) if path is not None else dumped(url)


def key_store(store) -> bytes:
    """Return every byte of the key store's files, or its dump."""
    url = store.keys._place.url
    path = file_of(url)
    return _files(path) if path is not None else dumped(url)


def dumped(url: str) -> bytes:
    """Return a PostgreSQL database as `pg_dump` writes it."""
    plain = url.replace("postgresql+psycopg://", "postgresql://")
    return subprocess.run(
        [binaries() / "pg_dump", "--dbname", plain],
        check=True,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
    ).stdout


def _files(path: Path) -> bytes:
    beside = (path.with_name(f"{path.name}{end}") for end in _BESIDE)
    return b"".join(one.read_bytes() for one in beside if one.exists())


def found(words, where: bytes) -> list[str]:
    """Return which of the words stand in the bytes: as text, encoded, or as a plain hash."""
    folded = where.lower()
    return [
        word
        for word in words
        if any(one in where for one in encoded(word))
        or any(one in folded for one in in_digits(word))
    ]


def encoded(word: str) -> set[bytes]:
    """Return a word's own bytes, as UTF-8 and UTF-16, and these in base64 wherever it begins."""
    plain = {word.encode("utf-8"), word.encode("utf-16-le"), word.encode("utf-16-be")}
    plain.add(json.dumps(word)[1:-1].encode())
    return plain | {one for text in plain for one in _base64(text)} | _hashes(word)


def in_digits(word: str) -> set[bytes]:
    """Return the same, and plain hashes of the word, in small hexadecimal digits."""
    plain = {word.encode("utf-8"), word.encode("utf-16-le"), word.encode("utf-16-be")}
    return {one.hex().encode() for one in plain | _hashes(word)}


def _base64(text: bytes) -> set[bytes]:
    # Whatever stands before it shifts it by up to two bytes; the ends mix with their neighbours.
    shifted = (base64.b64encode(b"\0" * shift + text) for shift in range(3))
    inner = {one[4 : len(one) - 4] for one in shifted}
    return {one for one in inner | {it.translate(_URL) for it in inner} if len(one) >= _LONG}


_LONG = 6
_URL = bytes.maketrans(b"+/", b"-_")


def _hashes(word: str) -> set[bytes]:
    text = word.encode()
    return {
        hashlib.md5(text, usedforsecurity=False).digest(),
        hashlib.sha1(text, usedforsecurity=False).digest(),
        hashlib.sha256(text).digest(),
        hashlib.blake2b(text).digest(),
        hashlib.blake2b(text, digest_size=8).digest(),
    }
