"""What the page on running the service promises is so, and what it must warn of stands there."""

import re
from pathlib import Path

import pytest
import structlog

from jobs.clock import run_now
from unranked.services.export import PATH

DOCS = Path(__file__).parents[1] / "docs"
RUNNING = (DOCS / "running.md").read_text(encoding="utf-8")
EVERY_JOB = ["roster", "sync", "segments", "nudges", "pulse", "digests", "results"]


def section(title):
    return re.split(r"^## ", RUNNING.partition(f"\n## {title}\n")[2], flags=re.MULTILINE)[0]


def test_an_idle_delivery_writes_no_line_and_every_other_job_one_as_the_page_says(world):
    world.person("ada")
    with structlog.testing.capture_logs() as lines:
        for name in (*EVERY_JOB, "delivery"):
            run_now(world.runtime, name)

    told = [line["job"] for line in lines if line["event"] == "job done"]
    assert told == EVERY_JOB
    assert "`delivery`, which runs every minute, says nothing when it had nothing" in section(
        "Logs"
    )


def test_every_line_that_the_service_can_log_is_named_on_the_page():
    root = DOCS.parent
    sources = [path for folder in ("bot", "jobs") for path in (root / folder).rglob("*.py")]
    logged = {
        event
        for path in sources
        for event in re.findall(
            r"log\.(?:info|warning|error)\(\s*\"([a-z ]+)\"", path.read_text(encoding="utf-8")
        )
    }

    assert len(logged) > 3
    assert [event for event in sorted(logged) if f"`{event}`" not in section("Logs")] == []


def test_the_file_of_settings_is_made_for_the_account_alone_before_the_unit_starts():
    systemd = section("With systemd")
    made = systemd.index("install -o unranked -g unranked -m 0600 /dev/null")

    assert "/var/lib/unranked/.env" in systemd[made:].splitlines()[0]
    assert made < systemd.index("systemctl enable")


@pytest.mark.parametrize("page", ["running.md", "operating.md", "install-slack.md"])
def test_every_page_that_speaks_of_a_proxy_for_exports_says_that_it_must_not_log_the_path(page):
    text = (DOCS / page).read_text(encoding="utf-8")

    assert re.search(rf"must not (log|hold)[^.]*`{PATH}`", text)
