from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unranked.domain.calendar import Absence, WorkCalendar
from unranked.domain.consent import Choice, ChoiceMade, Consent, consent_of

calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
ONE_DAY = timedelta(days=1)


def made(choice, *, day=0, until=None):
    return ChoiceMade(choice, START + day * ONE_DAY, until)


def march(day):
    return date(2026, 3, day)


def test_nothing_chosen_means_the_ordinary_pace():
    consent = consent_of([])

    assert consent == Consent()
    assert (consent.nudge_gap, consent.nudges_per_quarter) == (timedelta(days=14), 3)
    assert not consent.declines_starting


def test_fewer_doubles_the_gap_and_leaves_one_a_quarter():
    consent = consent_of([made(Choice.FEWER)])

    assert (consent.nudge_gap, consent.nudges_per_quarter) == (timedelta(days=28), 1)


@pytest.mark.parametrize("later", [c for c in Choice if c not in {Choice.RESUME, Choice.AWAY}])
def test_stop_holds_until_resume_and_nothing_else_ends_it(later):
    stopped = [made(Choice.STOP), made(later, day=4000)]

    assert consent_of(stopped).stopped
    assert not consent_of([*stopped, made(Choice.RESUME, day=4001)]).stopped


@pytest.mark.parametrize("choice", [Choice.SOMETHING_ELSE, Choice.NOT_FOR_ME])
def test_who_uses_something_else_or_does_not_want_it_is_done_with_starting(choice):
    consent = consent_of([made(choice)])

    assert consent.declines_starting
    assert not consent.stopped


def test_resume_takes_back_all_that_made_it_quieter():
    quiet = [Choice.STOP, Choice.FEWER, Choice.SOMETHING_ELSE, Choice.NOT_FOR_ME]

    assert consent_of([*map(made, quiet), made(Choice.RESUME, day=1)]) == Consent()


def test_an_objection_is_not_taken_back_by_resume():
    objection = [made(Choice.OBJECT), made(Choice.RESUME, day=1)]

    assert consent_of(objection).objected
    assert not consent_of([*objection, made(Choice.OBJECT_NO_MORE, day=2)]).objected
    assert not consent_of([made(Choice.STOP)]).objected


def test_away_is_leave_until_the_first_day_back():
    away = made(Choice.AWAY, until=march(10))

    assert consent_of([away]).absences == (Absence(march(2), march(10)),)


def test_back_ends_leave_on_the_same_day():
    away = made(Choice.AWAY, until=march(10))

    assert consent_of([away, made(Choice.BACK, day=2)]).absences == (Absence(march(2), march(4)),)
    assert consent_of([away, made(Choice.BACK)]).absences == (Absence(march(2), march(10)),)
    assert consent_of([made(Choice.BACK)]).absences == ()


def test_back_within_the_same_day_leaves_no_leave():
    away = made(Choice.AWAY, until=march(10))
    back = ChoiceMade(Choice.BACK, START + timedelta(hours=1))

    assert consent_of([away, back]).absences == ()


def test_leave_that_is_over_stays_as_it_was():
    away = made(Choice.AWAY, until=march(5))

    assert consent_of([away, made(Choice.BACK, day=8)]).absences == (Absence(march(2), march(5)),)


@pytest.mark.parametrize("until", [6, 20])
def test_a_new_date_replaces_the_old_one(until):
    first, second = made(Choice.AWAY, until=march(10)), march(until)

    consent = consent_of([first, made(Choice.AWAY, day=2, until=second)])

    calendar = WorkCalendar(absences=consent.absences)
    away = [day for day in range(1, 31) if calendar.is_away(march(day))]
    assert away == list(range(2, until))


def test_away_until_a_day_in_the_past_is_being_back():
    away = made(Choice.AWAY, until=march(10))
    corrected = made(Choice.AWAY, day=3, until=march(3))

    assert consent_of([away, corrected]).absences == (Absence(march(2), march(5)),)


def test_resume_leaves_leave_alone():
    away = made(Choice.AWAY, until=march(10))

    assert consent_of([away, made(Choice.RESUME, day=1)]).absences


def test_of_two_choices_at_one_moment_the_quieter_holds():
    assert consent_of([made(Choice.STOP), made(Choice.RESUME)]).stopped
    assert consent_of([made(Choice.OBJECT), made(Choice.OBJECT_NO_MORE)]).objected


@pytest.mark.parametrize("choice", Choice)
def test_only_away_has_an_end(choice):
    wrong_end = None if choice is Choice.AWAY else march(10)

    with pytest.raises(ValueError, match="day on which it ends"):
        made(choice, until=wrong_end)


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="without a zone"):
        ChoiceMade(Choice.STOP, START.replace(tzinfo=None))


moments = st.integers(0, 200).map(lambda hours: START + timedelta(hours=hours))
choices = st.one_of(
    st.builds(ChoiceMade, st.sampled_from([c for c in Choice if c is not Choice.AWAY]), moments),
    st.builds(
        ChoiceMade, st.just(Choice.AWAY), moments, st.dates(date(2026, 2, 25), date(2026, 3, 31))
    ),
)
histories = st.lists(choices, max_size=12)


@calm
@given(histories, st.randoms(use_true_random=False))
def test_order_and_repetition_of_the_same_choices_change_nothing(history, random):
    shuffled = [*history, *history]
    random.shuffle(shuffled)

    assert consent_of(shuffled) == consent_of(history)


@calm
@given(histories, st.integers(-12, 12))
def test_the_zone_in_which_a_time_is_written_changes_nothing(history, offset):
    elsewhere = timezone(timedelta(hours=offset))
    moved = [ChoiceMade(c.choice, c.at.astimezone(elsewhere), c.until) for c in history]

    assert consent_of(moved) == consent_of(history)


@calm
@given(histories)
def test_the_last_choice_made_again_changes_nothing(history):
    before = consent_of(history)
    if history:
        last = max(history, key=lambda c: (c.at, list(Choice).index(c.choice), c.until or c.day))
        assert before.after(last) == before


@calm
@given(histories)
def test_leave_that_a_person_set_never_overlaps(history):
    absences = consent_of(history).absences

    assert all(one.start < one.end for one in absences)
    assert all(one.end <= two.start for one, two in pairwise(absences))


@calm
@given(histories, moments)
def test_after_resume_only_objection_and_leave_are_left(history, at):
    earlier = [c for c in history if c.at < at]
    consent = consent_of([*earlier, ChoiceMade(Choice.RESUME, at)])

    assert consent == Consent(objected=consent.objected, absences=consent.absences)
