from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from unranked.domain.people import Claim, Tie, normalise_email, ties

calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
FIRST = date(2026, 3, 1)
SHOWN = 25
ONE_DAY = timedelta(days=1)

days = st.integers(0, 20).map(lambda n: FIRST + n * ONE_DAY)
claims = st.builds(
    Claim,
    st.sampled_from(["a-1", "a-2"]),
    st.sampled_from(["p-1", "p-2", "p-3"]),
    days,
    st.one_of(st.none(), days),
)
claim_lists = st.lists(claims, max_size=7)


def owners(spans):
    """Who has each account on each of the first days, counted day by day."""
    found = defaultdict(set)
    for span in spans:
        for n in range(SHOWN):
            day = FIRST + n * ONE_DAY
            if span.since <= day and (span.until is None or day < span.until):
                found[span.account_key, day].add(span.person_key)
    return found


@settings(calm, max_examples=100)
@given(claim_lists)
def test_an_account_belongs_to_a_person_on_the_days_that_only_they_claim(claimed):
    alone = {key: people for key, people in owners(claimed).items() if len(people) == 1}

    assert owners(ties(claimed)) == alone


@settings(calm, max_examples=100)
@given(claim_lists)
def test_ties_of_an_account_follow_each_other_and_none_could_be_joined(claimed):
    by_account = defaultdict(list)
    for tie in ties(claimed):
        by_account[tie.account_key].append(tie)

    for own in by_account.values():
        assert all(tie.until is None or tie.since < tie.until for tie in own)
        for one, two in pairwise(own):
            assert one.until <= two.since
            assert one.until < two.since or one.person_key != two.person_key


@calm
@given(claim_lists, st.randoms(use_true_random=False))
def test_the_order_and_repetition_of_claims_change_nothing(claimed, random):
    shuffled = [*claimed, *claimed]
    random.shuffle(shuffled)

    assert set(ties(shuffled)) == set(ties(claimed))
    assert len(list(ties(shuffled))) == len(list(ties(claimed)))


def test_two_people_who_share_an_address_for_a_while_share_no_usage():
    april, may, june = date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)
    claimed = [Claim("a-1", "p-1", april), Claim("a-1", "p-2", may, june)]

    assert list(ties(claimed)) == [
        Tie("a-1", "p-1", april, may),
        Tie("a-1", "p-1", june, None),
    ]


def test_an_account_that_is_handed_on_has_two_owners_one_after_the_other():
    april, may = date(2026, 4, 1), date(2026, 5, 1)
    claimed = [Claim("a-1", "p-1", april, may), Claim("a-1", "p-2", may)]

    assert list(ties(claimed)) == [
        Tie("a-1", "p-1", april, may),
        Tie("a-1", "p-2", may, None),
    ]


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        (" Ada.L@Example.COM ", "ada.l@example.com"),
        ("ada+ai@example.com", "ada+ai@example.com"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("jose\u0301@example.com", "jos\u00e9@example.com"),
    ],
)
def test_addresses_that_are_the_same_compare_as_the_same(written, compared):
    assert normalise_email(written) == compared


@pytest.mark.parametrize(
    "written",
    [
        "",
        "ada",
        "@example.com",
        "ada@",
        "ada@localhost",
        "a da@example.com",
        "a@b@example.com",
        "ada@example..com",
        "ada@.example.com",
        "ada@example.com.",
        f"ada@{'x' * 64}.com",
    ],
)
def test_what_is_no_address_compares_as_nothing(written):
    assert normalise_email(written) == ""


@settings(calm, max_examples=100)
@given(st.one_of(st.emails(), st.text(), st.text().map(lambda t: f"{t}@{t}.example")))
@example("ada@example.\u00af")  # IDNA makes a space and a combining macron of it
def test_an_address_is_compared_in_one_form_only(written):
    once = normalise_email(written)

    assert normalise_email(once) == once
    assert not any(c.isspace() for c in once)
