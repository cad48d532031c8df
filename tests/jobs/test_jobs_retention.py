"""The nightly job at its two doors: the table of jobs, and the command line."""

from long_past import ANYBODYS, TODAY, Account, History, long_past

from jobs.schedule import FIRST_ORDER, JOBS
from unranked.store.tables import Usage

DAYS = frozenset(range(100, 160))
HISTORY = History((Account("acme", ANYBODYS, DAYS),))
JOB = JOBS["retention"]


def test_it_is_due_every_night_and_says_rounded_numbers_of_rows(tmp_path):
    with long_past(f"sqlite:///{tmp_path / 'past.db'}", HISTORY) as past:
        tried = JOB.try_out(past.runtime)
        rows = len(past.rows(Usage))
        said = JOB.run(past.runtime, lambda: False)

        assert set(JOB.cron) == {"hour", "minute"}
        assert FIRST_ORDER[-1] == "retention"
        assert rows - len(past.rows(Usage)) == 98
        assert tried["usage"] == said["usage"] == "90"
        assert tried["checkin"] == "fewer than 20"


def test_a_run_that_is_to_stop_stops_after_a_page(tmp_path):
    with long_past(f"sqlite:///{tmp_path / 'past.db'}", HISTORY) as past:
        JOB.run(past.runtime, lambda: True)
        left = min(row["day"] for row in past.rows(Usage))

        JOB.run(past.runtime, lambda: False)

        assert left < min(row["day"] for row in past.rows(Usage)) < TODAY


def test_a_dry_run_at_the_command_line_says_what_would_go(unranked, url):
    with long_past(url, HISTORY) as past:
        before = past.rows(Usage)

    code, said, _ = unranked("job", "retention", "--dry-run", "--as-of", f"{TODAY}T03:00+00:00")

    assert code == 0
    assert "usage: 90" in said.splitlines()
    assert "checkin: fewer than 20" in said.splitlines()
    with long_past(url, History(())) as past:
        assert past.rows(Usage) == before


def test_a_job_that_cannot_be_tried_says_which_can(unranked, url):
    with long_past(url, HISTORY):
        pass
    code, _, error = unranked("job", "segments", "--dry-run")

    assert code == 1
    assert "--dry-run is for: nudges, pulse, retention." in " ".join(error.split())
