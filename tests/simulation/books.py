"""The database as an auditor reads it: by plain SQL of its own, on a connection of its own."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from threading import Lock
from typing import Any

from sqlalchemy import TextClause, create_engine, text
from sqlalchemy.engine import make_url


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message, the arm of whom it is for, and how its campaign is."""

    person_key: str
    campaign_key: str
    purpose: str
    created_at: datetime
    arm: str | None
    drawn_at: datetime | None
    state: str | None


class Books:
    """Reads what is committed, and writes nothing."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        self._engine = create_engine(parsed, isolation_level="AUTOCOMMIT")
        self._connection = self._engine.connect()
        self._one_at_a_time = Lock()

    def close(self) -> None:
        """Close every connection."""
        self._connection.close()
        self._engine.dispose()

    def ask(self, sql: str, **values: object) -> list[Any]:
        """Return the rows of a statement."""
        with self._one_at_a_time:
            return list(self._connection.execute(_written(sql), values))

    def message(self, key: str) -> MessageRow | None:
        """Return a message by its key."""
        rows = self.ask(
            "SELECT o.person_key, o.campaign_key, o.purpose, o.created_at, e.arm, e.enrolled_at,"
            " c.state FROM outbox o LEFT JOIN enrolment e ON e.campaign_key = o.campaign_key"
            " AND e.person_key = o.person_key LEFT JOIN campaign c"
            " ON c.campaign_key = o.campaign_key WHERE o.key = :key",
            key=key,
        )
        for person, campaign, purpose, created, arm, drawn, state in rows:
            return MessageRow(
                person, campaign, purpose, moment(created), arm, drawn and moment(drawn), state
            )
        return None

    def planned(self) -> dict[str, int]:
        """Return how many messages each campaign planned, as its arms count them."""
        return dict(
            self.ask(
                "SELECT c.campaign_key, coalesce(sum(CASE WHEN e.arm = 'nudge' THEN e.steps END),"
                " 0) FROM campaign c LEFT JOIN enrolment e ON e.campaign_key = c.campaign_key"
                " GROUP BY c.campaign_key"
            )
        )

    def states(self) -> dict[str, Counter[str]]:
        """Return how many messages of each campaign are in each state."""
        found: dict[str, Counter[str]] = {}
        for campaign, state, count in self.ask(
            "SELECT campaign_key, state, count(*) FROM outbox GROUP BY campaign_key, state"
        ):
            found.setdefault(campaign, Counter())[state] = count
        return found

    def reasons(self) -> dict[tuple[str, str], int]:
        """Return how many messages there are by state and reason."""
        rows = self.ask("SELECT state, reason, count(*) FROM outbox GROUP BY state, reason")
        return {(state, reason): count for state, reason, count in rows}

    def rows(self) -> list[Any]:
        """Return every message with its state and reason."""
        return self.ask("SELECT key, state, reason FROM outbox")

    def whom_it_waits_for(self) -> list[str]:
        """Return the keys of the people for whom something is queued."""
        rows = self.ask("SELECT person_key FROM outbox WHERE state = 'queued' ORDER BY person_key")
        return [row[0] for row in rows]

    def waiting(self) -> tuple[int, int]:
        """Return how many messages are queued or on their way, and how many in doubt."""
        found = dict(self.ask("SELECT state, count(*) FROM outbox GROUP BY state"))
        return found.get("queued", 0) + found.get("sending", 0), found.get("in_doubt", 0)

    def next_due(self, now: datetime) -> datetime | None:
        """Return when something may be done next, at the earliest."""
        rows = self.ask(
            "SELECT min(CASE WHEN o.claim <> '' AND o.claimed_until > o.not_before"
            " THEN o.claimed_until ELSE o.not_before END) FROM outbox o LEFT JOIN campaign c"
            " ON c.campaign_key = o.campaign_key WHERE o.state IN ('sending', 'in_doubt')"
            " OR (o.state = 'queued' AND coalesce(c.state, '') <> 'paused')"
        )
        if rows[0][0] is None:
            return None
        pauses = [moment(row[0]) for row in self.ask("SELECT paused_until FROM channelstate")]
        return max([now, moment(rows[0][0]), *pauses])

    def salts(self) -> dict[str, tuple[bytes, float]]:
        """Return the salt and the share held out of each campaign."""
        rows = self.ask("SELECT campaign_key, salt, holdout FROM campaign")
        return {key: (bytes(salt), share) for key, salt, share in rows}

    def written(self) -> set[str]:
        """Return the campaigns that the team wrote: those that the year's draw holds for."""
        return {row[0] for row in self.ask("SELECT campaign_key FROM campaign WHERE design <> ''")}

    def years(self) -> dict[int, bytes]:
        """Return the salt of each year's draw."""
        return {
            year: bytes(salt) for year, salt in self.ask("SELECT year, salt FROM programmedraw")
        }

    def arms(self) -> list[tuple[str, str, str, datetime]]:
        """Return every arm that was drawn."""
        rows = self.ask("SELECT campaign_key, person_key, arm, enrolled_at FROM enrolment")
        return [(campaign, person, arm, moment(at)) for campaign, person, arm, at in rows]


@cache
def _written(sql: str) -> TextClause:
    return text(sql)


def moment(value: Any) -> datetime:
    """Return a stored time as an aware one."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
