"""The people who may sign in: passwords by argon2, sessions in the store, guesses slowed.

Roles: `view` sees the fleets of its account; `manage` may also write notes and read the audit.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from ..store.database import Database, Work
from .audit import note

PASSWORD_MIN = 12
SESSION_S = 12 * 3600
_IDLE_S = 2 * 3600
_FREE_TRIES = 5
_WAIT_MAX_S = 900
_HASHER = PasswordHasher()
# A password takes 64 MB while it is looked at, whoever asks and by whatever name: so many at once.
_AT_ONCE = threading.BoundedSemaphore(2)
_TURN_S = 1.0
# Checked where there is no such account, so that the answer takes as long.
_NOBODY = _HASHER.hash("nobody has this password")


@dataclass(frozen=True)
class Person:
    """Who is signed in. `form`: what each of this session's forms must carry."""

    name: str
    role: str
    fleets: tuple[str, ...]
    form: str

    @property
    def may_manage(self) -> bool:
        return self.role == "manage"


def add(
    database: Database, name: str, password: str, role: str, fleets: tuple[str, ...], now_s: int
) -> None:
    """Adds or changes an account; its sessions end."""
    with database.writing() as work:
        work.run(
            "INSERT INTO account (name, password, role, fleets, made_s) VALUES (?,?,?,?,?)"
            " ON CONFLICT (name) DO UPDATE SET password = excluded.password,"
            " role = excluded.role, fleets = excluded.fleets",
            (name, _HASHER.hash(password), role, " ".join(fleets), now_s),
        )
        work.run("DELETE FROM session WHERE account = ?", (name,))
        note(work, now_s, "", "user_added", name, " ".join(fleets))


def remove(database: Database, name: str, now_s: int) -> None:
    with database.writing() as work:
        fleets = _fleets(work, name)
        work.run("DELETE FROM account WHERE name = ?", (name,))
        work.run("DELETE FROM session WHERE account = ?", (name,))
        note(work, now_s, "", "user_removed", name, fleets)


def _fleets(work: Work, name: str) -> str:
    """The fleets of an account; empty where there is none."""
    rows = work.rows("SELECT fleets FROM account WHERE name = ?", (name,))
    return str(rows[0][0]) if rows else ""


def wait_s(work: Work, name: str, now_s: int) -> int:
    """Seconds until this name may be tried again."""
    rows = work.rows("SELECT failed, last_s FROM attempt WHERE subject = ?", (name[:64],))
    if not rows or rows[0][0] < _FREE_TRIES:
        return 0
    failed, last_s = rows[0]
    return max(int(last_s) + min(2 ** (failed - _FREE_TRIES), _WAIT_MAX_S) - now_s, 0)


def sign_in(database: Database, name: str, password: str, now_s: int) -> str | None:
    """A session's token, or None where name or password are wrong or came too often."""
    name = name[:64].replace("\0", "")
    with database.writing() as work:
        if wait_s(work, name, now_s):
            note(work, now_s, name, "sign_in_slowed", "", _fleets(work, name))
            return None
        rows = work.rows("SELECT password, role, fleets FROM account WHERE name = ?", (name,))
        # Counted before it is looked at: tries side by side win nothing.
        work.run(
            "INSERT INTO attempt (subject, failed, last_s) VALUES (?, 1, ?) ON CONFLICT (subject)"
            " DO UPDATE SET failed = attempt.failed + 1, last_s = excluded.last_s",
            (name, now_s),
        )
    if not _AT_ONCE.acquire(timeout=_TURN_S):
        with database.writing() as work:
            note(work, now_s, name, "sign_in_slowed", "", rows[0][2] if rows else "")
        return None
    try:
        _HASHER.verify(rows[0][0] if rows else _NOBODY, password[:1024])
        right = bool(rows)
    except (Argon2Error, InvalidHashError):
        right = False
    finally:
        _AT_ONCE.release()
    with database.writing() as work:
        if not right:
            note(work, now_s, name, "sign_in_refused", "", rows[0][2] if rows else "")
            return None
        work.run("DELETE FROM attempt WHERE subject = ?", (name,))
        return begin(work, name, rows[0][1], rows[0][2], now_s)


def begin(work: Work, name: str, role: str, fleets: str, now_s: int) -> str:
    """A new session of someone who proved who it is; its token."""
    token = secrets.token_urlsafe(32)
    work.run("DELETE FROM session WHERE made_s < ?", (now_s - SESSION_S,))
    work.run(
        "INSERT INTO session (token, account, role, fleets, form, made_s, seen_s)"
        " VALUES (?,?,?,?,?,?,?)",
        (_hashed(token), name, role, fleets, secrets.token_urlsafe(16), now_s, now_s),
    )
    note(work, now_s, name, "signed_in", "", fleets)
    return token


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def person(work: Work, token: str, now_s: int) -> Person | None:
    """Whose session it is, while it lasts."""
    rows = work.rows(
        "SELECT account, role, fleets, form FROM session"
        " WHERE token = ? AND made_s > ? AND seen_s > ?",
        (_hashed(token), now_s - SESSION_S, now_s - _IDLE_S),
    )
    if not rows:
        return None
    name, role, fleets, form = rows[0]
    return Person(name, role, tuple(fleets.split()), form)


def seen(database: Database, token: str, now_s: int) -> None:
    """The session is in use: note it, once in five minutes."""
    with database.writing() as work:
        work.run(
            "UPDATE session SET seen_s = ? WHERE token = ? AND seen_s < ?",
            (now_s, _hashed(token), now_s - 300),
        )


def sign_out(database: Database, token: str, who: Person, now_s: int) -> None:
    with database.writing() as work:
        work.run("DELETE FROM session WHERE token = ?", (_hashed(token),))
        note(work, now_s, who.name, "signed_out", "", " ".join(who.fleets))
