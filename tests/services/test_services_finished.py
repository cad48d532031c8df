"""Finished work in: whole, once, only of people who are known; and what is said of it to one."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from filled import dump
from made_up_source import SLUG, add_source
from sqlalchemy import select, update

from jobs import nudges as nudges_job
from unranked import text
from unranked.channels.base import Facts, lines_of
from unranked.connectors.base import FeedKind
from unranked.demo.slack_members import Member
from unranked.domain.outcomes import OutcomeKind
from unranked.domain.personal import Finished, Unknown
from unranked.domain.usage import ONE_DAY, Window
from unranked.errors import ProviderError
from unranked.services import answers, corrections, erasure, export, finished, sync
from unranked.services.choices import Asker
from unranked.store import corrections as stored
from unranked.store import coverage, outcomes, own_ties
from unranked.store.tables import Account, Tie, table

DAY, RECENT = date(2026, 2, 16), date(2026, 2, 26)
ALL = Window(date(2026, 1, 1), date(2026, 4, 1))
DOWN = ProviderError("HTTP 503.", hint="Wait.", retryable=True, status=503)


@pytest.fixture
def company(world_on):
    """Ada and Bo merge something now and then; Cy has no account there."""
    for name in ("ada", "bo", "cy"):
        world_on.person(name)
    source = add_source(world_on)
    for name in ("ada", "bo"):
        source.member(name)
    source.done.update({(DAY, "ada"): 2, (DAY, "bo"): 1, (date(2026, 2, 20), "ada"): 1})
    world_on.source = source
    return world_on


def of(world, who):
    with world.runtime.store.read() as tx:
        found = outcomes.of_person(tx, world.key(who), ALL)
        return {one.day: one.finished for one in found}


def said(world, who):
    with world.runtime.store.read() as tx:
        key = world.key(who)
        return finished.of_person(
            tx,
            world.runtime,
            key,
            mine=own_ties.tools_of(tx, key),
            complete=coverage.completeness(tx),
            costs_through=None,
        )


def tie(world, *, since=date(2025, 1, 1), until=None):
    """Let everybody's accounts at the source, known for long, be theirs on these days."""
    tie, account = table(Tie), table(Account)
    there = select(account.c.account_key).where(account.c.connector == SLUG)
    with world.runtime.store.write() as tx:
        changed = update(tie).where(tie.c.account_key.in_(there))
        tx.execute(changed.values(since=since, until=until))
        tx.execute(update(account).values(first_seen=date(2025, 1, 1)))


def completeness(world):
    with world.runtime.store.read() as tx:
        return coverage.completeness(tx)[SLUG]


def failed(runs):
    return {(run.connector, run.feed) for run in runs if run.error}


# Into the store


def test_what_was_finished_is_counted_by_person_and_day_and_reading_again_changes_nothing(company):
    company.learn(days=1)
    expected = {DAY: 2, date(2026, 2, 20): 1}
    assert (of(company, "UADA"), of(company, "UBO"), of(company, "UCY")) == (expected, {DAY: 1}, {})

    company.now += timedelta(days=1)
    company.learn(days=1)
    assert of(company, "UADA") == expected


def test_all_accounts_of_a_person_count_together(company):
    company.source.member("ada-too", "ada@corp.example")
    company.source.done[DAY, "ada-too"] = 5
    company.learn(days=1)

    assert of(company, "UADA")[DAY] == 7


def test_rows_of_one_day_and_account_add_up_and_a_row_of_another_day_is_refused(company):
    company.learn(days=1)
    (row,) = [one for one in dump(company.runtime.store)["outcome"] if one["finished"] == 1][:1]
    key, kind = row["account_key"], OutcomeKind.PR_MERGED.value
    rows = [(DAY, key, kind, 3, 1), (DAY, key, kind, -1, 2), (DAY, None, kind, 9, 3)]
    window = Window(DAY, DAY + ONE_DAY)
    with company.runtime.store.write() as tx:
        loaded = outcomes.replace_days(tx, SLUG, "merged", window, lambda: rows)
    assert loaded.rows == {DAY: 3}
    assert [
        one["finished"] for one in dump(company.runtime.store)["outcome"] if one["day"] == DAY
    ] == [2]

    with (
        pytest.raises(ValueError, match="outside the days"),
        company.runtime.store.write() as tx,
    ):
        outcomes.replace_days(tx, SLUG, "merged", window, lambda: [(ALL.start, key, kind, 1, 1)])


def test_what_was_undone_later_is_gone_from_the_day_on_which_it_was_finished(company):
    company.learn(days=3)
    company.source.undone[DAY, "ada"] = 1
    company.source.undone[date(2026, 2, 20), "ada"] = 1  # all of it was
    company.now += timedelta(days=1)
    company.learn(days=1)

    assert of(company, "UADA") == {DAY: 1}


def test_whoever_is_no_member_is_not_noted_and_neither_is_their_work(company):
    company.source.done[DAY, "stranger"] = 4
    company.learn(days=1)
    tables = dump(company.runtime.store)

    assert "stranger" not in repr(tables)
    assert sorted(row["finished"] for row in tables["outcome"]) == [1, 1, 2]
    assert len([row for row in tables["account"] if row["connector"] == SLUG]) == 2


def test_work_waits_for_the_list_of_members_and_none_of_it_is_lost(company):
    company.source.no_members = True
    runs = sync.run(company.runtime)
    assert failed(runs) == {(SLUG, "members")}
    assert "merged" not in company.source.asked
    assert not dump(company.runtime.store)["outcome"]

    company.source.no_members = False
    company.learn(days=1)
    assert of(company, "UADA") == {DAY: 2, date(2026, 2, 20): 1}
    company.source.no_members = True
    company.source.done[DAY, "ada"] = 9
    assert failed(sync.run(company.runtime)) == {(SLUG, "members")}
    assert of(company, "UADA")[DAY] == 2


@pytest.mark.parametrize("kinds", [{FeedKind.OUTCOME}, {FeedKind.OUTCOME, FeedKind.COST}])
def test_work_alone_is_not_read_before_any_list_of_members_was(company, kinds):
    sync.run(company.runtime, kinds=frozenset(kinds))
    assert company.source.asked == []

    sync.run(company.runtime)
    company.source.asked.clear()
    sync.run(company.runtime, kinds=frozenset(kinds))
    assert set(company.source.asked) == {"merged"}


def test_an_empty_answer_where_work_was_is_refused_and_keeps_it(company):
    company.learn(days=2)
    before, reached = of(company, "UADA"), completeness(company)
    company.source.empty = True
    company.now += timedelta(days=1)

    assert failed(sync.run(company.runtime)) == {(SLUG, "merged")}
    assert of(company, "UADA") == before
    assert completeness(company) == reached


def test_where_all_that_was_finished_was_undone_the_source_is_believed(company):
    company.learn(days=2)
    company.source.undone.update(company.source.done)
    company.now += timedelta(days=1)

    assert not failed(sync.run(company.runtime))
    assert of(company, "UADA") == {}


def test_a_source_that_fails_stops_no_tool_and_a_tool_that_fails_stops_no_source(company):
    company.tools["acme"].use("ada@corp.example", DAY)
    company.source.fails_with = DOWN
    runs = sync.run(company.runtime)
    assert failed(runs) == {(SLUG, "members")}
    assert any(run.rows for run in runs if run.connector == "acme" and run.feed == "usage")

    company.source.fails_with, company.tools["acme"].fails_with = None, DOWN
    company.learn(days=1)
    assert {connector for connector, _ in failed(sync.run(company.runtime))} == {"acme"}
    assert of(company, "UADA")[DAY] == 2


def test_the_look_before_a_nudge_asks_no_source(company):
    nudges_job.run(company.runtime, lambda: False)

    assert company.tools["acme"].calls
    assert company.source.asked == []


# How far it is complete


def test_a_day_is_complete_whatever_little_was_finished_and_whoever_did_it(company):
    busy = Window(date(2026, 1, 19), date(2026, 2, 21))  # nobody did anything in the week after
    for day in busy.days():
        company.source.done.update({(day, f"stranger{n}"): 3 for n in range(9)})
    company.learn(days=2)

    assert completeness(company).complete_through == date(2026, 2, 28)
    assert completeness(company).history_since == date(2025, 12, 31)
    company.now += timedelta(hours=1)
    company.learn(days=1)
    # Only what may still be undone is read again: 17 days up to the last complete one.
    assert company.source.windows[-1].start == date(2026, 2, 12)


def test_a_day_that_was_read_once_soon_after_its_end_is_not_complete_yet(company):
    company.learn(days=1)

    assert completeness(company).complete_through == date(2026, 2, 21)


def test_a_source_that_never_showed_anything_is_complete_up_to_no_day(company):
    company.source.done.clear()
    company.learn(days=2)

    assert completeness(company).complete_through is None


def test_that_work_was_undone_restates_no_day_and_holds_nobody_up(company):
    company.source.done[RECENT, "bo"] = 2
    company.learn(days=3)
    reached = completeness(company)
    company.source.undone.update({(RECENT, "bo"): 1, (date(2026, 2, 20), "ada"): 1})
    company.now += timedelta(hours=1)
    runs = sync.run(company.runtime)

    assert (of(company, "UBO"), of(company, "UADA")) == ({DAY: 1, RECENT: 1}, {DAY: 2})
    assert not [run for run in runs if run.connector == SLUG and run.restated]
    assert completeness(company) == reached


def test_a_day_of_which_more_is_shown_than_before_waits_until_that_has_settled(company):
    company.learn(days=3)
    company.source.done[RECENT, "bo"] = 2
    company.now += timedelta(hours=1)
    company.learn(days=1)

    assert completeness(company).complete_through == RECENT - ONE_DAY


# What is said of it


def test_a_person_is_told_how_much_they_finished_in_the_last_28_complete_days(company):
    company.source.done[date(2026, 1, 31), "ada"] = 7  # the day before the window
    company.source.done[date(2026, 3, 1), "ada"] = 7  # not complete yet
    company.learn(days=2)
    window = Window(date(2026, 2, 1), date(2026, 3, 1))

    assert said(company, "UADA") == Finished("Forge", "pr_merged", 3, window)
    assert said(company, "UBO") == Finished("Forge", "pr_merged", 1, window)


def test_whoever_finished_nothing_has_a_zero_and_whoever_is_not_known_has_none(company):
    company.person("di")
    company.source.member("di")
    company.learn(days=2)

    assert (said(company, "UDI").count, said(company, "UDI").unknown) == (0, None)
    unknown = said(company, "UCY")
    assert (unknown.source, unknown.window, unknown.unknown) == ("Forge", None, Unknown.NO_ACCOUNT)


def test_an_account_that_was_theirs_on_none_of_these_days_says_nothing_of_them(company):
    company.learn(days=2)  # complete up to the 28th
    for until, unknown in (
        (date(2026, 2, 2), None),
        (date(2026, 2, 1), Unknown.NO_ACCOUNT),
        (date(2025, 6, 1), Unknown.NO_ACCOUNT),
    ):
        tie(company, until=until)
        assert (said(company, "UADA").count, said(company, "UADA").unknown) == (0, unknown)


def test_an_account_that_is_theirs_since_these_days_says_nothing_of_them_yet(company):
    company.learn(days=2)
    for since, unknown in ((date(2026, 2, 28), None), (date(2026, 3, 1), Unknown.NOT_COMPLETE)):
        tie(company, since=since)
        assert (said(company, "UADA").count, said(company, "UADA").unknown) == (0, unknown)


def test_an_account_that_was_theirs_long_ago_does_not_stand_before_a_later_source(company):
    (forge,) = company.runtime.sources
    later = replace(forge.connector, slug="docs", title="Docs")
    company.runtime = replace(company.runtime, sources=(forge, replace(forge, connector=later)))
    company.learn(days=2)
    assert said(company, "UADA").source == "Forge"
    tie(company, until=date(2025, 6, 1))
    assert (said(company, "UADA").source, said(company, "UADA").count) == ("Docs", 3)

    with company.runtime.store.write() as tx:
        tx.exec_driver_sql("DELETE FROM completeness")
    found = said(company, "UADA")
    assert (found.source, found.unknown) == ("Docs", Unknown.NOT_COMPLETE)


@pytest.mark.parametrize(
    ("who", "language", "line"),
    [
        ("UADA", "en", "3 merged pull requests from 1 Feb to 28 Feb 2026; what AI cost in these"),
        ("UADA", "de", "3 übernommene Pull Requests vom 1. Feb. bis 28. Feb. 2026; was KI"),
        ("UDI", "en", "None is recorded from 1 Feb to 28 Feb 2026, so there is nothing to divide"),
        ("UDI", "de", "Vom 1. Feb. bis 28. Feb. 2026 ist nichts verzeichnet, also gibt es nichts"),
    ],
)
def test_the_line_of_a_summary_names_the_first_and_the_last_of_its_days(
    company, who, language, line
):
    company.person("di")
    company.source.member("di")
    company.learn(days=2)
    with text.spoken(language):
        message = answers.tokens(company.runtime, company.key(who))
    lines = [said for part in message.parts if isinstance(part, Facts) for said in lines_of(part)]

    assert [said for said in lines if line in said]


def test_without_28_complete_days_nothing_is_counted(company):
    (source,) = company.runtime.sources
    for days, unknown in ((27, Unknown.NOT_COMPLETE), (28, None)):
        short = replace(source.connector, history=timedelta(days=days))
        company.runtime = replace(company.runtime, sources=(replace(source, connector=short),))
        with company.runtime.store.write() as tx:
            tx.exec_driver_sql("DELETE FROM coverage")
        company.learn(days=2)
        assert said(company, "UADA").unknown is unknown


def test_without_a_source_nothing_is_said(company):
    company.learn(days=2)
    company.runtime = replace(company.runtime, sources=())

    assert said(company, "UADA") is None


def test_a_count_is_never_below_nothing(company):
    company.learn(days=2)
    with company.runtime.store.write() as tx:
        tx.exec_driver_sql("UPDATE outcome SET finished = -4")

    assert said(company, "UADA").count == 0


# Whose it is


def account_of(world, who):
    with world.runtime.store.read() as tx:
        (own,) = [one for one in stored.own_accounts(tx, world.key(who)) if one.connector == SLUG]
    return own.account_key


def test_what_is_not_my_account_is_not_my_work_until_it_is_mine_after_all(company):
    company.learn(days=2)
    ada = Asker(company.key("UADA"))
    key = account_of(company, "UADA")

    corrections.not_mine(company.runtime, ada, key)
    assert (of(company, "UADA"), said(company, "UADA").unknown) == ({}, Unknown.NO_ACCOUNT)
    company.now += timedelta(days=1)
    company.learn(days=1)
    assert of(company, "UADA") == {}

    corrections.mine(company.runtime, ada, key)
    assert of(company, "UADA") == {DAY: 2, date(2026, 2, 20): 1}


def test_an_export_holds_what_was_finished(company):
    company.learn(days=1)
    document = export.document(company.runtime, company.key("UADA")).decode()

    assert '"number finished, less what was undone": 2' in document
    assert document.count("pr_merged") == 2
    assert "forge-id-of-ada" in document
    assert "forge-id-of-bo" not in document


def test_whoever_is_forgotten_has_finished_nothing_and_does_not_come_back(company):
    company.learn(days=2)
    proof = erasure.erase(company.runtime, company.key("UADA"))
    assert (proof.nothing_left, proof.rows["outcome"]) == (True, 2)

    company.now += timedelta(days=1)
    sync.run(company.runtime)
    tables = dump(company.runtime.store)
    assert [row["finished"] for row in tables["outcome"]] == [1]
    assert "forge-id-of-ada" not in repr(tables)
    assert of(company, "UBO") == {DAY: 1}


def test_of_an_account_that_went_to_somebody_else_each_has_their_own_days(company):
    company.at("2026-02-20T10:00+00:00")
    company.learn(days=1)
    ada = company.key("UADA")
    company.slack.join(Member("UADA", "Ada", "", "Europe/Berlin", deleted=True))
    company.slack.join(Member("UCY", "Cy", "ada@corp.example", "Europe/Berlin"))
    company.at("2026-02-24T10:00+00:00")
    company.source.done[date(2026, 2, 25), "ada"] = 4
    company.learn(days=1)
    company.at("2026-02-26T10:00+00:00")
    company.learn(days=1)
    theirs = {date(2026, 2, 25): 4}
    assert (of(company, "UADA"), of(company, "UCY")) == ({DAY: 2, date(2026, 2, 20): 1}, theirs)

    assert erasure.erase(company.runtime, ada).nothing_left
    assert of(company, "UCY") == theirs
    tables = dump(company.runtime.store)
    erased = {row["account_key"] for row in tables["account"] if row["kind"] == "erased"}
    kept = [row["finished"] for row in tables["outcome"] if row["account_key"] in erased]
    assert sorted(kept) == [1, 2]
    company.now += timedelta(hours=1)
    company.learn(days=1)
    assert of(company, "UCY") == theirs


def test_an_erasure_restates_no_day_for_the_others(company):
    company.learn(days=3)
    reached = completeness(company)
    erasure.erase(company.runtime, company.key("UADA"))
    company.now += timedelta(hours=1)
    runs = sync.run(company.runtime)

    assert not [run for run in runs if run.connector == SLUG and run.restated]
    assert completeness(company) == reached
