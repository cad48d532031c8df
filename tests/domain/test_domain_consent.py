from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unranked.domain.calendar import Absence, OpenHours, WorkCalendar
from unranked.domain.consent import (
    AS_LISTED,
    Choice,
    ChoiceMade,
    Consent,
    consent_of,
    hours_value,
    is_correctable,
    may_be_away_until,
    period_value,
    weekdays_value,
)
from unranked.domain.org_chart import UnitKind
from unranked.domain.weekly_time import WeeklyTime

calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
ONE_DAY = timedelta(days=1)


# What a choice needs beside its name, where it does.
VALUES = {
    Choice.HOURS: "10:00-12:30",
    Choice.WEEKDAYS: "0124",
    Choice.WAS_AWAY: "2026-02-02/2026-02-06",
    Choice.WAS_THERE: "2026-02-02/2026-02-06",
    Choice.DIGEST_AT: "2-14",
    Choice.UNIT: "all",
}
ENDS = {Choice.AWAY, Choice.DIGEST_PAUSE}


def made(choice, *, day=0, until=None, value=None):
    own = VALUES.get(choice, "") if value is None else value
    return ChoiceMade(choice, START + day * ONE_DAY, until, own)


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


@pytest.mark.parametrize("later", sorted({*Choice} - {Choice.RESUME, *ENDS}))
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
def test_only_away_and_a_pause_have_an_end(choice):
    wrong_end = None if choice in ENDS else march(10)

    with pytest.raises(ValueError, match="day on which they end"):
        made(choice, until=wrong_end)


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="without a zone"):
        ChoiceMade(Choice.STOP, START.replace(tzinfo=None))


moments = st.integers(0, 200).map(lambda hours: START + timedelta(hours=hours))
names = st.sampled_from([c for c in Choice if c not in {*ENDS, *VALUES}])
february = st.integers(1, 28).map(lambda day: date(2026, 2, day))
periods = st.tuples(february, february).map(sorted).map(lambda days: period_value(*days))
values = {
    Choice.HOURS: st.sampled_from(["09:30-16:30", "10:00-12:30", "15:00-15:30"]),
    Choice.WEEKDAYS: st.sets(st.sampled_from("0123456"), min_size=1).map(weekdays_value),
    Choice.WAS_AWAY: periods,
    Choice.WAS_THERE: periods,
    Choice.DIGEST_AT: st.builds(WeeklyTime, st.integers(0, 4), st.integers(9, 16)).map(
        lambda at: at.value
    ),
    Choice.UNIT: st.sampled_from([kind.value for kind in UnitKind]),
}
choices = st.one_of(
    st.builds(ChoiceMade, names, moments),
    st.builds(
        ChoiceMade,
        st.sampled_from(sorted(ENDS)),
        moments,
        st.dates(date(2026, 2, 25), date(2026, 3, 31)),
    ),
    *(
        st.builds(ChoiceMade, st.just(choice), moments, st.none(), value)
        for choice, value in values.items()
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
    moved = [replace(one, at=one.at.astimezone(elsewhere)) for one in history]

    assert consent_of(moved) == consent_of(history)


def in_order(made):
    return made.at, list(Choice).index(made.choice), made.until or made.day, made.value


@calm
@given(histories)
def test_the_last_choice_made_again_changes_nothing(history):
    before = consent_of(history)
    if history:
        last = max(history, key=in_order)
        assert before.after(last) == before


@calm
@given(histories)
def test_leave_that_a_person_set_never_overlaps(history):
    absences = consent_of(history).absences

    assert all(one.start < one.end for one in absences)
    assert all(one.end <= two.start for one, two in pairwise(absences))


@calm
@given(histories, moments)
def test_after_resume_nothing_is_quieter_but_what_is_no_word_against_tips(history, at):
    earlier = [c for c in history if c.at < at]
    before = consent_of(earlier)
    consent = consent_of([*earlier, ChoiceMade(Choice.RESUME, at)])

    assert consent == Consent(
        objected=before.objected,
        absences=before.absences,
        was_away=before.was_away,
        hours=before.hours,
        weekdays=before.weekdays,
        no_digest=before.no_digest,
        digest_pause=before.digest_pause,
        digest_at=before.digest_at,
        unit=before.unit,
        no_check_in=before.no_check_in,
        no_hints=before.no_hints,
        monthly=before.monthly,
    )


def test_usual_takes_back_fewer_and_nothing_else():
    quiet = [*map(made, [Choice.STOP, Choice.FEWER, Choice.NOT_FOR_ME])]
    consent = consent_of([*quiet, made(Choice.USUAL, day=1)])

    assert consent == replace(consent_of(quiet), fewer=False)


def test_no_more_weekly_messages_ends_those_and_no_tips():
    consent = consent_of([made(Choice.NO_DIGEST)])

    assert consent == Consent(no_digest=True)
    assert consent_of([made(Choice.NO_DIGEST), made(Choice.DIGEST_AGAIN, day=1)]) == Consent()
    assert not consent_of([made(Choice.STOP)]).no_digest


def test_a_pause_of_weekly_messages_ends_by_itself_and_by_asking_for_them():
    paused = [made(Choice.DIGEST_PAUSE, until=march(30))]
    consent = consent_of(paused)

    assert consent.declines_digests_on(march(2))
    assert consent.declines_digests_on(march(29))
    assert not consent.declines_digests_on(march(30))
    assert not consent.declines_digests
    assert consent_of([*paused, made(Choice.DIGEST_AGAIN, day=1)]) == Consent()
    assert consent_of([made(Choice.DIGEST_PAUSE, until=march(2))]) == Consent()


@pytest.mark.parametrize(
    "value", ["", "5-9", "0-8", "0-17", "0-09", "2-14 ", "2", "a-9", "\u0660-9"]
)
def test_a_weekly_message_comes_from_monday_to_friday_and_from_nine_to_sixteen(value):
    with pytest.raises(ValueError, match="weekly message"):
        made(Choice.DIGEST_AT, value=value)


def test_a_group_that_no_manager_can_have_is_refused():
    with pytest.raises(ValueError, match="everybody"):
        made(Choice.UNIT, value="everybody")


def test_own_hours_and_days_say_when_a_tip_may_come():
    consent = consent_of([made(Choice.HOURS), made(Choice.WEEKDAYS)])

    assert consent.open_hours == OpenHours(time(10), time(12, 30), frozenset({0, 1, 2, 4}))
    assert Consent().open_hours == OpenHours(time(9, 30), time(16, 30), frozenset(range(7)))


@pytest.mark.parametrize(
    ("start", "end"),
    [
        *(("12:00", "12:00"), ("12:30", "12:00"), ("09:00", "12:00"), ("10:00", "17:00")),
        *(("", ""), ("10:00", ""), ("10", "12"), ("10:00:00", "12:00:00"), ("25:00", "26:00")),
        *(("10:00+01:00", "12:00"), ("ten", "twelve"), ("-10:00", "12:00"), ("10:00", "12:00-")),
    ],
)
def test_hours_that_are_none_or_lie_outside_the_products_are_refused(start, end):
    with pytest.raises(ValueError, match=r"hours|hour must be|[Ii]nvalid"):
        hours_value(start, end)


half_hours = st.integers(16, 36).map(lambda n: f"{n // 2:02}:{n % 2 * 30:02}")


@given(half_hours, half_hours)
def test_own_hours_are_taken_just_when_they_lie_within_the_products(start, end):
    if not "09:30" <= start < end <= "16:30":
        with pytest.raises(ValueError, match="hours"):
            hours_value(start, end)
        return
    value = hours_value(start, end)
    hours = consent_of([made(Choice.HOURS, value=value)]).open_hours
    assert (hours.start, hours.end) == (time.fromisoformat(start), time.fromisoformat(end))


@pytest.mark.parametrize("days", [[], [""], ["7"], ["-1"], ["Monday"], ["\u0660"], [" "]])
def test_no_day_and_days_that_do_not_exist_are_refused(days):
    with pytest.raises(ValueError, match=r"at least one|some of 0"):
        weekdays_value(days)


def test_a_day_said_twice_counts_once():
    assert weekdays_value(["3", "0", "3"]) == "03"


def test_leave_said_afterwards_counts_with_both_its_days_and_can_be_taken_back():
    said = made(Choice.WAS_AWAY)

    assert consent_of([said]).leave == (Absence(date(2026, 2, 2), date(2026, 2, 7)),)
    assert consent_of([said, said]).was_away == consent_of([said]).was_away
    assert consent_of([said, made(Choice.WAS_THERE, day=1)]).leave == ()
    other = made(Choice.WAS_THERE, day=1, value="2026-02-02/2026-02-05")
    assert consent_of([said, other]).was_away


def test_being_back_does_not_touch_leave_that_was_said_afterwards():
    both = [made(Choice.WAS_AWAY), made(Choice.AWAY, until=march(10)), made(Choice.BACK, day=1)]

    assert Absence(date(2026, 2, 2), date(2026, 2, 7)) in consent_of(both).leave


@calm
@given(histories)
def test_leave_said_afterwards_stands_in_order_and_once(history):
    was_away = consent_of(history).was_away

    assert list(was_away) == sorted(set(was_away), key=lambda one: (one.start, one.end))


def test_only_a_choice_that_needs_a_value_has_one_and_it_must_make_sense():
    for choice in Choice:
        until = march(10) if choice in ENDS else None
        with pytest.raises(
            ValueError, match=r"hours|working days|isoformat|name alone|weekly message|UnitKind"
        ):
            made(choice, until=until, value=WITHOUT_SENSE.get(choice, "10:00-12:00"))


WITHOUT_SENSE = dict.fromkeys(VALUES, "") | {Choice.WEEKDAYS: "7"}


def test_days_of_the_companys_list_again_take_own_days_back():
    own, again = made(Choice.WEEKDAYS, value="03"), made(Choice.WEEKDAYS, day=1, value=AS_LISTED)

    assert consent_of([own]).weekdays == frozenset({0, 3})
    assert consent_of([own, again]).weekdays is None
    assert consent_of([own, again]).open_hours == consent_of([]).open_hours


@pytest.mark.parametrize(
    ("day", "away", "correctable"),
    [
        (march(2), False, True),
        (march(3), True, False),
        (date(2027, 3, 3), True, False),
        (date(2027, 3, 4), False, False),
        (date(2025, 11, 2), False, True),
        (date(2025, 11, 1), False, False),
    ],
)
def test_leave_can_begin_today_and_be_corrected_for_120_days(day, away, correctable):
    assert may_be_away_until(day, march(2)) is away
    assert is_correctable(day, march(2)) is correctable
