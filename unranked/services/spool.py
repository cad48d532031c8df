"""Pages kept outside memory until a window of days is there whole."""

import pickle
import tempfile
from collections.abc import Iterator
from typing import BinaryIO, cast

from unranked.connectors.base import Page

_MEMORY = 8 * 1024 * 1024


class Spool:
    """Pages kept outside memory, in a file that has no name and is gone when it is closed."""

    def __init__(self) -> None:
        self._file = cast("BinaryIO", tempfile.SpooledTemporaryFile(max_size=_MEMORY))  # noqa: SIM115 - closed by `close`

    @classmethod
    def of(cls, pages: Iterator[Page]) -> "Spool":
        """Keep all the pages. What fails half-way leaves nothing behind."""
        spool = cls()
        try:
            for page in pages:
                pickle.dump(page, spool._file, protocol=pickle.HIGHEST_PROTOCOL)
        except BaseException:
            spool.close()
            raise
        return spool

    def pages(self) -> Iterator[Page]:
        """Yield every page kept, from the first."""
        self._file.seek(0)
        while True:
            try:
                yield pickle.load(self._file)  # noqa: S301 - our own file, written a moment ago
            except EOFError:
                return

    def close(self) -> None:
        """Forget the pages."""
        self._file.close()
