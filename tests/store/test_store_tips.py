"""Tips that were written in chat, on each kind of database."""

from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest

from unranked.domain.tip_risk import Risk
from unranked.domain.tips import State, Words
from unranked.store import Store, tips
from unranked.store.tips import StoredTip

TODAY = date(2026, 11, 30)
ENGLISH = Words("A kind no", "With {tools}: write it.", "Say why it is kind.", "Ask a colleague.")
GERMAN = Words("Ein Nein", "Mit {tools}: schreib es.", "Sag, warum.", "Frag im Team.")
TIP = StoredTip(
    tip_key="t-1",
    revision=0,
    state=State.DRAFT,
    segment="lapsed",
    owner="AI team",
    review=TODAY + timedelta(days=30),
    risk=Risk.MEDIUM,
    risk_reason="It runs on a copy.",
    source="craft: no study",
    written_on=TODAY,
    words={"en": ENGLISH},
)


@pytest.fixture
def store(store_url):
    made = Store.open(store_url)
    made.migrate()
    yield made
    made.close()


def put(store, *every):
    with store.write() as tx:
        for one in every:
            tips.add(tx, one)


def test_a_tip_comes_back_as_it_was_stored_with_every_language(store):
    both = replace(TIP, words={"en": ENGLISH, "de": GERMAN})
    put(store, both, replace(TIP, tip_key="t-0"))

    with store.read() as tx:
        assert tips.one(tx, "t-1") == both
        assert [tip.tip_key for tip in tips.every(tx)] == ["t-0", "t-1"]
        assert tips.some(tx, ["t-1", "t-9"]) == [both]
        assert tips.some(tx, []) == []
        assert tips.one(tx, "t-9") is None


def test_a_change_counts_the_revision_and_one_over_an_unseen_change_stores_nothing(store):
    put(store, TIP)
    first = replace(TIP, owner="Team one", words={"en": replace(ENGLISH, title="One")})
    second = replace(TIP, owner="Team two", words={"de": GERMAN})

    with store.write() as tx:
        assert tips.save(tx, first)
    with store.write() as tx:
        assert not tips.save(tx, second)
    with store.read() as tx:
        assert tips.one(tx, "t-1") == replace(first, revision=1)
    with store.write() as tx:
        assert not tips.save(tx, replace(TIP, tip_key="t-9"))


def test_of_two_who_save_at_the_same_moment_one_learns_of_the_other(store):
    put(store, TIP)
    together, saved = Barrier(2), []

    def save(owner):
        together.wait()
        with store.write() as tx:
            words = {"en": replace(ENGLISH, title=owner)}
            saved.append((tips.save(tx, replace(TIP, owner=owner, words=words)), owner))

    threads = [Thread(target=save, args=(owner,)) for owner in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    ((_, owner),) = [one for one in saved if one[0]]
    with store.read() as tx:
        found = tips.one(tx, "t-1")
    assert (found.owner, found.words["en"].title, found.revision) == (owner, owner, 1)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("days", [-1, 0, 1])
def test_only_what_is_in_use_may_be_sent_and_to_its_last_day(store, state, days):
    put(store, replace(TIP, state=state, review=TODAY + timedelta(days=days)))

    with store.read() as tx:
        found = tips.sendable(tx, TODAY)
        known = tips.reviews(tx)
    used = state is State.IN_USE
    assert found == ([("t-1", "lapsed")] if used and days >= 0 else [])
    assert known == ([("lapsed", TODAY + timedelta(days=days))] if used else [])


def test_a_tip_is_given_in_a_language_that_it_has():
    german = replace(TIP, words={"de": GERMAN})
    both = replace(TIP, words={"en": ENGLISH, "de": GERMAN})

    assert (TIP.in_language("en"), TIP.in_language("de")) == ("en", "en")
    assert (both.in_language("en"), both.in_language("de")) == ("en", "de")
    assert (german.in_language("en"), german.draft("de").words) == ("de", GERMAN)
    assert "kind" not in repr(TIP)
