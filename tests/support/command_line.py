"""The command line in this process, on a made-up Slack and a database file of its own."""

import logging
from contextlib import contextmanager
from datetime import UTC, datetime

import structlog
from small_world import TOKEN

from unranked import bootstrap, cli
from unranked.demo.fake_slack import FakeSlack
from unranked.demo.slack_members import Member


@contextmanager
def two_people():
    """Give a Slack with two people in it."""
    people = [
        Member("UADA", "Ada", "ada@corp.example"),
        Member("UBOB", "Bob", "bob@corp.example"),
    ]
    with FakeSlack(people, lambda: datetime.now(UTC), TOKEN) as made:
        yield made


@contextmanager
def own_logging():
    """Put the logging back that a command set up."""
    levels = {name: logging.getLogger(name).level for name in bootstrap._LOUD}
    try:
        yield
    finally:
        structlog.reset_defaults()
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def runner(monkeypatch, capfd, **settings):
    """Return a function that runs a command: (exit code, standard output, errors)."""
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    def run(*arguments, **more):
        for name, value in more.items():
            monkeypatch.setenv(name, value)
        code = cli.main(list(arguments))
        return (code, *capfd.readouterr())

    return run
