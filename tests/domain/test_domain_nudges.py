from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unranked.domain.calendar import Absence, OpenHours, WorkCalendar, WorkPattern, may_send
from unranked.domain.consent import Choice, ChoiceMade, Consent, consent_of
from unranked.domain.nudges import (
    Aim,
    Candidate,
    Eligible,
    NudgeHistory,
    Reason,
    Withheld,
    decide,
    still_welcome,
)
from unranked.domain.segments import Placement, Segment

calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)  # a Friday, 11:00 in Berlin
WATERMARK = date(2026, 11, 16)
OFFICE = WorkCalendar(WorkPattern(known=True))
BERLIN = "Europe/Berlin"
BEGINNER = Candidate(
    Placement(Segment.NEVER_USED, watermark=WATERMARK), calendar=OFFICE, zone=BERLIN
)
TO_START = Aim()


def days_ago(*counts):
    return tuple(NOW - timedelta(days=count) for count in counts)


def on_leave(start, end):
    return OFFICE.with_absences([Absence(start, end)])


def reason(candidate, aim=TO_START, at=NOW):
    decision = decide(candidate, aim, at=at)
    return decision.reason if isinstance(decision, Withheld) else None


def test_a_beginner_at_work_may_be_drawn_and_the_decision_keeps_its_watermark():
    assert decide(BEGINNER, TO_START, at=NOW) == Eligible(WATERMARK, opens_at=NOW)


def test_a_nudge_waits_for_the_persons_morning():
    in_honolulu = replace(BEGINNER, zone="Pacific/Honolulu")

    decision = decide(in_honolulu, TO_START, at=NOW)

    assert decision == Eligible(
        WATERMARK, opens_at=datetime(2026, 11, 20, 9, 30, tzinfo=ZoneInfo("Pacific/Honolulu"))
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"consent": Consent(objected=True)}, Reason.OBJECTED),
        ({"consent": Consent(stopped=True)}, Reason.OPTED_OUT),
        ({"consent": Consent(uses_something_else=True)}, Reason.DECLINED),
        ({"consent": Consent(not_for_me=True)}, Reason.DECLINED),
        ({"placement": Placement(Segment.ACTIVE, watermark=WATERMARK)}, Reason.NOT_THIS_SEGMENT),
        ({"placement": Placement(Segment.UNKNOWN)}, Reason.NOT_THIS_SEGMENT),
        ({"zone": None}, Reason.NO_ZONE),
        ({"zone": "Mars/Olympus"}, Reason.NO_ZONE),
        ({"placement": Placement(Segment.NEVER_USED)}, Reason.STALE),
        ({"calendar": on_leave(date(2026, 11, 20), None)}, Reason.AWAY),
        (
            {"consent": Consent(absences=(Absence(date(2026, 11, 20), date(2026, 11, 23)),))},
            Reason.AWAY,
        ),
        ({"calendar": on_leave(date(2026, 11, 9), date(2026, 11, 19))}, Reason.JUST_BACK),
        ({"history": NudgeHistory(waiting=True)}, Reason.CAPPED_GAP),
        ({"active_since_watermark": True}, Reason.RECENT_ACTIVITY),
        ({"calendar": WorkCalendar(WorkPattern(frozenset()))}, Reason.NOT_SOON),
    ],
)
def test_one_thing_is_enough_to_withhold_a_nudge(changes, expected):
    assert reason(replace(BEGINNER, **changes)) is expected


def test_other_campaigns_go_on_for_those_who_do_not_want_to_start():
    declined = replace(BEGINNER, consent=Consent(uses_something_else=True, not_for_me=True))

    assert reason(declined) is Reason.DECLINED
    assert reason(declined, Aim(about_starting=False)) is None


@pytest.mark.parametrize("segment", Segment)
def test_the_segments_of_a_campaign_are_those_it_names_and_may_have(segment):
    person = replace(BEGINNER, placement=Placement(segment, watermark=WATERMARK))
    starting = {
        Segment.NEVER_USED,
        Segment.NO_RECORDED_USE,
        Segment.TRIED_ONCE,
        Segment.LAPSED,
    }
    everybody = frozenset(Segment)

    assert (reason(person) is None) == (segment in starting)
    assert (reason(person, Aim(everybody)) is None) == (segment in starting)
    assert (reason(person, Aim(everybody, about_one_tool=True)) is None) == (
        segment in starting | {Segment.SINGLE_TOOL}
    )
    assert (reason(person, Aim(frozenset({Segment.LAPSED}))) is None) == (segment is Segment.LAPSED)


@pytest.mark.parametrize(("age", "expected"), [(7, None), (8, Reason.STALE)])
def test_data_older_than_a_week_is_no_ground_for_a_nudge(age, expected):
    placement = Placement(Segment.LAPSED, watermark=NOW.date() - timedelta(days=age))

    assert reason(replace(BEGINNER, placement=placement)) is expected


ANSWERED = NOW - timedelta(hours=1)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (days_ago(14), None),
        ((NOW - timedelta(days=14) + timedelta(seconds=1),), Reason.CAPPED_GAP),
        ((NOW + timedelta(days=2),), Reason.CAPPED_GAP),
        (days_ago(14, 28), None),
        (days_ago(14, 28, 42), Reason.CAPPED_QUARTER),
        (days_ago(14, 28, 91), Reason.CAPPED_QUARTER),
        (days_ago(14, 28, 92), None),
        (days_ago(14, 28, 200, 300, 400), None),
    ],
)
def test_at_most_one_nudge_in_14_days_and_three_a_quarter(sent, expected):
    history = NudgeHistory(sent, last_interaction_at=ANSWERED)

    assert reason(replace(BEGINNER, history=history)) is expected
    assert reason(replace(BEGINNER, history=replace(history, sent_at=sent[::-1]))) is expected


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (days_ago(27), Reason.CAPPED_GAP),
        (days_ago(28), Reason.CAPPED_QUARTER),
        (days_ago(92), None),
    ],
)
def test_who_asked_for_fewer_gets_one_a_quarter(sent, expected):
    history = NudgeHistory(sent, last_interaction_at=ANSWERED)
    person = replace(BEGINNER, history=history, consent=Consent(fewer=True))

    assert reason(person) is expected


@pytest.mark.parametrize(
    ("sent", "interaction", "expected"),
    [
        (days_ago(20), None, None),
        (days_ago(20, 300), None, Reason.NO_ANSWER),
        (days_ago(200, 300), None, Reason.NO_ANSWER),
        (days_ago(20, 40), NOW - timedelta(days=30), None),
        (days_ago(20, 40), NOW - timedelta(days=41), Reason.NO_ANSWER),
        (days_ago(20, 40), NOW - timedelta(days=1), None),
        (days_ago(20, 40), NOW - timedelta(days=40), None),
    ],
)
def test_two_nudges_without_any_answer_are_the_last(sent, interaction, expected):
    history = NudgeHistory(sent, last_interaction_at=interaction)

    assert reason(replace(BEGINNER, history=history)) is expected


def test_a_nudge_that_could_not_go_out_within_a_week_is_not_drawn():
    evening = datetime(2026, 11, 20, 20, tzinfo=UTC)
    in_leave_from_monday = replace(
        BEGINNER, calendar=on_leave(date(2026, 11, 23), date(2026, 11, 28))
    )

    assert reason(in_leave_from_monday, at=NOW) is None
    assert reason(in_leave_from_monday, at=evening) is Reason.NOT_SOON


@pytest.mark.parametrize(("hour", "expected"), [(8, Reason.NOT_SOON), (9, None)])
def test_a_week_is_counted_to_the_minute(hour, expected):
    closed = frozenset(date(2026, 11, 20) + timedelta(days=n) for n in range(7))
    person = replace(BEGINNER, calendar=WorkCalendar(OFFICE.pattern, closed), zone="UTC")
    opens = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)

    assert reason(person, at=(opens - timedelta(days=7)).replace(hour=hour)) is expected


def test_the_third_working_day_after_leave_is_open():
    back = replace(BEGINNER, calendar=on_leave(date(2026, 11, 9), date(2026, 11, 18)))

    assert reason(back) is None


def test_today_is_the_persons_own_day():
    late = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)  # already the 20th in Berlin
    away_on_the_20th = replace(BEGINNER, calendar=on_leave(date(2026, 11, 20), None))

    assert reason(away_on_the_20th, at=late) is Reason.AWAY
    assert reason(replace(away_on_the_20th, zone="America/New_York"), at=late) is not Reason.AWAY


moments = st.integers(0, 400 * 24).map(lambda hours: NOW - timedelta(hours=hours))
leave = st.tuples(st.integers(-60, 30), st.integers(0, 40)).map(
    lambda s: Absence(NOW.date() + timedelta(days=s[0]), NOW.date() + timedelta(days=s[0] + s[1]))
)
consents = st.builds(
    Consent,
    st.integers(0, 9).map(lambda n: n == 0),
    st.integers(0, 9).map(lambda n: n == 0),
    st.booleans(),
    st.integers(0, 9).map(lambda n: n == 0),
    st.integers(0, 9).map(lambda n: n == 0),
    st.lists(leave, max_size=1).map(tuple),
    hours=st.sampled_from([OpenHours(), OpenHours(time(10), time(11))]),
    weekdays=st.one_of(st.none(), st.frozensets(st.integers(0, 6), min_size=1)),
)
candidates = st.builds(
    Candidate,
    st.builds(
        Placement,
        st.one_of(st.sampled_from([Segment.NEVER_USED, Segment.LAPSED]), st.sampled_from(Segment)),
        st.none(),
        st.one_of(st.none(), st.dates(date(2026, 11, 10), WATERMARK)),
    ),
    consents,
    st.builds(
        NudgeHistory,
        st.lists(moments, max_size=4).map(tuple),
        st.integers(0, 9).map(lambda n: n == 0),
        st.one_of(st.none(), moments, st.just(ANSWERED)),
    ),
    st.builds(WorkCalendar, absences=st.lists(leave, max_size=1).map(tuple)),
    st.sampled_from([BERLIN, "America/New_York", "Asia/Kathmandu", None]),
    st.integers(0, 9).map(lambda n: n == 0),
)
aims = st.builds(Aim, st.just(frozenset(Segment)), st.booleans(), st.booleans())


@settings(calm, max_examples=120)
@given(candidates, aims)
def test_whoever_may_be_drawn_keeps_within_every_cap(candidate, aim):
    decision = decide(candidate, aim, at=NOW)
    if isinstance(decision, Withheld):
        return
    consent, sent = candidate.consent, candidate.history.sent_at
    answered = candidate.history.last_interaction_at

    assert not consent.stopped
    assert not consent.objected
    assert not candidate.active_since_watermark
    assert decision.watermark == candidate.placement.watermark >= NOW.date() - timedelta(days=7)
    assert all(NOW - at >= timedelta(days=28 if consent.fewer else 14) for at in sent)
    assert sum(NOW - at < timedelta(days=92) for at in sent) < (1 if consent.fewer else 3)
    assert sum(answered is None or at > answered for at in sent) < 2
    assert NOW <= decision.opens_at <= NOW + timedelta(days=7)
    own = candidate.calendar.with_absences(consent.absences)
    assert may_send(decision.opens_at, candidate.zone, own, consent.open_hours)
    assert (
        still_welcome(
            consent,
            candidate.calendar,
            candidate.zone,
            at=decision.opens_at,
            about_starting=aim.about_starting,
        )
        is None
    )


by_name = sorted(
    set(Choice)
    - {Choice.AWAY, Choice.HOURS, Choice.WEEKDAYS, Choice.WAS_AWAY, Choice.WAS_THERE}
    - {Choice.DIGEST_AT, Choice.DIGEST_PAUSE, Choice.UNIT}
)
no_return = st.sampled_from([c for c in by_name if c is not Choice.RESUME])
choices = st.builds(ChoiceMade, st.sampled_from(by_name), moments)


@settings(calm, max_examples=100)
@given(candidates, aims, st.lists(choices, max_size=5), st.lists(no_return, max_size=5))
def test_after_stop_nobody_is_drawn_or_sent_anything(candidate, aim, before, later):
    after = [ChoiceMade(c, NOW + timedelta(days=n + 1)) for n, c in enumerate(later)]
    consent = consent_of([*after, *before, ChoiceMade(Choice.STOP, NOW + timedelta(minutes=1))])
    stopped = replace(candidate, consent=consent)

    assert isinstance(decide(stopped, aim, at=NOW), Withheld)
    assert reason(stopped, aim) in {Reason.OPTED_OUT, Reason.OBJECTED}
    assert still_welcome(consent, candidate.calendar, candidate.zone, at=NOW) in {
        Reason.OPTED_OUT,
        Reason.OBJECTED,
    }


@pytest.mark.parametrize(
    ("person", "at", "expected", "waits"),
    [
        ({}, NOW, None, None),
        ({"consent": Consent(stopped=True)}, NOW, Reason.OPTED_OUT, False),
        ({"consent": Consent(objected=True)}, NOW, Reason.OBJECTED, False),
        ({"consent": Consent(not_for_me=True)}, NOW, Reason.DECLINED, False),
        ({"zone": None}, NOW, Reason.NO_ZONE, False),
        ({"zone": "Mars/Olympus"}, NOW, Reason.NO_ZONE, False),
        ({"calendar": on_leave(date(2026, 11, 20), None)}, NOW, Reason.AWAY, True),
        (
            {"consent": Consent(absences=(Absence(date(2026, 11, 18), date(2026, 11, 20)),))},
            NOW,
            Reason.JUST_BACK,
            True,
        ),
        ({}, NOW + timedelta(hours=8), Reason.CLOSED, True),
        ({}, NOW + timedelta(days=1), Reason.CLOSED, True),
    ],
)
def test_at_sending_only_the_persons_wish_and_day_are_asked(person, at, expected, waits):
    asked = {"consent": Consent(), "calendar": OFFICE, "zone": BERLIN, **person}

    found = still_welcome(**asked, at=at)

    assert found is expected
    assert (found.waits if found else None) is waits


MORNINGS = Consent(hours=OpenHours(time(9, 30), time(10, 30)))
TUESDAYS = Consent(weekdays=frozenset({1}))


def test_a_nudge_waits_for_the_hours_and_days_that_its_reader_chose():
    def opens(consent):
        return decide(replace(BEGINNER, consent=consent), TO_START, at=NOW)

    assert opens(MORNINGS) == Eligible(WATERMARK, datetime(2026, 11, 23, 8, 30, tzinfo=UTC))
    assert opens(TUESDAYS) == Eligible(WATERMARK, datetime(2026, 11, 24, 8, 30, tzinfo=UTC))
    assert opens(Consent(weekdays=frozenset({5, 6}))) == Withheld(Reason.NOT_SOON)


def test_at_sending_own_hours_and_days_hold_too():
    in_berlin = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo(BERLIN))

    assert still_welcome(MORNINGS, OFFICE, BERLIN, at=in_berlin) is None
    assert still_welcome(MORNINGS, OFFICE, BERLIN, at=NOW) is Reason.CLOSED
    assert still_welcome(TUESDAYS, OFFICE, BERLIN, at=in_berlin) is Reason.CLOSED


@pytest.mark.parametrize("last", [18, 19])
def test_leave_that_was_said_afterwards_is_leave_to_come_back_from(last):
    consent = Consent(was_away=(Absence(date(2026, 11, 12), date(2026, 11, last + 1)),))

    assert reason(replace(BEGINNER, consent=consent)) is Reason.JUST_BACK


def test_at_sending_other_campaigns_go_on_for_those_who_do_not_want_to_start():
    declined = Consent(not_for_me=True)

    assert still_welcome(declined, OFFICE, BERLIN, at=NOW, about_starting=False) is None
