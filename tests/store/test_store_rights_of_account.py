"""What the account of the database may do: a missing right is said at the start, not by a job."""

import uuid
from contextlib import closing

import psycopg
import pytest
from postgres import fresh_database

from unranked.errors import StoreError
from unranked.store import Store


@pytest.fixture
def account(postgres_dsn):
    """Give a database, and its address for an account that owns it but is nobody special."""
    url = fresh_database(postgres_dsn)
    place, _, base = url.rpartition("/")
    name = f"u{uuid.uuid4().hex}"
    with psycopg.connect(postgres_dsn, autocommit=True) as owner:
        owner.execute(f'CREATE ROLE "{name}" LOGIN')
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")
    return url, f"{place.replace('postgres@', f'{name}@')}/{base}", base


def test_an_account_without_temporary_tables_is_refused_with_what_to_do(account):
    url, its_own, base = account
    with closing(Store.open(its_own)) as store:
        store.migrate()
        store.check()
        with psycopg.connect(url, autocommit=True) as owner:
            owner.execute(f'REVOKE TEMPORARY ON DATABASE "{base}" FROM PUBLIC')

        with pytest.raises(StoreError, match="temporary tables") as refused:
            store.check()
    assert "GRANT TEMPORARY" in refused.value.hint
