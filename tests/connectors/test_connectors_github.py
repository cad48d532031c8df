"""What GitHub's answers mean: merged pull requests by day and author, and whose an account is."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_provider import KEY, Fault, Recording, Time, api_of, pages_of, records_of, serving

from unranked import bootstrap
from unranked.bootstrap import Wiring
from unranked.connectors.api import ATTEMPTS
from unranked.connectors.github import CONNECTOR
from unranked.domain.constants import SURVIVAL
from unranked.domain.outcomes import OutcomeKind, OutcomeRecord
from unranked.domain.usage import ONE_DAY, AccountKind, AccountRef, Window
from unranked.errors import ConfigError, ProviderError

THE_17TH, THE_18TH, THE_19TH, THE_20TH = (date(2026, 11, day) for day in (17, 18, 19, 20))
ORG = {"org": "acme", "enterprise": ""}
BOT = {"__typename": "Bot"}


def account(number):
    return AccountRef(AccountKind.MEMBER, str(number))


ADA, BO, CY, DI = (account(number) for number in range(583231, 583235))


def recorded(name):
    return Recording.read("github", name)


def addresses_in(name):
    found = {}
    for record in records_of(CONNECTOR, recorded(name)):
        found.setdefault(record.account, set()).update(record.emails)
    return found


def merged(day, who, number=1, done=1):
    return OutcomeRecord(who, day, OutcomeKind.PR_MERGED, number, done)


# What was merged


def test_each_day_has_the_work_of_its_people_and_not_of_robots_and_the_deleted():
    assert records_of(CONNECTOR, recorded("merged")) == [
        # One of Ada's two was reverted on the next day; a bot's, a ghost's and a mannequin's.
        merged(THE_17TH, ADA, done=2),
        merged(THE_17TH, BO),
        merged(THE_18TH, BO),
        # A revert is no work, and Cy's own work was reverted by a bot a week later.
        merged(THE_18TH, CY, 0, done=2),
    ]


def test_a_page_is_a_day_and_holds_numbers_and_no_word():
    pages = pages_of(CONNECTOR, recorded("merged"))

    assert [page.window.start for page in pages] == [THE_17TH, THE_18TH, THE_19TH]
    assert pages[0].body == {
        "rows": [
            {"author": 583231, "merged": 2, "finished": 1},
            {"author": 583232, "merged": 1, "finished": 1},
        ]
    }
    assert pages[2].body == {"rows": []}


def asked_in(name, **faults):
    recording = recorded(name)
    with serving(recording.exchanges) as provider, api_of(CONNECTOR, provider) as api:
        provider.faults = list(faults.get("first", ()))
        pages = list(CONNECTOR.fetch(api, recording.feed, recording.window))
    return pages, provider.asked


def test_more_than_a_search_shows_is_asked_in_shorter_pieces():
    pages, asked = asked_in("merged_too_many")
    spans = [re.search(r"merged:(\S+)", request.values("q")[0])[1] for request in asked]

    assert spans == [
        "2026-11-17T00:00:00Z..2026-11-17T23:59:59Z",
        "2026-11-17T00:00:00Z..2026-11-17T11:59:59Z",
        "2026-11-17T12:00:00Z..2026-11-17T23:59:59Z",
        "2026-11-17T12:00:00Z..2026-11-17T17:59:59Z",
        "2026-11-17T18:00:00Z..2026-11-17T23:59:59Z",
        "2026-11-18T00:00:00Z..2026-12-01T23:59:59Z",
    ]
    assert [record for page in pages for record in CONNECTOR.parse(page)] == [
        merged(THE_17TH, ADA),
        merged(THE_17TH, BO),
    ]


TOO_LONG = b'{"data": null, "errors": [{"message": "Something went wrong."}]}'


@pytest.mark.parametrize(
    ("first", "tries"),
    [([Fault(502)] * ATTEMPTS, ATTEMPTS), ([Fault(200, TOO_LONG)], 1)],
)
def test_a_question_that_is_too_much_is_asked_in_smaller_pages_from_then_on(first, tries):
    pages, asked = asked_in("merged", first=first)

    assert [request.values("first")[0] for request in asked[:tries]] == ["100"] * tries
    assert {request.values("first")[0] for request in asked[tries:]} == {"20"}
    assert pages == pages_of(CONNECTOR, recorded("merged"))


def test_what_is_too_much_in_every_size_is_tried_again_another_time():
    with serving([]) as provider, api_of(CONNECTOR, provider) as api:
        provider.always = Fault(200, TOO_LONG)
        with pytest.raises(ProviderError) as caught:
            list(CONNECTOR.fetch(api, "merged", recorded("merged").window))
    assert caught.value.retryable
    assert [request.values("first")[0] for request in provider.asked] == ["100", "20", "4"]


@pytest.mark.parametrize("feed", ["merged", "members"])
def test_a_quota_that_is_used_up_is_no_reason_to_ask_for_less(feed):
    busy = b'{"data": null, "errors": [{"type": "RATE_LIMITED", "message": "later"}]}'
    with serving([]) as provider, api_of(CONNECTOR, provider) as api:
        provider.always = Fault(200, busy)
        with pytest.raises(ProviderError) as caught:
            list(CONNECTOR.fetch(api, feed, recorded("merged").window))
    assert caught.value.retryable
    assert len(provider.asked) == 1


@pytest.mark.parametrize("name", ["a_part_is_protected", "no_such_organisation", "members_refused"])
def test_a_part_of_an_answer_is_none_and_what_the_key_lacks_is_said(name):
    with pytest.raises(ProviderError) as caught:
        records_of(CONNECTOR, recorded(f"wrong/{name}"))
    assert "UNRANKED_GITHUB_ORG" in caught.value.hint
    assert "single sign-on" in caught.value.hint


def test_a_minute_with_more_than_a_search_shows_is_refused_and_not_cut():
    class Endless:
        options = ORG
        spans = 0

        def post(self, path, body, **_):
            del path, body
            self.spans += 1
            found = {"issueCount": 1001, "pageInfo": {"hasNextPage": False}, "nodes": []}
            return {"data": {"search": found}}

    api = Endless()
    with pytest.raises(ProviderError, match="within one minute"):
        list(CONNECTOR.fetch(api, "merged", Window(THE_17TH, THE_18TH)))
    assert api.spans < 20


# What survives, whatever window is asked for


class Repository:
    """GitHub's search over these pull requests, with pages of two."""

    options = ORG

    def __init__(self, *pulls):
        self.pulls = pulls

    def post(self, path, body, **_):
        assert path == "/graphql"
        start, end = re.search(r"merged:(\S+)\.\.(\S+)", body["variables"]["q"]).groups()
        found = [pull for pull in self.pulls if start <= pull["mergedAt"] <= end]
        at = int(body["variables"]["after"] or 0)
        more = at + 2 < len(found)
        info = {"hasNextPage": more, "endCursor": str(at + 2) if more else None}
        listed = {"issueCount": len(found), "pageInfo": info, "nodes": found[at : at + 2]}
        return {"data": {"search": listed}}

    def records(self, *windows):
        pages = (page for one in windows for page in CONNECTOR.fetch(self, "merged", one))
        return [record for page in pages for record in CONNECTOR.parse(page)]

    def counts(self, *windows):
        """How much of whose counts on which day."""
        return {
            (record.day, int(record.account.id)): record.finished
            for record in self.records(*windows)
            if record.finished
        }


def pull(number, at, author, *, reverts=None, title=""):
    """A pull request, perhaps one as GitHub's button makes it of another one."""
    said = f"Change {number}" if reverts is None else f'Revert "{reverts["title"]}"'
    return {
        "number": number,
        "title": title or said,
        "body": "Why." if reverts is None else f"Reverts acme/web#{reverts['number']}",
        "mergedAt": at if isinstance(at, str) else f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "author": author if isinstance(author, dict) else person(author),
        "repository": {"nameWithOwner": "acme/web"},
    }


def person(number):
    return {"__typename": "User", "databaseId": number}


FIRST = pull(1, "2026-11-02T09:00:00Z", 5)
ITS_DAY = Window(date(2026, 11, 2), date(2026, 11, 3))
ALL_DAYS = Window(date(2026, 11, 1), date(2026, 12, 1))
COUNTS = {(ITS_DAY.start, 5): 1}
EARLY = pull(2, "2026-11-04T09:00:00Z", 6, reverts=FIRST)
LATE = pull(2, "2026-11-15T09:00:00Z", 6, reverts=FIRST)


@pytest.mark.parametrize("window", [ITS_DAY, ALL_DAYS], ids=["its day", "all days"])
@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ([], COUNTS),
        ([pull(2, "2026-11-02T09:05:00Z", 5, reverts=FIRST)], {}),
        ([pull(2, "2026-11-09T09:00:00Z", 6, reverts=FIRST)], {}),
        ([pull(2, "2026-11-09T09:00:00Z", BOT, reverts=FIRST)], {}),
        ([pull(2, "2026-11-16T09:00:00Z", 6, reverts=FIRST)], {}),
        ([pull(2, "2026-11-16T09:00:01Z", 6, reverts=FIRST)], COUNTS),
        ([EARLY, pull(3, "2026-11-05T09:00:00Z", 5, reverts=EARLY)], COUNTS),
        ([LATE, pull(3, "2026-11-17T09:00:00Z", 5, reverts=LATE)], {}),
        ([EARLY, pull(3, "2026-11-05T09:00:00Z", 5, reverts=EARLY, title=EARLY["title"])], {}),
        ([pull(2, "2026-11-09T09:00:00Z", 6, reverts=FIRST, title='Revert "Change 2"')], COUNTS),
    ],
    ids=[
        "nothing",
        "by themselves, at once",
        "by somebody else",
        "by a robot",
        "in the last second",
        "too late",
        "and put back",
        "and put back too late",
        "and put back under a wrong name",
        "under a wrong name",
    ],
)
def test_a_reverted_pull_request_does_not_count_on_the_day_of_its_merge(window, later, expected):
    assert Repository(FIRST, *later).counts(window) == expected


@pytest.mark.parametrize("day", range(1, 9))
def test_on_whatever_day_of_a_piece_it_was_merged_its_14_days_are_looked_at(day):
    first = datetime(2026, 11, day, 9, tzinfo=UTC)
    work = pull(1, first, 5)
    revert = pull(2, first + SURVIVAL - timedelta(hours=1), 6, reverts=work)

    assert Repository(work, revert).counts(ALL_DAYS) == {}


OF_LONG_AGO = pull(9, "2026-09-01T09:00:00Z", 5)


@pytest.mark.parametrize("title", ["", 'Revert "What nobody knows"'])
def test_a_revert_is_no_work_whether_or_not_what_it_names_was_read(title):
    revert = pull(12, "2026-11-02T09:00:00Z", 6, reverts=OF_LONG_AGO, title=title)
    since_then = Window(date(2026, 9, 1), ALL_DAYS.end)

    assert Repository(revert).counts(ALL_DAYS) == {}
    assert Repository(OF_LONG_AGO, revert).counts(since_then) == {(date(2026, 9, 1), 5): 1}


def test_one_pull_request_undoes_one_other_at_most():
    works = [pull(number, "2026-11-02T09:00:00Z", 5) for number in range(1, 31)]
    lines = "\n\n".join(f"Reverts acme/web#{number}" for number in range(1, 31))
    revert = {**pull(99, "2026-11-03T09:00:00Z", 6, reverts=works[0]), "body": lines}
    again = {**revert, "number": 98, "title": "Let people revert a setting"}

    assert Repository(*works, revert).counts(ALL_DAYS) == {(ITS_DAY.start, 5): 29}
    assert Repository(*works, again).counts(ITS_DAY) == {(ITS_DAY.start, 5): 30}


@st.composite
def stories(draw):
    """Pull requests of three people over a month, many of them reverts of what came before."""
    first = datetime(2026, 11, 1, tzinfo=UTC)
    hours = sorted(draw(st.lists(st.integers(0, 30 * 24), max_size=10)))
    told = []
    for number, hour in enumerate(hours, start=1):
        reverts = draw(st.sampled_from([None, *told]))
        title = draw(st.sampled_from(["", "", "", 'Revert "Change 1"'])) if reverts else ""
        who = draw(st.sampled_from([5, 6, BOT]))
        told.append(pull(number, first + timedelta(hours=hour), who, reverts=reverts, title=title))
    return told


@settings(max_examples=60, deadline=None)
@given(stories(), st.lists(st.integers(1, 29), max_size=3, unique=True))
def test_the_windows_in_which_it_is_read_change_no_count(told, cuts):
    repository = Repository(*told)
    ends = [ALL_DAYS.start + timedelta(days=day) for day in (0, *sorted(cuts), 30)]
    parts = [Window(start, end) for start, end in pairwise(ends)]

    assert repository.counts(*parts) == repository.counts(ALL_DAYS)


@settings(max_examples=60, deadline=None)
@given(stories())
def test_nobody_has_more_than_what_they_merged_that_is_no_revert(told):
    found, done = Counter(), Counter()
    for (_, author), finished in Repository(*told).counts(ALL_DAYS).items():
        found[author] += finished
    for one in told:
        if one["author"] is not BOT and one["title"].startswith("Change"):
            done[one["author"]["databaseId"]] += 1

    assert found <= done


@settings(max_examples=60, deadline=None)
@given(stories())
def test_what_is_told_of_a_day_beside_what_counts_is_all_that_was_merged(told):
    done = Counter()
    for one in told:
        if one["author"] is not BOT:
            done[date.fromisoformat(one["mergedAt"][:10]), one["author"]["databaseId"]] += 1
    records = Repository(*told).records(Window(ALL_DAYS.start, ALL_DAYS.end + ONE_DAY))

    assert {(one.day, int(one.account.id)): one.done for one in records} == done
    assert all(one.finished <= one.done for one in records)


def test_a_day_is_read_again_for_as_long_as_its_work_may_be_undone():
    feed = CONNECTOR.feed("merged")
    # The watermark is at least a lag behind, and the last day of survival is read after its end.
    assert feed.lag >= ONE_DAY
    assert feed.reread >= SURVIVAL + feed.lag


# Whose an account is


def test_addresses_come_from_every_place_that_has_them():
    assert addresses_in("members") == {
        ADA: {"ada@example.com", "ada.l@example.com"},
        BO: {"bo@example.com"},  # single sign-on has no address of theirs
        CY: {"cy@example.com"},
        DI: set(),
    }
    assert addresses_in("members_of_an_organisation") == {ADA: {"ada@example.com"}}
    assert addresses_in("members_by_domain") == {
        ADA: {"ada@example.com", "ada.l@example.com"},
        BO: set(),
    }


def test_managed_users_are_found_by_the_login_that_their_user_name_makes():
    found = {who: emails for who, emails in addresses_in("members_managed").items() if emails}

    assert found == {
        ADA: {"ada@example.com", "ada.lovelace@idp.example.com"},
        BO: {"bo@example.com"},
        # ed: two members have that name. octo-di: no managed login.
    }


def test_addresses_of_single_sign_on_come_first_so_that_an_erased_person_is_known_at_once():
    kinds = ["members" in page.body for page in pages_of(CONNECTOR, recorded("members"))]
    assert kinds == sorted(kinds)


def test_a_login_is_not_kept():
    for page in pages_of(CONNECTOR, recorded("members_managed")):
        assert "lovelace_" not in str(page.body)


def test_without_any_address_there_is_an_error_that_says_what_to_set():
    with pytest.raises(ProviderError, match="no company address") as caught:
        records_of(CONNECTOR, recorded("wrong/no_address_of_anybody"))
    assert "UNRANKED_GITHUB_ENTERPRISE" in caught.value.hint


# Its address and its settings


def test_on_a_server_of_ones_own_graphql_stands_beside_the_rest():
    recording, under = recorded("members"), "/api/v3/orgs/acme/members"
    exchanges = [
        {**one, "path": under if "orgs" in one["path"] else "/api/graphql"}
        for one in recording.exchanges
    ]
    with serving(exchanges) as provider:
        for base_url in (f"{provider.url}/api/v3", f"{provider.url}/api/v3/"):
            with api_of(CONNECTOR, provider, Time(), base_url=base_url) as api:
                assert list(CONNECTOR.fetch(api, "members", recording.window))
                assert api.get(CONNECTOR.check_path)
    assert {asked.path for asked in provider.asked} == {"/api/graphql", under}


def test_behind_a_proxy_everything_stands_below_its_path():
    recording = recorded("members_by_domain")
    exchanges = [{**one, "path": f"/proxy{one['path']}"} for one in recording.exchanges]
    with (
        serving(exchanges) as provider,
        api_of(
            CONNECTOR, provider, base_url=f"{provider.url}/proxy", options=recording.options
        ) as api,
    ):
        assert list(CONNECTOR.fetch(api, "members", recording.window))


@pytest.mark.parametrize("enterprise", ["", "corp"])
def test_the_organisation_must_be_set_and_the_enterprise_may(monkeypatch, enterprise):
    monkeypatch.setenv("UNRANKED_GITHUB_KEY", KEY)
    monkeypatch.setenv("UNRANKED_GITHUB_ENTERPRISE", enterprise)
    with pytest.raises(ConfigError, match="UNRANKED_GITHUB_ORG is not set"):
        bootstrap.connected(Wiring())
    monkeypatch.setenv("UNRANKED_GITHUB_ORG", "acme")
    (connected,) = bootstrap.connected(Wiring())
    with connected.open() as api:
        assert api.options == {"org": "acme", "enterprise": enterprise}


@pytest.mark.parametrize("name", ["acme/web", "orgs/acme", "a b", "acme is:pr", "-acme"])
def test_a_name_that_is_none_is_refused_at_the_start(monkeypatch, name):
    monkeypatch.setenv("UNRANKED_GITHUB_KEY", KEY)
    monkeypatch.setenv("UNRANKED_GITHUB_ORG", name)
    with pytest.raises(ConfigError, match=r"UNRANKED_GITHUB_ORG .* must be the name"):
        bootstrap.connected(Wiring())
