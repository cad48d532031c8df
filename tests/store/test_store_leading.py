"""Who leads whom, asked of the database for one person: the same answer as from the whole chart."""

from datetime import UTC, date, datetime
from random import Random

from unranked.domain.people import PersonKind
from unranked.store import groups, leading, outbox, people, planned
from unranked.store.outbox import Kind
from unranked.store.people import StoredPerson
from unranked.store.planned import Planned

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
DAY = date(2026, 1, 1)


def somebody(random, number, of):
    """Return somebody who reports to anybody, perhaps to themselves, and is perhaps not there."""
    boss = random.choice([None, *(f"p{n}" for n in range(of))])
    kind = random.choice([PersonKind.MEMBER] * 4 + [PersonKind.GUEST])
    there = random.random() < 0.8
    return StoredPerson(f"p{number}", kind, there, "", "", "", boss, None, None, DAY)


def test_the_groups_of_one_person_are_those_of_the_chart(world_on):
    random = Random(5)
    seen = set()
    for _ in range(12):
        size = random.randrange(2, 12)
        made = [somebody(random, n, size) for n in range(size)]
        pairs = {(f"p{random.randrange(size)}", f"p{random.randrange(size)}") for _ in range(3)}
        with world_on.runtime.store.write() as tx:
            people.save(tx, [*made, *(gone(n) for n in range(size, 12))])
            leading.set_dotted_lines(tx, pairs)
            chart, here = groups.chart(tx), groups.present(tx)
            for one in made:
                key = one.person_key
                found = chart.units(key) if key in here else ()
                assert leading.units(tx, key) == found
                assert leading.leads(tx, key) is bool(found)
                seen.add(found)
    assert len(seen) >= 5


def gone(number):
    return StoredPerson(f"p{number}", PersonKind.MEMBER, False, "", "", "", None, None, None, DAY)


def message(key, person, kind):
    return Planned(key, f"{key}|", person, "slack", "{}", NOW, NOW, None, kind)


def test_only_what_nobody_touched_is_taken_back_and_can_be_planned_anew(world_on):
    untouched, held = message("m1", "ada", Kind.DIGEST), message("m2", "bo", Kind.DIGEST)
    tip, hers = message("m3", "ada", Kind.NUDGE), message("m4", "cy", Kind.DIGEST)
    with world_on.runtime.store.write() as tx:
        planned.plan(tx, [untouched, held, tip, hers])
        tx.exec_driver_sql("UPDATE outbox SET claim = 'x' WHERE key = 'm2'")
        tx.exec_driver_sql("UPDATE outbox SET attempts = 1 WHERE key = 'm4'")

        taken = [planned.take_back(tx, one, Kind.DIGEST) for one in ("ada", "bo", "cy", "di")]
        assert taken == [1, 0, 0, 0]
        assert outbox.owner(tx, "m3") == "ada"
        assert planned.plan(tx, [untouched, held, tip, hers]) == 1
