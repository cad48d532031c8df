from datetime import date, timedelta
from threading import Barrier, Thread

from unranked.store import model_use
from unranked.store.model_use import Used

DAY = date(2026, 3, 2)


def test_what_a_model_was_asked_is_added_up_by_model_from_a_day_on(world_on):
    store = world_on.runtime.store
    with store.write() as tx:
        model_use.add(tx, DAY - timedelta(days=1), Used("made-up-1", 10, 1, 5, 6))
        model_use.add(tx, DAY, Used("made-up-1", 11, 0, 100, 20))
        model_use.add(tx, DAY, Used("made-up-1", 12, 1, 3 * 10**9, 30))
        model_use.add(tx, DAY + timedelta(days=1), Used("made-up-1", 13, 0, 1, 1))
        model_use.add(tx, DAY, Used("another's 'model'", 14, 0, 7, 8))

    with store.read() as tx:
        assert model_use.since(tx, DAY) == [
            Used("another's 'model'", 14, 0, 7, 8),
            Used("made-up-1", 36, 1, 3 * 10**9 + 101, 51),
        ]
        assert model_use.since(tx, DAY + timedelta(days=2)) == []


def test_calls_count_ten_at_a_time_and_none_is_lost(world_on):
    store, seen = world_on.runtime.store, []
    for number in range(1, 26):
        with store.write() as tx:
            model_use.add(tx, DAY + timedelta(days=number % 2), Used("made-up-1", 1, 1, 640, 90))
        with store.read() as tx:
            seen.append(model_use.since(tx, date.min))

    assert seen[:9] == [[]] * 9
    assert seen[9:19] == [[Used("made-up-1", 10, 10, 6400, 900)]] * 10
    assert seen[19:] == [[Used("made-up-1", 20, 20, 12800, 1800)]] * 6
    with store.read() as tx:
        assert model_use.since(tx, DAY + timedelta(days=1)) == []  # the tenth was on DAY


def test_of_two_models_each_waits_for_its_own(world_on):
    with world_on.runtime.store.write() as tx:
        for name in ("made-up-1", "made-up-2"):
            model_use.add(tx, DAY, Used(name, 9, 0, 1, 1))
        model_use.add(tx, DAY, Used("made-up-2", 1, 0, 1, 1))
        assert model_use.since(tx, DAY) == [Used("made-up-2", 10, 0, 2, 2)]


def test_those_that_ask_first_on_a_day_at_once_are_all_counted(world_on):
    store, together = world_on.runtime.store, Barrier(10)

    def ask():
        together.wait(10)
        with store.write() as tx:
            model_use.add(tx, DAY, Used("made-up-1", 1, 0, 2, 3))

    threads = [Thread(target=ask) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with store.read() as tx:
        assert model_use.since(tx, DAY) == [Used("made-up-1", 10, 0, 20, 30)]
