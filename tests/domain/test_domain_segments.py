from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from unranked.domain.calendar import Absence, WorkCalendar, WorkPattern
from unranked.domain.segments import (
    Doubt,
    Exclusion,
    PersonFacts,
    Placement,
    Segment,
    ToolUse,
    may_be_nudged,
    place,
    seat_without_activity,
)

calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
ONE_DAY = timedelta(days=1)
WATERMARK = date(2026, 11, 16)  # a Monday
AT = date(2026, 11, 20)
HISTORY = date(2025, 11, 1)
LONG_AGO = date(2026, 1, 5)
OFFICE = WorkCalendar(WorkPattern(known=True))
ZEROS = {Segment.NEVER_USED, Segment.NO_RECORDED_USE}
NUDGED = ZEROS | {Segment.TRIED_ONCE, Segment.LAPSED}


def awd_ago(count, calendar=OFFICE):
    """The last day after which `count` available days have passed by the watermark."""
    day = WATERMARK
    while calendar.available_days(day, WATERMARK) < count:
        day -= ONE_DAY
    return day


def tool(name="acme", **changes):
    return replace(ToolUse(name, LONG_AGO, HISTORY, WATERMARK), **changes)


def used(name="acme", *, last, first=None, **changes):
    return tool(name, first_active=first or last, last_active=last, **changes)


def person(*tools, active_days=0, **changes):
    last = max((t.last_active for t in tools if t.last_active), default=None)
    facts = PersonFacts(
        calendar=OFFICE,
        tools=tools,
        active_days=active_days,
        last_active=last,
        counted_active=active_days,
        counted_since=LONG_AGO,
    )
    return replace(facts, **changes)


FIXTURES = {
    Segment.EXCLUDED: person(tool(), exclusion=Exclusion.OBJECTED),
    Segment.UNKNOWN: person(tool(identity_confirmed=False)),
    Segment.NO_SEAT: person(),
    Segment.NEW: person(tool(seat_since=awd_ago(14))),
    Segment.AWAY: person(
        tool(), calendar=OFFICE.with_absences([Absence(date(2026, 10, 1), date(2026, 11, 11))])
    ),
    Segment.NEVER_USED: person(tool()),
    Segment.NO_RECORDED_USE: person(tool(seat_since=HISTORY - ONE_DAY)),
    Segment.TRIED_ONCE: person(used(last=awd_ago(20)), active_days=2),
    Segment.LAPSED: person(used(last=awd_ago(60)), active_days=3),
    Segment.SINGLE_TOOL: person(used(last=awd_ago(3)), tool("other"), active_days=9),
    Segment.ACTIVE: person(used(last=awd_ago(3)), active_days=9),
}


@pytest.mark.parametrize(("segment", "facts"), FIXTURES.items())
def test_there_is_a_person_for_each_segment(segment, facts):
    assert place(facts, at=AT).segment is segment
    assert set(FIXTURES) == set(Segment)


def test_a_decision_stores_the_watermark_it_used():
    facts = person(tool(), tool("other", watermark=WATERMARK - ONE_DAY))

    assert place(facts, at=AT) == Placement(Segment.NEVER_USED, watermark=WATERMARK - ONE_DAY)


@pytest.mark.parametrize("reason", Exclusion)
def test_an_exclusion_comes_before_everything(reason):
    excluded = replace(FIXTURES[Segment.UNKNOWN], exclusion=reason)

    assert place(excluded, at=AT) == Placement(Segment.EXCLUDED, reason)


@pytest.mark.parametrize(
    ("changes", "doubt"),
    [
        ({"identity_confirmed": False}, Doubt.UNRESOLVED_IDENTITY),
        ({"telemetry_off": True}, Doubt.TELEMETRY_OFF),
        ({"watermark": None}, Doubt.NO_WATERMARK),
        ({"watermark": AT - timedelta(days=8)}, Doubt.STALE),
    ],
)
def test_one_doubtful_seat_makes_the_person_unknown(changes, doubt):
    placement = place(person(used(last=awd_ago(3)), tool("other", **changes), active_days=9), at=AT)

    assert (placement.segment, placement.reason) == (Segment.UNKNOWN, doubt)


def test_a_watermark_seven_days_old_is_still_good():
    assert place(person(tool()), at=WATERMARK + timedelta(days=7)).segment is Segment.NEVER_USED
    assert place(person(tool()), at=WATERMARK + timedelta(days=8)).reason is Doubt.STALE


@pytest.mark.parametrize(
    ("seat", "start", "expected"),
    [
        (awd_ago(15), None, Segment.NEVER_USED),
        (awd_ago(14), None, Segment.NEW),
        (LONG_AGO, awd_ago(14), Segment.NEW),
        (LONG_AGO, awd_ago(15), Segment.NEVER_USED),
        (awd_ago(14), LONG_AGO, Segment.NEW),
    ],
)
def test_new_ends_15_working_days_after_seat_and_start(seat, start, expected):
    assert place(person(tool(seat_since=seat), start_date=start), at=AT).segment is expected


def test_a_second_seat_does_not_make_anybody_new_again():
    facts = person(tool(), tool("other", seat_since=WATERMARK))

    assert place(facts, at=AT).segment is Segment.NEVER_USED


def test_a_seat_of_unknown_age_is_new_from_when_we_first_looked():
    unknown_age = {"seat_since": None}

    assert (
        place(person(tool(history_since=awd_ago(14), **unknown_age)), at=AT).segment is Segment.NEW
    )
    assert (
        place(person(tool(history_since=awd_ago(16), **unknown_age)), at=AT).segment
        is Segment.NO_RECORDED_USE
    )


@pytest.mark.parametrize(("days_worked", "expected"), [(4, Segment.AWAY), (5, Segment.NEVER_USED)])
def test_away_is_fewer_than_five_working_days_in_four_weeks(days_worked, expected):
    back = awd_ago(days_worked) + ONE_DAY
    leave = Absence(WATERMARK - timedelta(days=27), back)

    assert place(person(tool(), calendar=OFFICE.with_absences([leave])), at=AT).segment is expected


def test_history_that_does_not_reach_the_seat_never_says_never():
    seat = date(2026, 6, 1)

    assert place(person(tool(seat_since=seat, history_since=seat)), at=AT).segment is (
        Segment.NEVER_USED
    )
    assert place(person(tool(seat_since=seat, history_since=seat + ONE_DAY)), at=AT).segment is (
        Segment.NO_RECORDED_USE
    )


def test_a_provider_that_forgets_after_90_days_never_says_never():
    forgetful = tool(history_since=WATERMARK - timedelta(days=90))

    assert place(person(forgetful), at=AT).segment is Segment.NO_RECORDED_USE
    assert place(person(tool(), replace(forgetful, tool="other")), at=AT).segment is (
        Segment.NO_RECORDED_USE
    )


def test_a_history_of_a_few_days_says_nothing():
    placement = place(person(tool(history_since=awd_ago(14) + ONE_DAY)), at=AT)

    assert (placement.segment, placement.reason) == (Segment.UNKNOWN, Doubt.SHORT_HISTORY)
    assert place(person(tool(history_since=awd_ago(15) + ONE_DAY)), at=AT).segment is (
        Segment.NO_RECORDED_USE
    )


@pytest.mark.parametrize(
    ("active_days", "idle", "expected"),
    [
        (1, 20, Segment.TRIED_ONCE),
        (2, 20, Segment.TRIED_ONCE),
        (2, 19, Segment.ACTIVE),
        (3, 20, Segment.ACTIVE),
        (3, 60, Segment.LAPSED),
        (3, 59, Segment.ACTIVE),
    ],
)
def test_a_try_and_a_lapse_differ_by_active_days_and_pause(active_days, idle, expected):
    facts = person(used(last=awd_ago(idle)), active_days=active_days)

    assert place(facts, at=AT).segment is expected


@pytest.mark.parametrize(("active", "n_p"), [(30, 20), (12, 20), (6, 33), (2, 60)])
def test_the_personal_threshold_is_that_of_the_time_before_the_pause(active, n_p):
    """The four worked cases of F11: `active` of the 60 AWD before the gap."""

    def after(idle):
        last = awd_ago(idle)
        since = awd_ago(idle + 60) + ONE_DAY
        assert OFFICE.available_days(since - ONE_DAY, last) == 60
        facts = person(used(last=last), active_days=max(active, 3))
        return place(replace(facts, counted_active=active, counted_since=since), at=AT)

    assert after(n_p) == Placement(Segment.LAPSED, watermark=WATERMARK, lapse_after=n_p)
    assert after(n_p - 1) == Placement(Segment.ACTIVE, watermark=WATERMARK, lapse_after=n_p)


def test_work_on_days_off_is_no_more_than_every_day():
    saturday = date(2026, 9, 12)
    facts = person(used(last=saturday), active_days=3)

    placement = place(replace(facts, counted_since=saturday), at=AT)

    assert placement.lapse_after == 20


@pytest.mark.parametrize("days", [(None, 0), (None, 9)])
def test_without_countable_days_the_threshold_is_the_longest(days):
    since, active = days
    facts = person(used(last=awd_ago(59)), active_days=9)

    placement = place(replace(facts, counted_since=since, counted_active=active), at=AT)

    assert (placement.segment, placement.lapse_after) == (Segment.ACTIVE, 60)


def test_idle_days_only_count_where_every_tool_would_have_been_seen():
    seen_late = tool("other", seat_since=None, history_since=awd_ago(19) + ONE_DAY)

    assert place(person(used(last=awd_ago(60)), active_days=1), at=AT).segment is Segment.TRIED_ONCE
    assert place(person(used(last=awd_ago(60)), seen_late, active_days=1), at=AT).segment is (
        Segment.ACTIVE
    )


@pytest.mark.parametrize(
    ("awd", "calendar", "expected"),
    [
        (22, WorkPattern(), Segment.NEW),
        (23, WorkPattern(), Segment.NEVER_USED),
        (14, WorkPattern(known=True), Segment.NEW),
        (15, WorkPattern(known=True), Segment.NEVER_USED),
    ],
)
def test_an_assumed_pattern_gets_half_as_much_more_time_to_start(awd, calendar, expected):
    facts = person(tool(seat_since=awd_ago(awd)), calendar=WorkCalendar(calendar))

    assert place(facts, at=AT).segment is expected


@pytest.mark.parametrize(
    ("active_days", "idle", "expected"),
    [
        (2, 29, Segment.ACTIVE),
        (2, 30, Segment.TRIED_ONCE),
        (3, 89, Segment.ACTIVE),
        (3, 90, Segment.LAPSED),
    ],
)
def test_an_assumed_pattern_makes_every_pause_half_as_long_again(active_days, idle, expected):
    facts = person(used(last=awd_ago(idle)), active_days=active_days)

    assert place(replace(facts, calendar=WorkCalendar()), at=AT).segment is expected


def test_a_part_time_week_has_fewer_days_to_be_idle_on():
    two_days = WorkCalendar(WorkPattern(frozenset({0, 1}), known=True))
    facts = person(used(last=awd_ago(20)), active_days=1)

    assert place(replace(facts, calendar=two_days), at=AT).segment is Segment.ACTIVE


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (tool("other"), Segment.SINGLE_TOOL),
        (used("other", last=awd_ago(20)), Segment.SINGLE_TOOL),
        (used("other", last=awd_ago(19)), Segment.ACTIVE),
        (tool("other", seat_since=None, history_since=awd_ago(19) + ONE_DAY), Segment.ACTIVE),
        (tool("other", seat_since=None, history_since=awd_ago(20) + ONE_DAY), Segment.SINGLE_TOOL),
    ],
)
def test_single_tool_needs_one_tool_in_use_and_the_others_known_not_to_be(second, expected):
    facts = person(used(last=awd_ago(3)), second, active_days=9)

    assert place(facts, at=AT).segment is expected


def test_an_occasional_person_with_two_tools_and_none_in_use_is_not_a_single_tool_person():
    facts = person(used(last=awd_ago(25)), tool("other"), active_days=3)

    assert place(facts, at=AT).segment is Segment.ACTIVE


def test_use_of_a_tool_that_was_taken_away_still_counts():
    facts = replace(person(tool()), active_days=4, last_active=awd_ago(5), counted_active=4)

    assert place(facts, at=AT).segment is Segment.ACTIVE


def test_tips_go_to_four_segments_and_for_one_tool_to_a_fifth():
    assert {s for s in Segment if may_be_nudged(s)} == NUDGED
    assert {s for s in Segment if may_be_nudged(s, about_one_tool=True)} == (
        NUDGED | {Segment.SINGLE_TOOL}
    )


@pytest.mark.parametrize(
    ("seat", "unused"),
    [
        (tool(), True),
        (tool(seat_since=awd_ago(20)), True),
        (tool(seat_since=awd_ago(19)), False),
        (used(last=awd_ago(20)), True),
        (used(last=awd_ago(19)), False),
        (tool(history_since=awd_ago(19) + ONE_DAY), False),
        (tool(seat_since=None, history_since=awd_ago(19) + ONE_DAY), False),
        (tool(history_since=awd_ago(20) + ONE_DAY), True),
        (tool(seat_since=None), True),
        (tool(watermark=None), False),
        (tool(watermark=AT - timedelta(days=8)), False),
        (tool(identity_confirmed=False), False),
        (tool(telemetry_off=True), False),
    ],
)
def test_a_seat_is_without_activity_only_where_that_is_known(seat, unused):
    assert seat_without_activity(seat, OFFICE, at=AT) is unused


def test_half_known_activity_is_refused():
    with pytest.raises(ValueError, match="half of its facts"):
        PersonFacts(active_days=1)
    with pytest.raises(ValueError, match="half of its facts"):
        PersonFacts(last_active=AT)
    with pytest.raises(ValueError, match="half of its facts"):
        tool(first_active=AT)
    with pytest.raises(ValueError, match="after the last active day"):
        PersonFacts(
            tools=(used(last=AT), used(last=AT - 9 * ONE_DAY)),
            active_days=1,
            last_active=AT - ONE_DAY,
        )


past = st.dates(date(2025, 6, 1), WATERMARK + timedelta(days=3))
maybe = st.one_of(st.none(), past)
leaves = st.tuples(past, st.integers(0, 60)).map(lambda s: Absence(s[0], s[0] + s[1] * ONE_DAY))
calendars = st.builds(
    WorkCalendar,
    st.builds(WorkPattern, st.frozensets(st.integers(0, 6), min_size=1), st.booleans()),
    st.frozensets(past, max_size=10),
    st.lists(leaves, max_size=2).map(tuple),
)
long_past = st.dates(date(2025, 1, 1), date(2026, 6, 30))
good = st.integers(0, 14).map(bool)


idle_people = settings(calm, suppress_health_check=list(HealthCheck))


@st.composite
def people(draw, least_tools=0):
    """Facts as the store would count them: from a set of active days on each tool."""
    days_by_tool = {
        f"tool-{n}": draw(st.sets(st.one_of(long_past, past), max_size=6))
        for n in range(draw(st.integers(least_tools, 3)))
    }
    elsewhere = draw(st.sets(past, max_size=2)) if draw(st.integers(0, 9)) == 0 else set()
    tools = tuple(
        ToolUse(
            name,
            draw(maybe),
            draw(long_past) if draw(good) else draw(past),
            draw(st.dates(WATERMARK - timedelta(days=6), WATERMARK)) if draw(good) else draw(maybe),
            identity_confirmed=draw(good),
            telemetry_off=not draw(good),
            first_active=min(active, default=None),
            last_active=max(active, default=None),
        )
        for name, active in days_by_tool.items()
    )
    active = elsewhere.union(*days_by_tool.values())
    since = draw(past)
    return PersonFacts(
        exclusion=None if draw(good) else draw(st.sampled_from(Exclusion)),
        start_date=draw(maybe),
        calendar=draw(calendars),
        tools=tools,
        active_days=len(active),
        last_active=max(active, default=None),
        counted_active=sum(day >= since for day in active),
        counted_since=since,
    )


@settings(calm, max_examples=70)
@given(st.lists(people(), max_size=12))
def test_segments_part_any_roster_and_the_counts_add_up(roster):
    counts = Counter(place(facts, at=AT).segment for facts in roster)

    assert set(counts) <= set(Segment)
    assert sum(counts.values()) == len(roster)


@settings(idle_people, max_examples=100)
@given(people(least_tools=1))
def test_nobody_is_called_idle_beyond_what_was_read(facts):
    placement = place(facts, at=AT)
    assume(placement.segment in NUDGED)
    watermarks = [t.watermark for t in facts.tools]

    assert facts.exclusion is None
    assert None not in watermarks
    assert placement.watermark == min(watermarks) >= AT - timedelta(days=7)
    assert all(t.identity_confirmed and not t.telemetry_off for t in facts.tools)
    assert (facts.last_active is None) == (placement.segment in ZEROS)
    if facts.last_active is not None:
        pause = facts.calendar.available_days(facts.last_active, placement.watermark)
        assert pause >= facts.calendar.pattern.threshold(20)


@settings(calm, max_examples=100)
@given(people(least_tools=1), st.sampled_from(["missing", "stale"]))
def test_without_fresh_data_nobody_is_nudged_or_judged(facts, what):
    watermark = None if what == "missing" else AT - timedelta(days=8)
    late = replace(facts.tools[0], watermark=watermark)

    placement = place(replace(facts, tools=(late, *facts.tools[1:])), at=AT)

    assert placement.segment in {Segment.UNKNOWN, Segment.EXCLUDED}


def with_active_day(facts, day):
    """The same person with one more active day on the first tool."""
    first = facts.tools[0]
    more = replace(
        first,
        first_active=min(first.first_active or day, day),
        last_active=max(first.last_active or day, day),
    )
    return replace(
        facts,
        tools=(more, *facts.tools[1:]),
        active_days=facts.active_days + 1,
        last_active=max(facts.last_active or day, day),
        counted_active=facts.counted_active + (day >= facts.counted_since),
    )


@settings(calm, max_examples=120)
@given(people(least_tools=1), past)
def test_one_more_active_day_never_makes_a_zero(facts, day):

    assert place(with_active_day(facts, day), at=AT).segment not in ZEROS


@settings(calm, max_examples=100)
@given(people(least_tools=1), st.integers(0, 19))
def test_who_was_active_within_20_working_days_is_left_alone(facts, ago):
    recent = next(
        day
        for day in (WATERMARK - n * ONE_DAY for n in range(400))
        if facts.calendar.available_days(day, WATERMARK) >= ago or day == WATERMARK
    )
    assume(facts.calendar.available_days(recent, WATERMARK) < 20)

    assert place(with_active_day(facts, recent), at=AT).segment not in NUDGED


@calm
@given(people())
def test_tools_may_come_in_any_order(facts):
    backwards = replace(facts, tools=tuple(reversed(facts.tools)))

    assert place(backwards, at=AT) == place(facts, at=AT)
