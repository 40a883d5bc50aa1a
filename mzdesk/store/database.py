"""The encrypted station database: how it is opened, and the only two ways in, `read()` and `write()`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2 as sqlcipher

from mzdesk.errors import MzError

SCHEMA_VERSION = 1
MINIMUM_SQLITE = (3, 51, 3)  # earlier ones carry the WAL-reset bug (PROTOCOL.md §9)
KEY_BYTES, SALT_BYTES = 32, 16

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "temp_store=2",  # MEMORY: FILE leaks plaintext
    "foreign_keys=ON",
    "busy_timeout=15000",
    "cache_size=-65536",
    "secure_delete=ON",
)

_SENTENCES = (
    ("disk is full", "磁盘已满", "这一步没有保存。请删除一些不用的文件，或换一个位置，然后再保存一次。此前已保存的内容都在。"),
    ("readonly", "文件夹不能写入", "存放数据的文件夹是只读的。请换到可以写入的位置，或取消只读，然后重新打开。"),
    ("locked", "数据正在使用", "另一个窗口正在保存，请稍等几秒再试。"),
    ("disk i/o error", "磁盘读写出错", "这一步没有保存。请检查磁盘或 U 盘是否松动，马上做一次备份，再重试。"),
    ("malformed", "数据文件损坏", "请不要删除任何文件，用“备份”页从最近的备份恢复。"),
    ("not a database", "打不开数据文件", "密钥不对，或者这不是民政社工台的数据文件。请核对所选的文件夹。"),
    ("unable to open", "打不开数据文件", "文件夹不存在或没有权限。请核对所选的文件夹。"),
)


def translate(error: DBAPIError) -> MzError | None:
    """Return the Chinese sentence for a failure of the disk or file, None for a bug of ours."""
    text = str(error.orig).lower()
    return next((MzError(title, message) for key, title, message in _SENTENCES if key in text), None)


class Database:
    """One open SQLCipher file.

    Reads see a stable snapshot; a write is one BEGIN IMMEDIATE … COMMIT with synchronous=FULL, so that
    what returned from `write()` survives a power cut (PROTOCOL.md I1).
    """

    def __init__(self, path: Path, key: bytes, salt: bytes) -> None:
        if len(key) != KEY_BYTES or len(salt) != SALT_BYTES:
            raise ValueError("a raw key of 32 bytes and a salt of 16 are needed; anything else is silently a passphrase")
        assert sqlcipher.sqlite_version_info >= MINIMUM_SQLITE, sqlcipher.sqlite_version
        self.path = path
        self._secret = (key + salt).hex()
        self._engine = self._make_engine()

    @classmethod
    def create(cls, path: Path, key: bytes, salt: bytes) -> Database:
        """Make a new, empty database with the newest schema at `path`."""
        if path.exists():
            raise MzError("这里已经有一个站点", "请选择另一个文件夹，或直接打开已有的站点。")
        database = cls(path, key, salt)
        database.migrate()
        return database

    @classmethod
    def open(cls, path: Path, key: bytes, salt: bytes) -> Database:
        """Open an existing database; raises MzError where it is missing, foreign, damaged or newer than the program."""
        if not path.exists():
            raise MzError("找不到数据文件", "请核对所选的文件夹，或从备份恢复。")
        database = cls(path, key, salt)
        version = database.schema_version()
        if version > SCHEMA_VERSION:
            database.close()
            raise MzError("数据是更新版本的程序写的", "请先升级本机的民政社工台，再打开这个站点。数据没有改动。")
        if version < SCHEMA_VERSION:
            database.migrate()
        return database

    def _connect(self) -> Any:
        connection = sqlcipher.connect(str(self.path), isolation_level=None, check_same_thread=False, timeout=15)
        connection.execute(f"PRAGMA key=\"x'{self._secret}'\"")
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def _make_engine(self) -> Engine:
        engine = create_engine("sqlite://", creator=self._connect, poolclass=QueuePool, pool_size=4, max_overflow=4, hide_parameters=True)
        event.listen(engine, "begin", _begin)
        return engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection on one snapshot; nothing may be written through it."""
        with _translated(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection inside one transaction: committed when the block ends, rolled back when it raises."""
        with _translated(), self._engine.connect().execution_options(mz_write=True) as connection, connection.begin():
            yield connection

    def schema_version(self) -> int:
        """Return the number of the schema in the file, 0 for an empty one."""
        with self.read() as connection:
            return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())

    def migrate(self) -> None:
        """Bring the schema to the newest version through Alembic, each step in one transaction."""
        from mzdesk.store.migrations import upgrade

        upgrade(self)

    def close(self) -> None:
        """Close every connection; the write-ahead log is folded back into the file."""
        self._engine.dispose()


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get("mz_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if (told := translate(error)) is not None:
            raise told from error
        raise
