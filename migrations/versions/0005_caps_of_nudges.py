"""The caps on nudges, held by the database itself: method.md 3.7, over all campaigns.

A nudge that would come within 14 days of another one, beside one that waits, or as the fourth
within 92 days, cannot be stored, by whatever program. Nor can one that may go out before the time
for which the caps were asked. A message that has ended is not brought back, and no other kind of
message becomes a nudge.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_SQLITE = (
    """
    CREATE TRIGGER outbox_caps BEFORE INSERT ON outbox
    WHEN NEW.kind = 'nudge' AND NEW.state NOT IN ('skipped', 'failed')
    BEGIN
        SELECT RAISE(ABORT, 'This nudge is above the caps of the person.')
        FROM (
            SELECT count(*) AS near, max(o.finished_at IS NULL) AS waits,
                min(abs(julianday(NEW.created_at)
                    - julianday(coalesce(o.finished_at, o.created_at)))) AS days
            FROM outbox AS o
            WHERE o.person_key = NEW.person_key AND o.kind = 'nudge'
                AND o.state NOT IN ('skipped', 'failed')
                AND (o.finished_at IS NULL OR abs(julianday(NEW.created_at)
                    - julianday(o.finished_at)) < 92 - 1e-6)
        )
        WHERE waits OR days < 14 - 1e-6 OR near >= 3 OR NEW.not_before < NEW.created_at;
    END
    """,
    """
    CREATE TRIGGER outbox_ended BEFORE UPDATE OF state, kind ON outbox
    WHEN OLD.kind <> NEW.kind
        OR (OLD.state IN ('sent', 'skipped', 'failed') AND OLD.state <> NEW.state)
    BEGIN
        SELECT RAISE(ABORT, 'A message that has ended stays as it is, and its kind too.');
    END
    """,
)

# Two writers would not see each other's rows, so they wait for one another; and each must see what
# the other one stored meanwhile, which one fixed view of the database would hide.
_POSTGRESQL = (
    """
    CREATE FUNCTION outbox_caps() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT 1 FROM fresh WHERE kind = 'nudge' AND state NOT IN ('skipped', 'failed')
        ) THEN
            RETURN NULL;
        END IF;
        IF current_setting('transaction_isolation') = 'repeatable read' THEN
            RAISE EXCEPTION 'Nudges are not stored under REPEATABLE READ.'
                USING ERRCODE = 'check_violation';
        END IF;
        PERFORM pg_advisory_xact_lock(7265311);
        IF EXISTS (
            SELECT 1 FROM fresh
            WHERE kind = 'nudge' AND state NOT IN ('skipped', 'failed') AND not_before < created_at
        ) OR EXISTS (
            SELECT 1
            FROM fresh AS n
            JOIN outbox AS o ON o.person_key = n.person_key AND o.key <> n.key
            WHERE n.kind = 'nudge' AND n.state NOT IN ('skipped', 'failed')
                AND o.kind = 'nudge' AND o.state NOT IN ('skipped', 'failed')
                AND (o.finished_at IS NULL
                    OR abs(extract(epoch FROM n.created_at - o.finished_at)) < 92 * 86400)
            GROUP BY n.key
            HAVING bool_or(o.finished_at IS NULL) OR count(*) >= 3
                OR min(abs(extract(epoch FROM n.created_at - o.finished_at))) < 14 * 86400
        ) THEN
            RAISE EXCEPTION 'This nudge is above the caps of the person.'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER outbox_caps AFTER INSERT ON outbox
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION outbox_caps()
    """,
    """
    CREATE FUNCTION outbox_ended() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'A message that has ended stays as it is, and its kind too.'
            USING ERRCODE = 'check_violation';
    END $$
    """,
    """
    CREATE TRIGGER outbox_ended BEFORE UPDATE OF state, kind ON outbox
    FOR EACH ROW WHEN (OLD.kind <> NEW.kind
        OR (OLD.state IN ('sent', 'skipped', 'failed') AND OLD.state <> NEW.state))
    EXECUTE FUNCTION outbox_ended()
    """,
)


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in _POSTGRESQL if postgresql else _SQLITE:
        op.execute(statement)


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name in ("outbox_caps", "outbox_ended"):
        op.execute(f"DROP TRIGGER {name}" + (" ON outbox" if postgresql else ""))
        if postgresql:
            op.execute(f"DROP FUNCTION {name}()")
