"""What goes wrong at the made-up providers by itself: figures that are late, a key that expires."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from unranked.demo.company_people import ANTHROPIC, OPENAI
from unranked.demo.company_usage import midnight

_EVERY_DAYS = 30
_SECOND_MONTH = (31, 55)
_UNTIL_RENEWED = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class Late:
    """From `start` on a provider's figures stand still until they are `by` late, up to `end`."""

    start: datetime
    end: datetime
    by: timedelta


@dataclass(frozen=True, slots=True)
class Expired:
    """A provider's key is refused from `start` to `end`, when somebody has renewed it."""

    tool: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Troubles:
    """All of them. late: by provider, in order."""

    late: Mapping[str, tuple[Late, ...]] = field(default_factory=dict)
    expired: Expired | None = None

    def shown_at(self, tool: str, now: datetime) -> datetime:
        """Return the moment whose figures a provider shows at `now`. It never goes back."""
        return min(
            (
                max(late.start, now - late.by)
                for late in self.late.get(tool, ())
                if late.start <= now < late.end
            ),
            default=now,
        )

    def refuses_key(self, tool: str, now: datetime) -> bool:
        """Say whether a provider refuses its key at `now`."""
        one = self.expired
        return one is not None and one.tool == tool and one.start <= now < one.end


NO_TROUBLES = Troubles()


def troubles_of(rng: Random, *, today: date, ends: date) -> Troubles:
    """Return the troubles of the days after `today`: each provider is late about once a month."""
    late = {tool: tuple(_late(rng, today, ends)) for tool in (ANTHROPIC, OPENAI)}
    tool = rng.choice((ANTHROPIC, OPENAI))
    start = midnight(today) + timedelta(days=rng.randint(*_SECOND_MONTH), hours=rng.randrange(24))
    renewed = start + _UNTIL_RENEWED + timedelta(hours=rng.randint(-12, 12))
    expires = renewed.date() <= ends
    return Troubles(late, Expired(tool, start, renewed) if expires else None)


def _late(rng: Random, today: date, ends: date) -> Iterator[Late]:
    day = today + timedelta(days=rng.randint(3, _EVERY_DAYS))
    while day < ends:
        start = midnight(day) + timedelta(hours=rng.randrange(24))
        lasts = timedelta(hours=rng.randint(24, 72))
        yield Late(start, start + lasts, timedelta(hours=rng.randint(24, 60)))
        day += timedelta(days=rng.randint(10, 2 * _EVERY_DAYS - 10))
