"""A signal that ends a job which runs by itself, in the main thread, wherever it is."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SHELL = 128  # a shell's number for a process that a signal ended


class EndedError(KeyboardInterrupt):
    """The process is to end. Drivers know this kind of error, and cancel what they wait for."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = _SHELL + number


@contextmanager
def raising() -> Iterator[None]:
    """Raise EndedError at SIGTERM and SIGINT; put back what they did before at the end."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def end(number: int, frame: FrameType | None) -> None:
        del frame
        # Some supervisors send it twice: what is tidied up now is not to be cut off. A second
        # Ctrl-C ends at once.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        raise EndedError(number)

    for number in before:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number, what in before.items():
            signal.signal(number, what)
