"""Copies of the key store that do not live long, so that erasing somebody reaches them as well."""

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from unranked.errors import StoreError
from unranked.store.keys import KeyStore

_BESIDE = ("", "-wal", "-shm", "-journal")
_NAME = re.compile(r"unranked-keys-(\d{8}T\d{6})Z\.db(\.part)?(-wal|-shm|-journal)?")
_TIME = "%Y%m%dT%H%M%S"


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that was written, and how many older ones were deleted."""

    path: Path
    deleted: int


def write(keys: KeyStore, folder: Path, *, now: datetime, keep: timedelta) -> Backup:
    """Write a copy into a folder, and delete the copies there that are older than `keep`.

    Only files that bear the name of such a copy are deleted. Raises StoreError for no folder.
    """
    if not folder.is_dir():
        raise StoreError(
            "There is no such folder for backups of the key store.",
            hint="Make it, for the service's user alone (mode 0700), and name it again.",
        )
    path = folder / f"unranked-keys-{now.astimezone(UTC):{_TIME}}Z.db"
    part = path.with_name(f"{path.name}.part")
    try:
        _unlink(part)
        try:
            keys.copy_to(part)
            os.replace(part, path)  # noqa: PTH105 - a copy is there whole, or not at all
        finally:
            _unlink(part)
        return Backup(path, _delete_old(folder, now - keep))
    except OSError as error:
        raise StoreError(
            f"The backup of the key store cannot be written ({error.strerror}).",
            hint="Check that the folder may be written, and that there is space.",
        ) from None


def _unlink(part: Path) -> None:
    """Delete a copy that is not whole, with all that SQLite wrote beside it."""
    for end in _BESIDE:
        part.with_name(f"{part.name}{end}").unlink(missing_ok=True)


def _delete_old(folder: Path, before: datetime) -> int:
    """Delete what was made before then, of a backup that was killed as well; return how many."""
    deleted = 0
    for path in sorted(folder.iterdir()):
        made = _made_at(path.name)
        if made is not None and made < before and not path.is_dir():
            path.unlink(missing_ok=True)
            deleted += 1
    return deleted


def _made_at(name: str) -> datetime | None:
    """Return when a copy of that name was made; None where it is no copy's, or names no time."""
    named = _NAME.fullmatch(name)
    try:
        return datetime.strptime(named[1], _TIME).replace(tzinfo=UTC) if named else None
    except ValueError:
        return None
