"""One PostgreSQL for all tests of this folder, empty at the start of each."""

import pytest
from argon2 import PasswordHasher

import rig
import servers
from posfleet.page import people
from posfleet.store.database import open_database
from posfleet.store.migrate import migrate


@pytest.fixture(scope="session")
def postgres():
    server = servers.Postgres()
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres):
    import psycopg

    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return postgres.url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    """An empty store of each kind."""
    if request.param == "sqlite":
        found = rig.sqlite(tmp_path)
    else:
        found = open_database(request.getfixturevalue("postgres_url"))
        migrate(found)
    yield found
    found.close()


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch):
    """Passwords by argon2 as everywhere, with less work: a guess is not made dear here."""
    monkeypatch.setattr(people, "_HASHER", PasswordHasher(time_cost=1, memory_cost=1024))
