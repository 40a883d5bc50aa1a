"""Rows inserted by the driver are those that SQLAlchemy would insert: named columns, defaults, and nothing of a value read as SQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mzdesk.store import bulk
from mzdesk.store.database import Database
from mzdesk.store.tables import IMPORT_ROW, OPERATION, RELATION

ROW = {"id": "r1", "person_id": "p1", "kind": "guardian", "name": "o'; DROP TABLE relation; --", "created_at": 1, "updated_at": 2}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database.create(tmp_path / "station.db", bytes(32), bytes(16))
    yield made
    made.close()


def test_columns_that_are_left_out_take_their_defaults(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        bulk.insert_rows(connection, RELATION, [ROW, {**ROW, "id": "r2"}])
        found = connection.execute(RELATION.select().order_by(RELATION.c.id)).mappings().all()
        connection.exec_driver_sql("DELETE FROM relation")
    assert [row["id"] for row in found] == ["r1", "r2"]
    assert found[0]["name"] == ROW["name"] and found[0]["profile_json"] == "{}" and found[0]["deleted_at"] == 0


def test_a_generated_key_and_blanks_stay_to_the_database(database: Database) -> None:
    told = {"kind": "person", "subject": "p", "body": b"{}", "created_at": 1}
    with database.write() as connection:
        bulk.insert_rows(connection, OPERATION, [{**told, "op": "a"}, {**told, "op": "b"}])
        found = connection.execute(OPERATION.select().order_by(OPERATION.c.seq)).mappings().all()
    assert [(row["op"], row["lane"], row["batch"], row["reason"]) for row in found] == [("a", 1, None, ""), ("b", 1, None, "")]
    assert found[0]["seq"] < found[1]["seq"]


def test_truth_is_written_as_sqlalchemy_reads_it(database: Database) -> None:
    with database.write() as connection:
        bulk.insert_values(connection, IMPORT_ROW, ("run_id", "row", "person_id", "created"), [("r", 1, "p", True), ("r", 2, "p", False)])
        assert [row.created for row in connection.execute(IMPORT_ROW.select().order_by(IMPORT_ROW.c.row))] == [True, False]


def test_rows_with_other_columns_are_a_bug_not_a_loss(database: Database) -> None:
    with database.write() as connection:
        with pytest.raises(ValueError, match="columns"):
            bulk.insert_rows(connection, RELATION, [ROW, {**ROW, "id": "r2", "place": "济南"}])
        with pytest.raises(KeyError):
            bulk.insert_rows(connection, RELATION, [{**ROW, "no_such": 1}])
        bulk.insert_rows(connection, RELATION, [])
        assert connection.exec_driver_sql("SELECT count(*) FROM relation").scalar_one() == 0
