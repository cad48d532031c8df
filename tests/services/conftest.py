"""Which tests of the services run on PostgreSQL on every change: a third of them, by their names.

All of them run on SQLite, and what the databases do differently has its own tests in `tests/store`;
`make test-thorough` runs everything on both.
"""

from zlib import crc32

import pytest

ONE_IN = 3


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/services/" not in item.nodeid or "[postgresql" not in item.nodeid:
            continue
        if crc32(item.nodeid.encode()) % ONE_IN:
            item.add_marker(pytest.mark.long)
