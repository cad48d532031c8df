"""What doctor says of the tips, from a year before they expire until they have."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from unranked.domain.segments import NUDGED
from unranked.domain.tip_risk import Risk
from unranked.domain.tips import State as TipState
from unranked.domain.tips import Words
from unranked.services import doctor_tips
from unranked.services.doctor import State
from unranked.store import Store, tips
from unranked.store.tips import StoredTip

LAST = date(2027, 11, 24)
"""The day by which every tip of the files is read again."""


def said(today, in_chat=()):
    lines = list(doctor_tips.lines(in_chat, today))
    assert all(hint for state, _, hint in lines if state is not State.OK)
    return [(state, words) for state, words, _ in lines]


def test_all_is_well_until_thirty_days_before_the_first_one_expires():
    fine = "All that are in use may be sent, the first of them until 2027-11-24."

    assert said(LAST - timedelta(days=31)) == [(State.OK, fine)]
    assert said(LAST - timedelta(days=31), None) == [(State.OK, fine)]
    ((state, words),) = said(LAST - timedelta(days=30))
    assert (state, words) == (
        State.OFF,
        "Tips of Unranked itself that expire soon: 28, the first on 2027-11-24.",
    )
    assert said(LAST) == [(state, words)]


def test_where_no_tip_is_left_for_a_segment_something_is_wrong():
    after = said(LAST + timedelta(days=1), [("lapsed", date(2028, 3, 1))])

    wrong = [words for state, words in after if state is State.WRONG]
    assert len(wrong) == len(NUDGED) - 1
    assert not any("lapsed" in words for words in wrong)
    expired = "Tips of Unranked itself that have expired, so that nobody gets them: 28."
    assert (State.OFF, expired) in after


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (-1, "Tips written in chat that have expired, so that nobody gets them: 1."),
        (0, "Tips written in chat that expire soon: 1, the first on 2026-11-30."),
        (30, "Tips written in chat that expire soon: 1, the first on 2026-12-30."),
        (31, "All that are in use may be sent, the first of them until 2026-12-31."),
    ],
)
def test_tips_that_were_written_in_chat_are_looked_at_too(days, expected):
    today = date(2026, 11, 30)

    assert [words for _, words in said(today, [("lapsed", today + timedelta(days=days))])] == [
        expected
    ]


def test_only_what_is_in_use_is_looked_at_and_no_word_of_it_is_said(unranked, url):
    today = datetime.now().astimezone().date()
    zebra = Words("Zebra", "Zebra task.", "Zebra.", "Zebra.")
    tip = StoredTip(
        "t-1",
        0,
        TipState.IN_USE,
        "lapsed",
        "Zebra team",
        today - timedelta(days=2),
        Risk.LOW,
        "Zebra.",
        "Zebra.",
        today,
        {"en": zebra},
    )
    store = Store.open(url)
    store.migrate()
    with store.write() as tx:
        tips.add(tx, tip)
        tips.add(tx, replace(tip, tip_key="t-2", state=TipState.RETIRED))
    store.close()

    _, out, errors = unranked("doctor")
    assert "tips: Tips written in chat that have expired, so that nobody gets them: 1." in out
    assert "ebra" not in out + errors
