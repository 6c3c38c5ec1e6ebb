"""One PostgreSQL for all tests of this folder, empty at the start of each."""

import pytest
from argon2 import PasswordHasher

import servers
from posfleet.collect.collector import Collector
from posfleet.page import people
from posfleet.store.database import open_database
from posfleet.store.migrate import migrate
from rig import FLEET, NOW_S


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
def bare(request, tmp_path):
    """A store of each kind, without a table."""
    if request.param == "sqlite":
        found = open_database(f"sqlite:///{tmp_path / 'fleet.db'}")
    else:
        found = open_database(request.getfixturevalue("postgres_url"))
    yield found
    found.close()


@pytest.fixture
def database(bare):
    """An empty store of each kind."""
    migrate(bare)
    return bare


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch):
    """Passwords by argon2 as everywhere, with less work: a guess is not made dear here."""
    monkeypatch.setattr(people, "_HASHER", PasswordHasher(time_cost=1, memory_cost=1024))


@pytest.fixture
def collector(database):
    return Collector(database, (FLEET,), lambda: NOW_S + 60)
