"""T2, non-interference: what one person sees is the same, byte for byte, whatever others do.

Coverage is held equal, as method.md 4.1 says: it is computed once, for everybody.
"""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import takewhile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from own_ledger import NOW, TOOLS, Entry, own_ledger, weeks_before

from bot.views import home as views
from bot.views import modal
from unranked import text
from unranked.channels import blocks
from unranked.domain.pulse import MINUTES
from unranked.services import choices, corrections, export, forms, home
from unranked.services.choices import Asker
from unranked.store import checkins, usage
from unranked.store.checkins import Answer

OTHERS = ("p-bob", "p-eve", "p-mia")
LAST = date(2026, 3, 4)

days = st.integers(0, 120).map(lambda back: LAST - timedelta(days=back))
counts = st.sampled_from([0, 7, 120_000, 9_000_000])
entries = st.builds(
    Entry,
    tool=st.sampled_from(TOOLS),
    day=days,
    model=st.sampled_from(["claude-opus-4-5", "gpt-5", "nobody-knows-1"]),
    n_in=counts,
    n_out=counts,
    n_cw5=counts,
    cost=st.sampled_from(["0", "3", "40", "-5"]).map(Decimal),
)
own = st.tuples(
    st.lists(entries, max_size=6),
    st.lists(st.one_of(st.none(), st.sampled_from([*MINUTES.values()])), max_size=28),
)
whose = st.sampled_from(OTHERS)
doings = st.lists(
    st.one_of(
        st.tuples(st.just("use"), whose, entries),
        st.tuples(st.just("say"), whose, st.sampled_from([*MINUTES.values(), None])),
        st.tuples(st.just("finish"), whose, days),
        st.tuples(st.just("choose"), whose, st.sampled_from(["stop", "fewer", "no_hints"])),
        st.tuples(st.just("disclaim"), whose, st.sampled_from(TOOLS)),
    ),
    max_size=8,
)
careful = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    folder = tmp_path_factory.mktemp("apart")
    with own_ledger(f"sqlite:///{folder / 'own.db'}", OTHERS) as made:
        yield made


def put(ledger, rows, report, done):
    """Make the world: what the person did and said, and what others did."""
    minutes = dict(zip(reversed(weeks_before(28)), report, strict=False))
    ledger.is_now(rows, minutes, finished={LAST: 5})
    runtime = ledger.runtime
    for what, other, value in done:
        if what == "use":
            ledger.adds(other, value)
        elif what == "finish":
            ledger.finishes(other, value, 3)
        elif what == "say":
            with runtime.store.write() as tx:
                for week in weeks_before(9):
                    checkins.put(tx, other, Answer(week, value), on=NOW.date())
        elif what == "choose":
            choices.press(runtime, Asker(other), value)
        else:
            corrections.not_mine(runtime, Asker(other), f"a-{value}-{other}")


def seen(ledger):
    """Return everything that the person sees, as bytes."""
    runtime, asker = ledger.runtime, Asker(ledger.person)
    shown = []
    for language in text.LANGUAGES:
        with text.spoken(language):
            messages = ledger.surfaces().values()
            shown.append([(blocks.blocks(one), blocks.text(one)) for one in messages])
            shown.append(views.page(home.page(runtime, asker)))
            shown.append(
                [
                    modal.form(made)
                    for name in forms.NAMES
                    if (made := forms.form(runtime, asker, name))
                ]
            )
    shown.append(export.document(runtime, ledger.person).decode())
    return json.dumps(shown, sort_keys=True).encode()


def others_change_nothing(ledger, mine, some, more):
    rows, report = mine
    put(ledger, rows, report, some)
    first = seen(ledger)
    put(ledger, rows, report, more)

    assert differs(first, seen(ledger)) is None


def differs(one, other):
    """Return where two answers begin to differ, None where they are alike.

    Left to pytest, the comparison of two so long texts takes half a minute.
    """
    if one == other:
        return None
    same = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    at = sum(1 for _ in same)
    return one[at : at + 200], other[at : at + 200]


@careful
@given(own, doings, doings)
def test_t2_nothing_that_a_person_sees_depends_on_what_others_do(ledger, mine, some, more):
    others_change_nothing(ledger, mine, some, more)


def test_t2_fails_where_everybodys_use_is_read(ledger, monkeypatch):
    of_one = usage.of_person

    def of_everybody(tx, person, *which):
        return [row for one in (person, *OTHERS) for row in of_one(tx, one, *which)]

    monkeypatch.setattr(usage, "of_person", of_everybody)
    used = [("use", "p-bob", Entry(TOOLS[0], week, cost=Decimal(40))) for week in weeks_before(8)]
    with pytest.raises(AssertionError):
        others_change_nothing(ledger, ([], [90] * 8), [], used)


def test_t2_fails_where_everybodys_answers_are_read(ledger, monkeypatch):
    of_one = checkins.answers

    def of_everybody(tx, person, *more):
        found = [of_one(tx, one, *more) for one in (person, *OTHERS)]
        return {week: it for said in found for week, it in said.items()}

    monkeypatch.setattr(checkins, "answers", of_everybody)
    with pytest.raises(AssertionError):
        others_change_nothing(ledger, ([], []), [], [("say", "p-bob", 90)])


def test_what_the_person_does_is_seen(ledger):
    weekly = [Entry(TOOLS[0], week, cost=Decimal(5)) for week in weeks_before(8)]
    put(ledger, weekly, [90] * 8, [])
    first = seen(ledger)
    put(ledger, [replace(one, cost=Decimal(6)) for one in weekly], [90] * 8, [])

    assert seen(ledger) != first
