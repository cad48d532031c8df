"""The world that tests run in: a real store, a chat and providers on loopback, a clock to move."""

import gc
import os
import tempfile
from contextlib import closing
from pathlib import Path
from shutil import disk_usage, rmtree
from tempfile import mkdtemp

import pytest
import structlog
from begun import RUN
from command_line import runner, two_people
from hypothesis import HealthCheck, settings
from postgres import copied_database, fresh_database, server
from small_world import TOKEN, small_world

from unranked.store import Store

# Where a test does not say itself how many inputs are generated; `make test-thorough` has more.
EXAMPLES = int(os.environ.get("UNRANKED_TEST_EXAMPLES", "25"))
# No test is timed: on a busy machine an input of a millisecond may take a second.
settings.register_profile(
    "unranked",
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("unranked")


IN_MEMORY = Path("/dev/shm")  # noqa: S108 - shared memory, looked at before it is used
ROOM_BYTES = 4 * 1024**3


# Tests make few cycles: looking for them this often would be a twentieth of a run.
gc.set_threshold(100_000, 50, 100)


def pytest_configure(config):
    """Let the thousands of small databases of a run stand in memory, where there is room."""
    given = config.option.basetemp or "TMPDIR" in os.environ
    if given or not os.access(IN_MEMORY, os.W_OK) or disk_usage(IN_MEMORY).free < ROOM_BYTES:
        return
    os.environ["TMPDIR"] = tempfile.tempdir = mkdtemp(prefix="unranked-tests-", dir=IN_MEMORY)
    os.environ[RUN] = os.environ["TMPDIR"]
    Path(tempfile.tempdir).chmod(0o711)  # PostgreSQL runs as somebody else where tests are root's
    config.add_cleanup(lambda: rmtree(os.environ["TMPDIR"], ignore_errors=True))


@pytest.fixture(scope="session")
def postgres_dsn():
    """Give a real PostgreSQL for the whole run of this worker."""
    try:
        with server() as dsn:
            yield dsn
    except FileNotFoundError as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request, tmp_path):
    """Give the address of an empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'unranked.db'}"
    return fresh_database(request.getfixturevalue("postgres_dsn"))


@pytest.fixture
def world(tmp_path):
    """Give a small company on SQLite, with a made-up Slack and two made-up tools."""
    with small_world(f"sqlite:///{tmp_path / 'unranked.db'}") as made:
        yield made


@pytest.fixture(scope="session")
def migrated_postgres(postgres_dsn):
    """Give the address of a database at the program's revision, to be copied."""
    url = fresh_database(postgres_dsn)
    with closing(Store.open(url)) as store:
        store.migrate()
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def world_on(request, tmp_path):
    """Give the same small company on each kind of database."""
    url = f"sqlite:///{tmp_path / 'unranked.db'}"
    if request.param == "postgresql":
        dsn = request.getfixturevalue("postgres_dsn")
        url = copied_database(dsn, request.getfixturevalue("migrated_postgres"))
    with small_world(url) as made:
        yield made


@pytest.fixture
def url(tmp_path):
    """Give the address of a SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path / 'unranked.db'}"


@pytest.fixture
def slack():
    """Give a made-up Slack with two people, for the command line."""
    with two_people() as made:
        yield made


@pytest.fixture
def unranked(monkeypatch, capfd, url, slack):
    """Give the command line in this process: returns (exit code, standard output, errors)."""
    given = {"SLACK_BOT_TOKEN": TOKEN, "SLACK_API_URL": slack.url}
    return runner(monkeypatch, capfd, UNRANKED_DATABASE_URL=url, **given)


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch, tmp_path):
    """Take every setting of this machine away, and its working folder."""
    ours = ("UNRANKED_", "SLACK_", "OPENAI_")
    for name in os.environ:
        if name.startswith(ours) and not name.startswith("UNRANKED_TEST_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    structlog.reset_defaults()  # the last test may have let it write to what is closed by now
