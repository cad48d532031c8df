from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unranked.demo.company import Company
from unranked.demo.company_people import ANTHROPIC, OPENAI
from unranked.demo.company_troubles import Troubles
from unranked.demo.fake_anthropic import BETA, FakeAnthropic
from unranked.demo.fake_openai import FakeOpenAI
from unranked.services import staff_csv

TODAY = date(2026, 11, 22)
QUARTER = TODAY + timedelta(days=91)
DAY = timedelta(days=1)
KEY = "made-up-key"


def living(seed, people=60, ahead=13):
    return Company.made(seed, today=TODAY, people=people, ahead=ahead)


companies = st.builds(living, seed=st.integers(0, 10_000))


@pytest.fixture(scope="module")
def company():
    return living(7, people=300, ahead=30)


def days_of(company):
    found = defaultdict(set)
    for usage in company.usage.values():
        for day, rows in usage.days.items():
            for row in rows:
                found[row.account].add(day)
    return found


def test_without_a_future_nothing_is_drawn_and_with_one_the_past_stays(company):
    past = Company.made(7, today=TODAY, people=300)

    assert past.ends == TODAY
    assert past.csv() == past.csv_on(QUARTER)
    assert past.members == past.members_on(QUARTER)
    assert company.people == past.people
    assert company.members == past.members
    assert company.ends == TODAY + timedelta(weeks=30)
    for tool, usage in past.usage.items():
        before = {day: rows for day, rows in company.usage[tool].days.items() if day <= TODAY}
        assert before == usage.days
        assert max(company.usage[tool].days) == company.ends


def test_the_same_seed_gives_the_same_future():
    assert living(3) == living(3)
    assert living(3).future != living(4).future


@settings(max_examples=10, deadline=None)
@given(companies)
def test_within_a_quarter_people_join_leave_go_on_leave_and_change_managers(company):
    future = company.future

    assert len(future.joiners) >= 3
    assert len(future.left) >= 2
    assert future.managers
    assert future.absences
    assert all(TODAY < person.start <= QUARTER for person in future.joiners)
    assert all(TODAY < day <= QUARTER for day in future.left.values())


def test_within_a_quarter_some_start_for_good_some_only_try_and_some_lapse(company):
    days, future = days_of(company), company.future
    new = Counter()
    for person in company.people:
        own = set().union(*(days[seat.id] for seat in person.seats.values()))
        if own and min(own) > TODAY:
            new["for good" if person.id in future.started else "only tried"] += 1

    assert new["for good"] >= 3
    assert new["only tried"] >= 3
    assert sum(day <= QUARTER for day in future.lapsed.values()) >= 5


@settings(max_examples=10, deadline=None)
@given(companies)
def test_nobody_uses_anything_before_they_join_after_they_leave_or_on_leave(company):
    days = days_of(company)
    for person in company.everybody:
        for seat in person.seats.values():
            for day in (day for day in days[seat.id] if day > TODAY):
                assert day >= max(seat.since, person.start)
                assert day < company.future.left.get(person.id, date.max)
                assert not company.is_away(person, day)
                assert day.weekday() in person.working_days or day.weekday() > 4


@settings(max_examples=10, deadline=None)
@given(companies, st.integers(0, 90))
def test_the_roster_file_of_each_day_can_be_read_and_holds_who_is_there(company, passed):
    day = TODAY + timedelta(days=passed)
    entries = {entry.email: entry for entry in staff_csv.parse(company.csv_on(day))}
    slack = {member.id: member for member in company.members_on(day)}

    assert len(slack) == len(company.members_on(day))
    for person in company.everybody:
        here = person.start <= day < company.future.left.get(person.id, date.max)
        assert (person.email in entries) is here
        assert (person.id in slack and not slack[person.id].deleted) is here


def test_leave_stands_in_the_roster_file_from_the_day_on_which_it_is_entered(company):
    seen = 0
    for person in company.everybody:
        for one in company.future.absences.get(person.id, ()):
            here = person.start < one.known < company.future.left.get(person.id, QUARTER)
            if not here:
                continue
            seen += 1
            before, since = (
                next(
                    entry.leave
                    for entry in staff_csv.parse(company.csv_on(day))
                    if entry.email == person.email
                )
                for day in (one.known - DAY, one.known)
            )
            assert one.known < one.first
            assert one.first not in {window.start for window in before}
            assert (one.first, one.last + DAY) in {(w.start, w.end) for w in since}
            if seen == 12:
                return
    pytest.fail("Too little leave.")


def test_who_moves_has_the_new_manager_from_that_day_on(company):
    person_id, (day, boss) = next(iter(company.future.managers.items()))
    person, email = company.person(person_id), company.person(boss).email
    before, since = (
        next(e for e in staff_csv.parse(company.csv_on(on)) if e.email == person.email)
        for on in (day - DAY, day)
    )

    assert before.manager_email != email
    assert since.manager_email == email


def test_about_one_day_in_ten_is_restated_in_the_future_too(company):
    for usage in company.usage.values():
        ahead = [day for day in usage.restated if day > TODAY]
        assert 8 <= len(ahead) <= 40
        day = next(day for day in ahead if day.weekday() < 5)
        early = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=20)
        assert len(usage.seen(day, early)) < len(usage.seen(day, early + timedelta(days=9)))


def test_rows_of_nobody_known_stay_few_in_the_future(company):
    known = {seat.id for person in company.everybody for seat in person.seats.values()}
    for day, rows in company.usage[ANTHROPIC].days.items():
        strange = [r for r in rows if r.account.startswith("user_") and r.account not in known]
        assert day <= TODAY or len(strange) <= 0.015 * len(rows)


def test_a_leaver_is_taken_out_of_the_providers_list_but_for_some_who_are_forgotten(company):
    accounts = {one.id: one for own in company.accounts.values() for one in own}
    left = company.future.left
    until = [
        accounts[seat.id].until == left[person.id]
        for person in company.people
        if person.id in left
        for seat in person.seats.values()
    ]

    assert 0.6 < sum(until) / len(until) < 1


def members_of(fake):
    """Return the ids in the provider's list of members."""
    ids, last = [], ""
    while True:
        if fake.tool == ANTHROPIC:
            url, cursor = f"{fake.url}/v1/organizations/users", "after_id"
            headers = {"x-api-key": KEY, "anthropic-version": "2026-10-21"}
        else:
            url, cursor = f"{fake.url}/organization/users", "after"
            headers = {"Authorization": f"Bearer {KEY}"}
        page = httpx.get(url, params={"limit": 100, cursor: last}, headers=headers).json()
        ids += [one["id"] for one in page["data"]]
        if not page["has_more"]:
            return ids
        last = page["last_id"]


def test_a_provider_lists_who_joined_from_then_on_and_who_left_until_then(provider, company):
    fake, clock = provider
    gone = next(one for one in company.accounts[fake.tool] if one.until)
    new = next(
        person.seats[fake.tool] for person in company.future.joiners if fake.tool in person.seats
    )
    for account, day, listed in (
        (gone, gone.until - DAY, True),
        (gone, gone.until, False),
        (new, new.since - DAY, False),
        (new, new.since, True),
    ):
        clock.now = datetime.combine(day, datetime.min.time(), UTC)
        assert (account.id in members_of(fake)) is listed


# What goes wrong by itself


@settings(max_examples=25, deadline=None)
@given(companies, st.lists(st.integers(0, 91 * 24), min_size=2, max_size=40))
def test_what_a_provider_shows_never_becomes_older(company, hours):
    start = datetime.combine(TODAY, datetime.min.time(), UTC)
    for tool in (ANTHROPIC, OPENAI):
        times = [start + timedelta(hours=n) for n in sorted(hours)]
        shown = [company.future.troubles.shown_at(tool, at) for at in times]
        assert shown == sorted(shown)
        assert all(
            at - timedelta(days=3) <= was <= at for at, was in zip(times, shown, strict=True)
        )


@settings(max_examples=25, deadline=None)
@given(companies)
def test_one_key_expires_in_the_second_month_for_about_four_days(company):
    one = company.future.troubles.expired

    assert one is not None
    assert timedelta(days=30) < one.start.date() - TODAY < timedelta(days=60)
    assert timedelta(days=3) < one.end - one.start < timedelta(days=5)
    assert company.future.troubles.late[ANTHROPIC]
    assert company.future.troubles.late[OPENAI]


# Faults that somebody switches on


class Clock:
    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture(params=[FakeAnthropic, FakeOpenAI])
def provider(request, company):
    clock = Clock(datetime(2026, 11, 23, 20, tzinfo=UTC))
    quiet = replace(company, future=replace(company.future, troubles=Troubles()))
    with request.param(quiet, clock, KEY) as fake:
        fake.throttle.on = False
        yield fake, clock


def rows_on(fake, day):
    if fake.tool == ANTHROPIC:
        headers = {"x-api-key": KEY, "anthropic-version": "2026-10-21", "anthropic-beta": BETA}
        params = {
            "starting_at": f"{day}T00:00:00Z",
            "ending_at": f"{day + DAY}T00:00:00Z",
            "group_by[]": "actor",
            "limit": 1000,
        }
        url = f"{fake.url}/v1/organizations/analytics/usage"
        return httpx.get(url, params=params, headers=headers)
    start = int(datetime.combine(day, datetime.min.time(), UTC).timestamp())
    params = {"start_time": start, "end_time": start + 86_400, "group_by[]": "user_id"}
    url = f"{fake.url}/organization/usage/completions"
    return httpx.get(url, params=params, headers={"Authorization": f"Bearer {KEY}"})


def count(answer):
    assert answer.status_code == 200
    data = answer.json()["data"]
    return sum(len(one["results"]) if "results" in one else 1 for one in data)


def test_a_provider_that_is_down_or_whose_key_expired_answers_nothing_until_it_is_mended(provider):
    fake, _ = provider
    fake.down = True
    assert rows_on(fake, TODAY - DAY).status_code == 503
    fake.down, fake.key_expired = False, True
    assert rows_on(fake, TODAY - DAY).status_code == 401
    fake.key_expired = False
    assert rows_on(fake, TODAY - DAY).status_code == 200


def test_a_late_provider_shows_what_it_showed_until_it_is_so_late(provider):
    fake, clock = provider
    monday, start = date(2026, 11, 23), clock.now
    by_evening = count(rows_on(fake, monday))
    assert by_evening > 0
    fake.late = timedelta(days=3)
    clock.now = start + timedelta(days=2)
    assert count(rows_on(fake, monday)) == by_evening
    assert count(rows_on(fake, date(2026, 11, 24))) == 0
    clock.now = start + timedelta(days=4)
    later = count(rows_on(fake, monday))
    assert later > by_evening
    fake.late = timedelta(0)
    assert count(rows_on(fake, monday)) >= later
    assert count(rows_on(fake, date(2026, 11, 25))) > 0


def test_a_provider_is_late_and_refuses_its_key_when_its_own_future_says_so(company):
    expired = company.future.troubles.expired
    fakes = {ANTHROPIC: FakeAnthropic, OPENAI: FakeOpenAI}
    clock = Clock(expired.start - timedelta(hours=1))
    with fakes[expired.tool](company, clock, KEY) as fake:
        fake.throttle.on = False
        day = expired.start.date() - DAY
        assert rows_on(fake, day).status_code == 200
        clock.now = expired.start
        assert rows_on(fake, day).status_code == 401
        clock.now = expired.end
        assert rows_on(fake, day).status_code == 200
