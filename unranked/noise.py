"""Noise for strict mode: the discrete Laplace mechanism. The only import of OpenDP.

OpenDP draws from the system's own source of chance, without the leaks of floating-point numbers,
and reports itself how much a draw may tell. Source: method.md 4.7.
"""

from collections.abc import Callable

from unranked.errors import ConfigError

Noise = Callable[[int], int]
"""Returns a count with noise added, drawn anew each time: a draw is stored and never repeated."""


def laplace(epsilon: float) -> Noise:
    """Return noise by which one person more or less tells at most `epsilon` of themselves.

    Raises ConfigError where OpenDP is not installed.
    """
    try:
        import opendp.prelude as dp  # noqa: PLC0415 - 47 MB that only strict mode needs
    except ImportError:
        raise ConfigError(
            "UNRANKED_STRICT_PRIVACY is on, and OpenDP is not installed.",
            hint="In the folder of the code run `pip install '.[strict]'` with the pip that "
            "installed Unranked, or turn UNRANKED_STRICT_PRIVACY off.",
        ) from None
    dp.enable_features("contrib")
    domain, distance = dp.atom_domain(T=int), dp.absolute_distance(T=int)
    measured = dp.m.make_laplace(domain, distance, scale=1 / epsilon)
    if measured.map(1) > epsilon:  # type: ignore[no-untyped-call]  # OpenDP does not type it
        raise ConfigError(
            "The noise would tell more than strict mode allows.",
            hint="Install the version of OpenDP that Unranked names.",
        )

    def noisy(count: int) -> int:
        return int(measured(count))

    return noisy
