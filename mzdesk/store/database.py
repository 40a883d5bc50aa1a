"""The encrypted station database: how it is opened, and the only two ways in, `read()` and `write()`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2 as sqlcipher

from mzdesk.errors import MzError
from mzdesk.store.diskfile import DISK_FULL, READ_ONLY, sync_file, sync_folder, telling_disk_errors

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

_READING_PRAGMAS = ("query_only=ON", "temp_store=2", "cache_size=-65536")
RESERVE_FREED = "这一步还没有保存。程序已经腾出一点备用空间：请马上再按一次保存，然后删除一些不用的文件。"

_SENTENCES = (
    ("disk is full", "磁盘已满", "这一步没有保存。请删除一些不用的文件，或换一个位置，然后再保存一次。此前已保存的内容都在。"),
    ("readonly", "文件夹不能写入", "存放数据的文件夹是只读的。请换到可以写入的位置，或取消只读，然后重新打开。"),
    ("locked", "数据正在使用", "另一个窗口正在保存，请稍等几秒再试。"),
    ("disk i/o error", "磁盘读写出错", "这一步没有保存。请检查磁盘或 U 盘是否松动，马上做一次备份，再重试。"),
    ("malformed", "数据文件损坏", "请不要删除任何文件，用“备份”页从最近的备份恢复。"),
    ("not a database", "打不开数据文件", "密钥不对，或者这不是民政社工台的数据文件。请核对所选的文件夹。"),
    ("unable to open", "打不开数据文件", "文件夹不存在或没有权限。请核对所选的文件夹。"),
)


def translate(error: DBAPIError | sqlcipher.Error) -> MzError | None:
    """Return the Chinese sentence for a failure of the disk or file, None for a bug of ours."""
    text = str(error.orig if isinstance(error, DBAPIError) else error).lower()
    return next((MzError(title, message) for key, title, message in _SENTENCES if key in text), None)


class _HintingCompiler(SQLiteCompiler):
    """Writes `select.with_hint(table, "INDEXED BY …", "sqlite")`, which SQLAlchemy leaves out for SQLite."""

    def get_from_hint_text(self, table: Any, text: str | None) -> str | None:
        return text


class Database:
    """One open SQLCipher file.

    Reads see a stable snapshot; a write is one BEGIN IMMEDIATE … COMMIT with synchronous=FULL, so that
    what returned from `write()` survives a power cut (PROTOCOL.md I1).
    """

    def __init__(self, path: Path, key: bytes, salt: bytes, *, read_only: bool = False) -> None:
        if len(key) != KEY_BYTES or len(salt) != SALT_BYTES:
            raise ValueError("a raw key of 32 bytes and a salt of 16 are needed; anything else is silently a passphrase")
        assert sqlcipher.sqlite_version_info >= MINIMUM_SQLITE, sqlcipher.sqlite_version
        self.path = path
        self.read_only = read_only
        self.refusal = READ_ONLY  # what a write is told on a read-only database
        self._secret = (key + salt).hex()
        self._on_full: Callable[[], bool] | None = None
        self._on_close: Callable[[], None] | None = None
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
    def open(
        cls, path: Path, key: bytes, salt: bytes, *, read_only: bool = False, before_migration: Callable[[Database], None] | None = None
    ) -> Database:
        """Open an existing database; raises MzError where it is missing, foreign, damaged or newer than the program.

        `before_migration` is called with the database of an older schema before it is brought up to date (a backup).
        """
        if not path.exists():
            raise MzError("找不到数据文件", "请核对所选的文件夹，或从备份恢复。")
        database = cls(path, key, salt, read_only=read_only)
        try:
            database._bring_up_to_date(before_migration)
        except BaseException:
            database.close()
            raise
        return database

    def _bring_up_to_date(self, before_migration: Callable[[Database], None] | None) -> None:
        version = self.schema_version()
        if version > SCHEMA_VERSION:
            raise MzError("数据是更新版本的程序写的", "请先升级本机的民政社工台，再打开这个站点。数据没有改动。")
        if version == SCHEMA_VERSION:
            return
        if self.read_only:
            raise MzError("数据要先升级", "这个文件夹不能写入，旧版本的数据无法升级。请把整个文件夹复制到可以写入的位置再打开。")
        if version and before_migration is not None:
            before_migration(self)
        self.migrate()

    def _connect(self) -> Any:
        connection = connect_encrypted(self.path, self._secret, read_only=self.read_only)
        for pragma in _READING_PRAGMAS if self.read_only else _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def _make_engine(self) -> Engine:
        engine = create_engine(
            "sqlite://", module=sqlcipher, creator=self._connect, poolclass=QueuePool, pool_size=4, max_overflow=4, hide_parameters=True
        )
        engine.dialect.statement_compiler = _HintingCompiler
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
        if self.read_only:
            raise MzError(self.refusal.title, self.refusal.message)
        with _translated(self._on_full):
            connection = self._begin_on_current_file()
            with connection:
                yield connection
                connection.commit()

    def _begin_on_current_file(self) -> Connection:
        """Return a connection that holds the write lock of the current file; a rekey may switch files while we wait for it."""
        while True:
            engine = self._engine
            connection = engine.connect().execution_options(mz_write=True)
            try:
                connection.begin()
            except BaseException:
                connection.close()
                raise
            if engine is self._engine:
                return connection
            connection.close()

    def when_full(self, free_space: Callable[[], bool]) -> None:
        """Call `free_space` when a write meets a full disk; where it returns True the user is told to press save again."""
        self._on_full = free_space

    def when_closed(self, tidy: Callable[[], None]) -> None:
        """Call `tidy` after `close` (a temporary copy to be deleted)."""
        self._on_close = tidy

    def copy_to(self, path: Path, key: bytes, salt: bytes) -> None:
        """Write a consistent copy of the whole database under another key, and force it to the disk. Raises MzError."""
        secret = (key + salt).hex()
        with self.read() as connection, _translated(self._on_full):
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
            source = connection.connection.driver_connection
            copy_pages(source, path, secret)

    def checkpoint(self) -> None:
        """Fold the write-ahead log back into the file, as far as readers allow. Raises MzError."""
        with _translated(self._on_full):
            connection = self._connect()
            try:
                connection.execute("PRAGMA busy_timeout=1000")  # a reader that stays must not hold up the caller
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                connection.close()

    def switch_to(self, path: Path, key: bytes, salt: bytes) -> None:
        """Continue on another file (after a rekey); must be called while the write lock of the old file is held."""
        old, self.path, self._secret = self._engine, path, (key + salt).hex()
        self._engine = self._make_engine()
        old.dispose()

    def schema_version(self) -> int:
        """Return the number of the schema in the file, 0 for an empty one."""
        with self.read() as connection:
            return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())

    def migrate(self) -> None:
        """Bring the schema to the newest version through Alembic, each step in one transaction."""
        from mzdesk.store.migrations import upgrade

        upgrade(self)

    def reconnect(self) -> None:
        """Drop the pooled connections; SQLCipher answers nothing more on one that met a broken page."""
        self._engine.dispose()

    def close(self) -> None:
        """Close every connection; the write-ahead log is folded back into the file."""
        self._engine.dispose()
        if self._on_close is not None:
            self._on_close()


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get("mz_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@contextmanager
def _translated(on_full: Callable[[], bool] | None = None) -> Iterator[None]:
    try:
        yield
    except (DBAPIError, sqlcipher.Error) as error:
        told = translate(error)
        if told is None:
            raise
        if told.title == DISK_FULL.title and on_full is not None and on_full():
            told = MzError(DISK_FULL.title, RESERVE_FREED)
        raise told from error


def connect_encrypted(path: Path, secret: str, *, read_only: bool = False) -> Any:
    """Return a raw SQLCipher connection in autocommit; `secret` is key‖salt in 96 hex digits. `read_only` never writes beside the file."""
    target = f"{path.absolute().as_uri()}?mode=ro&immutable=1" if read_only else str(path)
    connection = sqlcipher.connect(target, isolation_level=None, check_same_thread=False, timeout=15, uri=read_only)
    connection.execute("PRAGMA cipher_log_level=NONE")  # it would write each broken page to stderr; we tell it ourselves
    connection.execute(f"PRAGMA key=\"x'{secret}'\"")
    return connection


def copy_pages(source: Any, path: Path, secret: str) -> None:
    """Copy a consistent snapshot of the raw connection `source` to a new file under another secret; on disk when this returns."""
    target = connect_encrypted(path, secret)
    try:
        target.execute("PRAGMA synchronous=FULL")
        source.backup(target)
        target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        target.close()
    with telling_disk_errors():
        sync_file(path)
        sync_folder(path.parent)
