"""The made-up GitHub answers the real connector, and the company merges, reverts and puts back."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from unranked.connectors import found
from unranked.connectors.api import connected
from unranked.demo.behind import Truth, behind
from unranked.demo.company import Company
from unranked.demo.company_finished import ORG, Finished
from unranked.demo.company_usage import midnight
from unranked.demo.fake_github import FakeGitHub
from unranked.demo.world import world
from unranked.domain.constants import SURVIVAL
from unranked.domain.people import normalise_email
from unranked.domain.usage import Window
from unranked.services import roster, sync
from unranked.services.runtime import silent
from unranked.store import outcomes

TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
COMPANY = Company.made(5, today=TODAY, people=300, ahead=13)
FINISHED = Finished(COMPANY)
CONNECTOR = found()["github"]
LINE = re.compile(r"Reverts (\S+)#(\d+)")


def told(feed, *, throttled=True, now=NOON):
    """Return all that the real connector reads of a feed."""
    clock = [now]

    def sleep(seconds):
        clock[0] += timedelta(seconds=seconds)

    with FakeGitHub(COMPANY, lambda: now, "key") as fake:
        fake.throttle.on = throttled
        with connected(
            CONNECTOR,
            base_url=fake.url,
            key="key",
            options={"org": ORG, "enterprise": ""},
            clock=lambda: clock[0],
            sleeper=sleep,
        ) as api:
            assert api.get(CONNECTOR.check_path)
            window = Window(COMPANY.first, TODAY + timedelta(days=1))
            pages = list(CONNECTOR.fetch(api, feed, window))
    return [record for page in pages for record in CONNECTOR.parse(page)]


def reverted_by(pulls):
    found = {}
    for pull in pulls:
        if line := LINE.fullmatch(pull.body):
            found[line[1], int(line[2])] = pull
    return found


def true_counts(now=NOON):
    """How much of whose counts on which day: nobody here reverts twice what they put back."""
    pulls = [pull for pull in FINISHED.pulls if pull.at < now]
    reverts = reverted_by(pulls)
    counts = Counter()
    for pull in pulls:
        revert = reverts.get((pull.repository, pull.number))
        back = revert and reverts.get((revert.repository, revert.number))
        end = pull.at + SURVIVAL
        stands = revert is None or revert.at > end or (back is not None and back.at <= end)
        if pull.author and stands and not LINE.fullmatch(pull.body):
            counts[pull.at.date(), pull.author] += 1
    return counts


def test_the_connector_counts_what_was_merged_and_survived():
    counted = Counter()
    for record in told("merged"):
        counted[record.day, int(record.account.id)] += record.finished

    assert +counted == true_counts()


def test_some_merge_much_some_little_some_never_and_some_of_it_is_undone_or_put_back():
    totals = Counter()
    for (_, author), count in true_counts().items():
        totals[author] += count
    reverts = reverted_by(FINISHED.pulls)

    assert max(totals.values()) > 10
    assert sum(count < 5 for count in totals.values()) > 10
    assert sum(one.number not in totals for one in FINISHED.developers) > 10
    assert len(reverts) > 10
    assert any((revert.repository, revert.number) in reverts for revert in reverts.values())
    assert {"copilot-swe-agent", "renovate-made-up", ""} <= {pull.login for pull in FINISHED.pulls}


def test_every_members_address_is_found_and_who_has_none_stays_without():
    emails = {}
    for record in told("members"):
        emails.setdefault(int(record.account.id), set()).update(record.emails)

    assert emails == {
        one.number: {normalise_email(one.email)} - {""}
        for one in FINISHED.developers
        if one.is_member(TODAY)
    }
    assert set() in emails.values()


@pytest.mark.parametrize("feed", ["members", "merged"])
def test_a_429_now_and_then_changes_nothing(feed):
    assert told(feed) == told(feed, throttled=False)


def test_without_a_future_the_past_is_the_same():
    past = Finished(Company.made(5, today=TODAY, people=300)).pulls
    end = midnight(TODAY + timedelta(days=1))

    assert past == FINISHED.between(midnight(COMPANY.first), end)
    assert len(FINISHED.pulls) > len(past)


def test_what_is_not_merged_yet_is_not_shown_nor_what_is_late():
    earlier = NOON - timedelta(days=3)
    with FakeGitHub(COMPANY, lambda: clock[0], "key") as fake:
        fake.throttle.on = False
        clock = [earlier]
        fake.late = timedelta(days=3)
        clock[0] = NOON
        found = asked(fake, "2026-11-01T00:00:00Z..2026-12-31T00:00:00Z")
    assert found["issueCount"] == len(FINISHED.between(midnight(date(2026, 11, 1)), earlier))


def asked(fake, span, **more):
    q = f"org:{ORG} is:pr is:merged merged:{span} sort:created-asc"
    body = {"query": "{ search( }", "variables": {"q": q, "first": 100, "after": None, **more}}
    headers = {"Authorization": "Bearer key"}
    answer = httpx.post(f"{fake.url}/graphql", json=body, headers=headers)
    return answer.json().get("data", {}).get("search") or answer.json()


def test_what_it_does_not_know_it_refuses():
    with FakeGitHub(COMPANY, lambda: NOON, "key") as fake:
        fake.throttle.on = False
        headers = {"Authorization": "Bearer key"}
        assert asked(fake, "yesterday..today")["errors"]
        assert asked(fake, "2026-11-01T00:00:00Z..2026-12-31T00:00:00Z", first=101)["errors"]
        odd = {"query": "{ viewer { login } }", "variables": {"org": ORG}}
        assert "errors" in httpx.post(f"{fake.url}/graphql", json=odd, headers=headers).json()
        other = {"query": "membersWithRole", "variables": {"org": "other"}}
        (error,) = httpx.post(f"{fake.url}/graphql", json=other, headers=headers).json()["errors"]
        assert error["type"] == "NOT_FOUND"
        assert httpx.post(f"{fake.url}/graphql", content=b"{", headers=headers).status_code == 400
        assert httpx.post(f"{fake.url}/orgs/{ORG}/members", headers=headers).status_code == 404
        assert httpx.get(f"{fake.url}/orgs/{ORG}/members").status_code == 401


def test_the_world_reads_it_and_the_pane_says_what_is_true_and_what_is_stored():
    today = datetime(2026, 11, 22, tzinfo=UTC)
    with world(seed=7, people=60, today=today, progress=silent, ahead=4) as one:
        roster.refresh(one.runtime)
        assert not [run for run in sync.run(one.runtime) if run.error]
        person = max(
            one.company.people, key=lambda p: one.github.finished.merged_by(p.id, today) or 0
        )
        shown = behind(one, Truth.of(one.company), person, ()).person
        facts = {fact.name: fact.value for fact in shown}
        with one.runtime.store.read() as tx:
            assert outcomes.stored_rows(tx, "github", "merged", Window(one.company.first, TODAY))

    merged = one.github.finished.merged_by(person.id, one.time.now)
    assert facts["Pull requests merged, in truth"] == f"{merged}, reverts among them"
    assert facts["Finished work in the store"].endswith("less what was undone")
