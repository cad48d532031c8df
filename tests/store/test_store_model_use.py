from datetime import date, timedelta
from threading import Barrier, Thread

from unranked.store import model_use
from unranked.store.model_use import Used

DAY = date(2026, 3, 2)


def test_what_a_model_was_asked_is_added_up_by_model_from_a_day_on(world_on):
    store = world_on.runtime.store
    with store.write() as tx:
        model_use.add(tx, DAY - timedelta(days=1), Used("made-up-1", 1, 1, 5, 6))
        model_use.add(tx, DAY, Used("made-up-1", 1, 0, 100, 20))
        model_use.add(tx, DAY, Used("made-up-1", 1, 1, 3 * 10**9, 30))
        model_use.add(tx, DAY + timedelta(days=1), Used("made-up-1", 1, 0, 1, 1))
        model_use.add(tx, DAY, Used("another's 'model'", 1, 0, 7, 8))

    with store.read() as tx:
        assert model_use.since(tx, DAY) == [
            Used("another's 'model'", 1, 0, 7, 8),
            Used("made-up-1", 3, 1, 3 * 10**9 + 101, 51),
        ]
        assert model_use.since(tx, DAY + timedelta(days=2)) == []


def test_two_that_ask_first_on_a_day_at_once_are_both_counted(world_on):
    store, together = world_on.runtime.store, Barrier(4)

    def ask():
        together.wait(10)
        with store.write() as tx:
            model_use.add(tx, DAY, Used("made-up-1", 1, 0, 2, 3))

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with store.read() as tx:
        assert model_use.since(tx, DAY) == [Used("made-up-1", 4, 0, 8, 12)]
