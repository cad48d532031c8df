"""What is said of a campaign: every interval has one word, and the first that decides stands."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unranked.domain.experiments import Counts, Interval, Spread, estimate
from unranked.domain.looks import Look, Plan, take_look
from unranked.domain.verdicts import Persistence, Word, read_persistence, verdict, word_of

ends = st.floats(-1, 1)
intervals = st.tuples(ends, ends).map(
    lambda two: Interval(min(two), (two[0] + two[1]) / 2, max(two))
)
LASTS = Persistence(Interval(0.01, 0.05, 0.09))
FADES = Persistence(Interval(-0.01, 0.03, 0.07))


def looked(*found, last=False):
    """Return looks that found these intervals. last: of the plan, the newest one."""
    return [
        Look(number, Counts(50, 9, 50, 9), number / 9, 3.0, one, last and number == len(found))
        for number, one in enumerate(found, 1)
    ]


def between(low, high):
    return Interval(low, (low + high) / 2, high)


@given(intervals)
def test_every_interval_has_exactly_one_word(found):
    said = {
        Word.HARMFUL: found.high < 0,
        Word.WORKS: found.low > 0,
        Word.NOT_WORTH_IT: found.low <= 0 <= found.high < 0.02,
        Word.TOO_EARLY: found.low <= 0 and found.high >= 0.02,
    }

    assert [word for word, holds in said.items() if holds] == [word_of(found)]


@given(intervals)
def test_at_the_end_date_too_early_becomes_cannot_tell_and_nothing_else_changes(found):
    before, after = word_of(found), word_of(found, over=True)

    assert after is (Word.CANNOT_TELL if before is Word.TOO_EARLY else before)


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [
        (0.0, 0.3, Word.TOO_EARLY),
        (1e-9, 0.3, Word.WORKS),
        (1e-9, 0.019, Word.WORKS),
        (-0.3, 0.0, Word.NOT_WORTH_IT),
        (-0.3, -1e-9, Word.HARMFUL),
        (-0.3, 0.02, Word.TOO_EARLY),
        (-0.3, 0.0199, Word.NOT_WORTH_IT),
    ],
)
def test_the_words_have_these_edges(low, high, word):
    assert word_of(between(low, high)) is word


@pytest.mark.parametrize(
    ("number", "word"), [(4, Word.TOO_EARLY), (8, Word.WORKS), (12, Word.WORKS)]
)
def test_the_worked_campaign_is_said_as_in_the_table(number, word):
    boundaries = {4: 3.717, 8: 2.580, 12: 2.093}
    found = estimate(Counts(200, 44, 200, 20)).interval(boundaries[number])

    assert word_of(found, over=number == 12) is word


def test_without_a_look_it_is_too_early_and_at_the_end_nobody_can_tell():
    assert word_of(None) is verdict([]).word is Word.TOO_EARLY
    assert word_of(None, over=True) is verdict([], over=True).word is Word.CANNOT_TELL
    assert verdict([]).look is None


def test_the_first_look_that_decides_gives_the_word_and_keeps_it():
    unsure, works, harms = between(-0.1, 0.2), between(0.01, 0.2), between(-0.2, -0.01)
    taken = looked(unsure, works, unsure, harms)

    assert verdict(taken[:1]).word is Word.TOO_EARLY
    for so_far in (taken[:2], taken[:3], taken):
        assert verdict(so_far).word is Word.WORKS
        assert verdict(so_far).look == taken[1]
    assert verdict(taken, over=True).word is Word.WORKS


def test_an_unsure_campaign_says_its_newest_look():
    taken = looked(between(-0.3, 0.3), between(-0.1, 0.2))

    assert verdict(taken).look == taken[-1]
    assert verdict(taken).word is Word.TOO_EARLY
    assert verdict(taken, over=True).word is Word.CANNOT_TELL
    done = looked(between(-0.3, 0.3), between(-0.1, 0.2), last=True)
    assert verdict(done).word is Word.CANNOT_TELL


def test_a_win_that_does_not_last_is_called_brought_forward():
    taken = looked(between(0.01, 0.2))

    assert verdict(taken).word is Word.WORKS
    assert verdict(taken, persistence=LASTS).word is Word.WORKS
    assert verdict(taken, persistence=FADES).word is Word.BROUGHT_FORWARD
    assert verdict(taken, persistence=Persistence(None)).word is Word.BROUGHT_FORWARD
    assert verdict(taken, persistence=FADES).persistence == FADES


@pytest.mark.parametrize("found", [between(-0.2, -0.1), between(-0.2, 0.01), between(-0.2, 0.2)])
def test_what_lasts_turns_nothing_else_into_a_win(found):
    taken = looked(found)

    for read in (LASTS, FADES, Persistence(None)):
        said = verdict(taken, over=True, persistence=read)
        assert said.word is word_of(found, over=True)
        assert said.persistence == read


@given(st.lists(intervals, max_size=5), st.booleans(), st.sampled_from([None, LASTS, FADES]))
def test_every_campaign_has_a_word_and_none_that_decided_takes_it_back(found, over, read):
    taken = looked(*found)
    said = verdict(taken, over=over, persistence=read)

    assert (said.word is Word.TOO_EARLY) <= (not over)
    assert (said.word is Word.CANNOT_TELL) <= over
    if said.word.decides:
        assert verdict([*taken, *looked(between(-0.9, 0.9))], persistence=read).word is said.word
    assert said.word.decides == any(word_of(one).decides for one in found)


def test_persistence_is_one_look_with_the_plain_interval():
    counts = Counts(200, 44, 200, 20)
    read = read_persistence(counts)

    assert read.interval == estimate(counts).interval(1.96)
    assert read.shown
    assert not read_persistence(Counts(200, 21, 200, 20)).shown
    assert read_persistence(Counts(200, 20, 200, 44)).interval.high < 0
    assert not read_persistence(Counts(200, 20, 200, 44)).shown


def test_of_teams_persistence_is_less_sure():
    alone = read_persistence(Counts(200, 34, 200, 20)).interval
    teams = read_persistence(Counts(200, 34, 200, 20), Spread(2.0, 40)).interval

    assert teams.low < alone.low < 0.01
    assert teams.high > alone.high


@pytest.mark.parametrize(
    "few", [Counts(19, 9, 40, 9), Counts(40, 5, 40, 4), Counts(40, 40, 40, 35), Counts(0, 0, 0, 0)]
)
def test_persistence_of_few_is_not_said(few):
    assert read_persistence(few) == Persistence(None)
    assert not read_persistence(few).shown


def test_a_small_campaign_cannot_tell():
    plan = Plan(60, 0.5, (date(2026, 11, 2), date(2026, 11, 2) + timedelta(days=7)))
    look = take_look(plan, [], 2, Counts(30, 8, 30, 5))

    assert verdict([look]).word is Word.CANNOT_TELL
    assert verdict([], over=True).word is Word.CANNOT_TELL
