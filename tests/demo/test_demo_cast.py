"""Whom one can be: by role and situation, and nobody who is gone a quarter later."""

from collections import Counter
from datetime import date
from itertools import pairwise

import pytest

from unranked import text
from unranked.demo.cast import cast, speaks
from unranked.demo.company import Company
from unranked.demo.company_people import Situation
from unranked.demo.show import AHEAD_WEEKS, FIRST_DAY, PEOPLE, SEED

pytestmark = pytest.mark.xdist_group("cast")  # what it looks at is made once

SLUGS = {
    "never-used",
    "held-back",
    "tried-once",
    "lapsed",
    "german",
    "active",
    "now-and-then",
    "new",
    "on-leave",
    "opted-out",
    "no-seat",
    "manager-of-few",
    "manager-of-many",
    "director",
    "enablement",
    "enablement-too",
}


@pytest.fixture(scope="module")
def company():
    return Company.made(SEED, today=FIRST_DAY.date(), people=PEOPLE, ahead=AHEAD_WEEKS)


def roles(company):
    half = {person.id for person in company.people[::2]}
    return [one for _, group in cast(company, lambda one: one.id in half) for one in group]


def test_every_role_is_somebody_else_and_has_no_name(company):
    found = roles(company)

    assert {one.slug for one in found} == SLUGS
    assert len({one.person.id for one in found}) == len(found)
    for one in found:
        assert not any(word in one.title + one.says for word in one.person.name.split())


def test_the_managers_have_as_many_people_as_they_say(company):
    found = {one.slug: one for one in roles(company)}
    for slug in ("manager-of-few", "manager-of-many"):
        reports = [p for p in company.people if p.manager_id == found[slug].person.id]
        assert found[slug].title == f"Manager of {len(reports)}"


def test_nobody_whom_one_can_be_leaves_the_company(company):
    assert company.future.left
    assert not company.future.left.keys() & {one.person.id for one in roles(company)}


def test_the_situations_are_the_true_ones(company):
    found = {one.slug: one.person.situation for one in roles(company)}

    assert found["never-used"] is found["held-back"] is Situation.NEVER_USED
    assert found["on-leave"] is Situation.ON_LEAVE
    assert found["opted-out"] is found["lapsed"] is Situation.LAPSED


def test_one_of_them_speaks_german_and_the_rest_english_where_there_was_a_choice(company):
    found = {one.slug: speaks(one.person) for one in roles(company)}

    assert [slug for slug, language in found.items() if language == "de"] == ["german", "director"]
    assert company.people[0].locale == "de-DE"  # the director: there is one


def test_more_than_a_fifth_of_the_company_speaks_german_and_some_speak_neither(company):
    locales = Counter(one.locale for one in company.people)

    assert len(company.people) / 5 < locales["de-DE"] < len(company.people) / 2
    assert any(text.language_of(one) == "en" and not one.startswith("en") for one in locales)


def test_time_goes_on_long_enough_for_two_quarters(company):
    quarters = [date(2027, 1, 1), date(2027, 4, 1)]
    assert all(one < other for one, other in pairwise([*quarters, company.ends]))
