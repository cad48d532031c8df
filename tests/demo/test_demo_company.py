import csv
import io
from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unranked.demo.company import CSV_HEADER, Company
from unranked.demo.company_people import ANTHROPIC, Person, Situation
from unranked.demo.company_prices import costs
from unranked.domain.people import normalise_email

TODAY = date(2026, 11, 23)
WATERMARK = TODAY - timedelta(days=5)  # what has surely arrived by then


@pytest.fixture(scope="module")
def big():
    return Company.made(7, today=TODAY)


def small(seed, today=TODAY):
    return Company.made(seed, today=today, people=60)


companies = st.builds(
    small,
    seed=st.integers(0, 10_000),
    today=st.dates(date(2026, 6, 1), date(2027, 6, 1)),
)


def days_by_account(company: Company) -> dict[str, set[date]]:
    found: dict[str, set[date]] = defaultdict(set)
    for usage in company.usage.values():
        for day, rows in usage.days.items():
            for account in {row.account for row in rows}:
                found[account].add(day)
    return found


def check_situation(person: Person, by_account: dict[str, set[date]], company: Company) -> None:
    days_with = {tool: by_account[seat.id] for tool, seat in person.seats.items()}
    days = set().union(*days_with.values())
    tomorrow = company.today + timedelta(days=1)
    recent = set(person.workdays(company.first, company.today - timedelta(days=5))[-20:])
    match person.situation:
        case Situation.NO_SEAT:
            assert not person.seats
        case Situation.NEVER_USED:
            assert person.seats
            assert not days
        case Situation.TRIED_ONCE:
            assert 1 <= len(days) <= 2
            assert not recent & days
        case Situation.LAPSED:
            assert len(days) >= 3
            assert not recent & days
        case Situation.SINGLE_TOOL:
            assert sorted(map(bool, days_with.values())) == [False, True]
            assert recent & days
        case Situation.NEW_JOINER:
            since = min(seat.since for seat in person.seats.values())
            assert len(person.workdays(since, tomorrow)) < 15
        case Situation.ON_LEAVE:
            assert len(person.workdays(company.today - timedelta(days=28), tomorrow)) < 5
            assert any(start <= company.today <= end for start, end in person.leave)
        case _:
            assert all(recent & own for own in days_with.values())


def test_the_same_seed_gives_the_same_company_to_the_byte(big):
    again = Company.made(7, today=TODAY)

    assert again.csv().encode() == big.csv().encode()
    assert again == big
    assert Company.made(8, today=TODAY, people=60).csv() != small(7).csv()


def test_the_company_has_its_size_and_about_a_hundred_thousand_rows(big):
    rows = sum(len(day) for usage in big.usage.values() for day in usage.days.values())

    assert len(big.people) == 2000
    assert 100_000 <= rows <= 150_000
    assert {person.situation for person in big.people} == set(Situation)
    assert len({person.zone for person in big.people}) == 8
    assert {person.region.partition("-")[0] for person in big.people} >= {"DE", "GB", "US", "IN"}
    assert any(not person.name.isascii() for person in big.people)
    assert any(person.working_days == (0, 1, 2, 3) for person in big.people)


def test_a_few_make_most_of_the_tokens(big):
    tokens: Counter[str] = Counter()
    for rows in big.usage[ANTHROPIC].days.values():
        for row in rows:
            tokens[row.account] += row.n_in + row.n_out + row.n_cr + row.n_cw5 + row.n_cw1h
    by_size = sorted(tokens.values(), reverse=True)

    assert sum(by_size[: len(by_size) // 10]) > 0.4 * sum(by_size)


@settings(max_examples=20, deadline=None)
@given(companies)
def test_managers_form_trees_of_teams_of_3_to_24(company):
    manager = {person.id: person.manager_id for person in company.people}
    for person_id in manager:
        seen, at = set(), person_id
        while at:
            assert at not in seen
            seen.add(at)
            at = manager[at]
    teams = Counter(above for above in manager.values() if above)

    assert all(3 <= size <= 24 for size in teams.values())


@settings(max_examples=15, deadline=None)
@given(companies)
def test_every_situation_is_true_of_its_people(company):
    by_account = days_by_account(company)
    for person in company.people:
        check_situation(person, by_account, company)


def test_every_situation_is_true_in_a_company_of_full_size(big):
    by_account = days_by_account(big)
    for person in big.people:
        check_situation(person, by_account, big)


@settings(max_examples=15, deadline=None)
@given(companies)
def test_nobody_uses_a_tool_before_the_seat_or_during_leave(company):
    by_account = days_by_account(company)
    for person in company.people:
        for seat in person.seats.values():
            days = by_account[seat.id]
            assert all(day >= max(seat.since, person.start) for day in days)
            assert all(person.works_on(day) for day in days if day.weekday() < 5)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rows_that_no_person_of_the_roster_explains_stay_under_two_percent_of_a_day(seed):
    company = Company.made(seed, today=TODAY, people=600)
    noise = company.noise
    known = {seat.id for person in company.people for seat in person.seats.values()}
    agents = {key.id for keys in noise.keys.values() for key in keys}
    agents |= {service.id for services in noise.services.values() for service in services}
    strange_days = 0
    for usage in company.usage.values():
        for rows in usage.days.values():
            strange = [r for r in rows if r.account not in known and r.credential not in agents]
            strange = [r for r in strange if r.account not in agents]
            strange_days += bool(strange)
            assert len(strange) <= 0.02 * len(rows)

    assert noise.stranger is not None
    assert strange_days > 20


def test_no_row_is_without_tokens_or_cost(big):
    rows = [row for usage in big.usage.values() for day in usage.days.values() for row in day]

    assert all(min(row.n_in, row.requests) > 0 and sum(costs(row)) > 0 for row in rows)


def test_the_roster_file_holds_every_employee_and_nobody_else(big):
    read = list(csv.DictReader(io.StringIO(big.csv())))
    emails = {person.email for person in big.people}

    header = "email,manager_email,department,start_date,working_days,leave,region"
    assert big.csv().splitlines()[0] == header
    assert tuple(read[0]) == CSV_HEADER
    assert {row["email"] for row in read} == emails
    assert len(read) == len(emails) == 2000
    assert {row["manager_email"] for row in read} <= emails | {""}
    assert any(row["working_days"] == "Mon Tue Wed Thu" for row in read)
    for row in read:
        date.fromisoformat(row["start_date"])
        for span in filter(None, row["leave"].split(";")):
            first, last = map(date.fromisoformat, span.split("/"))
            assert first <= last


def test_the_slack_workspace_holds_people_and_every_kind_of_noise(big):
    members = {member.id: member for member in big.members}

    assert len(members) == len(big.members)
    assert all(members[person.id].email == person.email for person in big.people)
    slackbot = members["USLACKBOT"]
    assert not slackbot.is_bot
    assert not slackbot.takes_messages
    others = [m for m in big.members if m.id not in {person.id for person in big.people}]
    assert any(m.is_bot for m in others)
    assert any(m.deleted for m in others)
    assert any(m.is_restricted and m.takes_messages for m in others)
    assert any(m.is_ultra_restricted for m in others)
    assert any(m.is_invited_user for m in others)


def test_addresses_are_made_up_and_some_providers_show_them_with_capitals(big):
    shown = [account.email for accounts in big.accounts.values() for account in accounts]

    assert all(normalise_email(email) for email in shown)
    assert all(normalise_email(email).endswith(("example.com", "example.net")) for email in shown)
    assert any(email != normalise_email(email) for email in shown)
    assert all(person.email.isascii() for person in big.people)


@pytest.mark.parametrize(("people", "weeks"), [(19, 12), (100, 8)])
def test_a_company_too_small_for_its_stories_is_refused(people, weeks):
    with pytest.raises(ValueError, match="at least 20 people and 9 weeks"):
        Company.made(1, today=TODAY, people=people, weeks=weeks)
