"""What stands between the program and the real world's time and chance.

Pacing, schedule and keys obey these values, so that a year can be played in a minute and a test
draws the same keys twice. Only `bootstrap` and the demo make them.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

Clock = Callable[[], datetime]
"""Returns the present as an aware UTC time."""

Sleeper = Callable[[float], None]
"""Waits for a number of seconds."""


@dataclass(frozen=True)
class Ids:
    """The source of random keys. The keys mean nothing and lead nowhere without the vault."""

    random_bytes: Callable[[int], bytes] = secrets.token_bytes

    def key(self, prefix: str) -> str:
        """Return a new key such as `p-6f1d2c0a9b8e7f45`: a prefix and 64 random bits."""
        return self.keys(prefix, 1)[0]

    def keys(self, prefix: str, many: int) -> list[str]:
        """Return so many new keys; their bits are asked for once."""
        bits = self.random_bytes(8 * many).hex() if many else ""
        return [f"{prefix}-{bits[at : at + 16]}" for at in range(0, len(bits), 16)]

    def salt(self) -> bytes:
        """Return 32 random bytes, for one campaign's assignment (F12)."""
        return self.random_bytes(32)
