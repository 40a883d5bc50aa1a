"""Who the station is, as its own database tells it."""

from __future__ import annotations

from sqlalchemy import Connection

from mzdesk import canonical
from mzdesk.errors import MzError
from mzdesk.station import StationIdentity
from mzdesk.store.meta import read_meta, write_meta

_KEY = "identity"


def read(connection: Connection) -> StationIdentity:
    """Return the identity; raises MzError where the database holds none."""
    text = read_meta(connection, _KEY)
    if not text:
        raise MzError("数据文件不完整", "里面没有站点信息。请用“备份”页从最近的备份恢复。")
    tree = canonical.loads(text)
    return StationIdentity(tree["name"], tree["township"], tuple(tree["villages"]), tree["device"])


def write(connection: Connection, identity: StationIdentity) -> None:
    """Set the identity."""
    tree = {"name": identity.name, "township": identity.township, "villages": list(identity.villages), "device": identity.device}
    write_meta(connection, _KEY, canonical.text(tree))
