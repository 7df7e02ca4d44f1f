"""The gradebook's file: an SQLite database whose tables only grow.

Nothing in it is ever changed or deleted, and the database itself sees to that: what counts is computed from what was
added, and the whole history is there because it is all that there is.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dlcourse.grading.exercise import UsageError

#: "dlgb", by which the file is known; and the version of the tables, for a later one to convert from.
APPLICATION, VERSION = 0x646C6762, 1
#: Seconds to wait for another program that is writing at this moment.
PATIENCE = 30.0
TABLES = {
    # a run of the grader that found something to do; `up_to` is the last result there was when one came to its end
    "runs": "at TEXT, who TEXT, command TEXT, why TEXT, version TEXT",
    "ends": "run INTEGER REFERENCES runs, at TEXT, up_to INTEGER",
    # one attempt, graded once: all that grading found, and columns to look things up by
    "results": """run INTEGER REFERENCES runs, at TEXT, student TEXT, assignment TEXT, attempt INTEGER, status TEXT,
        score REAL, max_score REAL, seconds REAL, submitted TEXT, isolation TEXT, fingerprint TEXT, record TEXT""",
    # a score that a person set, or (where `score` is null) took back; `old` is what counted before
    "by_hand": """at TEXT, who TEXT, kind TEXT CHECK (kind IN ('override', 'mark')), student TEXT, assignment TEXT,
        question TEXT, score REAL, old REAL, why TEXT, answer TEXT""",
    # versions: the last of each counts
    "rosters": "at TEXT, who TEXT, people TEXT",
    "settings": "at TEXT, who TEXT, assignment TEXT, name TEXT, value TEXT",
}
INDEXES = (
    "CREATE INDEX results_of ON results (student, assignment, attempt)",
    "CREATE INDEX results_in ON results (assignment)",
)


def statements() -> Iterator[str]:
    """The statements that make an empty gradebook."""
    for table, columns in TABLES.items():
        yield f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, {columns})"
        for change in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER {table}_no_{change} BEFORE {change} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'a gradebook only grows: nothing in it is changed or deleted'); END"
            )
    yield from INDEXES
    yield f"PRAGMA application_id = {APPLICATION}"
    yield f"PRAGMA user_version = {VERSION}"


def opened(path: Path, *, create: bool) -> sqlite3.Connection:
    """A connection to a gradebook, made if there is none and `create` says so; UsageError where it is something else."""
    nothing = UsageError(f"{path.parent} holds no {path.name}: name a folder of results that `dlcourse grade` wrote")
    if not path.is_file() and not create:
        raise nothing
    path.parent.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    try:
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA recursive_triggers = ON")  # REPLACE deletes, too
        db.execute("PRAGMA journal_mode = TRUNCATE")  # as safe as to delete it each time, in a third of the time
        if is_empty(db) and not create:
            raise nothing
        if create:
            with writing(db):
                for statement in statements() if is_empty(db) else ():
                    db.execute(statement)
        require_gradebook(db, path)
    except sqlite3.DatabaseError as error:
        db.close()
        raise UsageError(f"{path} cannot be opened as a gradebook ({error}): name the results of another run") from None
    except BaseException:
        db.close()
        raise
    return db


def is_empty(db: sqlite3.Connection) -> bool:
    """Whether nothing has been made in a database yet."""
    return bool(db.execute("SELECT count(*) = 0 FROM sqlite_master").fetchone()[0])


def require_gradebook(db: sqlite3.Connection, path: Path) -> None:
    """Refuse another program's database, and one that a later version has made."""
    (application,), (version,) = (
        db.execute(f"PRAGMA {name}").fetchone() for name in ("application_id", "user_version")
    )
    if application != APPLICATION:
        raise UsageError(f"{path} is a database, but no gradebook: move it away, or name other results")
    if version > VERSION:
        raise UsageError(
            f"{path} was written by a later dlcourse (its tables have version {version}, this one knows {VERSION}): "
            "install that one"
        )


@contextmanager
def writing(db: sqlite3.Connection) -> Iterator[None]:
    """A transaction: all that is written in it is kept for good when it ends, or nothing where it fails."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


@contextmanager
def sole_grader(folder: Path) -> Iterator[None]:
    """Be the only grader that writes into a folder; the system ends the claim of one that is killed.

    The lock is SQLite's own, on a file that stays empty: every system has it, and children do not inherit it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = sqlite3.connect(folder / ".grading", timeout=0, isolation_level=None)
    try:
        claim(lock, folder)
        yield
    finally:
        lock.close()


def claim(lock: sqlite3.Connection, folder: Path) -> None:
    """Take the lock, or say who has it."""
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        raise UsageError(
            f"another `dlcourse grade` is writing to {folder}: wait until it is done, or name another --out"
        ) from None
