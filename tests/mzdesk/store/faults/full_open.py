"""Inside the shim: open a station on a disk that takes not one byte more, read from it, and try to write."""

from __future__ import annotations

import errno
import json
import sys
from pathlib import Path

from sqlalchemy import func, select

from mzdesk import opening
from mzdesk.clock import SystemClock
from mzdesk.errors import MzError
from mzdesk.store.tables import RECORD
from tests.mzdesk.store.faults.shim import Shim


def main(folder: Path, recovery_key: str) -> dict[str, object]:
    """Return what could be read, and what a save was told."""
    Shim(folder).fail(1, errno.ENOSPC, sticky=True, shortness=0)
    station = opening.unlock_with_recovery(folder, recovery_key, clock=SystemClock())
    with station.read() as connection:
        records = connection.execute(select(func.count()).select_from(RECORD)).scalar_one()
    try:
        with station.write():
            told = ""
    except MzError as error:
        told = error.title
    return {"records": records, "told": told, "read_only": station.open_vault().read_only}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), sys.argv[2]), ensure_ascii=False))
