"""A provider's own words that only keep rows apart, such as a project's id: stored as a keyed hash.

Nothing reads them, and whoever knows the provider's console could tell by them whose a row is. So
could a digest of a day tell, to whoever tries out ids. Their key is the lasting one: what is read
again a year later is still the same.
"""

from collections.abc import Callable
from functools import cache

from unranked.store import Tx, ring, sealing


def hider(tx: Tx) -> Callable[[str], str]:
    """Return what hides a word: 16 hexadecimal digits, always the same; empty for an empty one."""
    use = ring.of(tx)
    use.bind()
    key = sealing.derived(use.keys.lasting(), "provider words")

    @cache
    def hide(word: str) -> str:
        return word and sealing.digest_of(key, word)

    return hide
