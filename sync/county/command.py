"""The county's command line: serve, init, enrol, devices, revoke, officer, stick, backup, restore, verify."""

from __future__ import annotations

import argparse
import logging
import secrets
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn

from mzdesk.clock import beijing
from mzdesk.errors import MzError
from sync.county import config, registrar, safekeeping, stick
from sync.county.app import create_app
from sync.county.config import CountySettings
from sync.county.console import officers
from sync.county.county import County, open_county
from sync.county.pool import PoolChecker
from sync.transport import checked_url

DEFAULT_FOLDER = Path("county")
ACTOR = "命令行"


def serve(folder: Path, host: str, port: int, database_url: str | None = None) -> int:
    """Serve the county in `folder` until it is stopped; plain HTTP on loopback only. Raises MzError."""
    loaded = config.load(folder)
    tls = folder / "tls" / "server.pem"
    scheme = "https" if tls.exists() else "http"
    checked_url(f"{scheme}://{host}:{port}")
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    print(f"{loaded.settings.name} 接收端：{scheme}://{host}:{port}（Ctrl+C 停止）", flush=True)
    county = open_county(folder, database_url, checker=PoolChecker())
    serve_county(county, host, port, tls if tls.exists() else None)
    return 0


def serve_county(county: County, host: str, port: int, certificate: Path | None = None) -> None:
    """Serve an open county until it is stopped, then close it."""
    listener = _listen(host, port)
    secure = {"ssl_certfile": str(certificate), "ssl_keyfile": str(certificate.with_suffix(".key"))} if certificate else {}
    settings = uvicorn.Config(create_app(county), log_level="warning", access_log=False, **secure)  # type: ignore[arg-type]
    try:
        uvicorn.Server(settings).run([listener])
    finally:
        county.close()


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        raise MzError("端口不能用", f"{host}:{port} 已被占用或没有权限，请换一个端口。（{error.strerror}）") from error
    return listener


def _serve(arguments: argparse.Namespace) -> int:
    if not (arguments.folder / config.KEYS).exists():
        url = arguments.url or f"http://{arguments.host}:{arguments.port}"
        config.init(arguments.folder, CountySettings(arguments.code, arguments.name, checked_url(url)))
    return serve(arguments.folder, arguments.host, arguments.port, arguments.database)


def _init(arguments: argparse.Namespace) -> int:
    settings = CountySettings(arguments.code, arguments.name, checked_url(arguments.url), arguments.database or "")
    config.init(arguments.folder, settings)
    if arguments.url.startswith("https"):
        from sync.county.certificates import make_certificates

        make_certificates(arguments.folder / "tls", arguments.url, arguments.name)
    open_county(arguments.folder).close()
    print(f"已建立：{arguments.folder}。请把 keys.json 另存一份到安全的地方，它丢了数据就解不开。")
    return 0


def _enrol(arguments: argparse.Namespace) -> int:
    county = open_county(arguments.folder, arguments.database)
    try:
        print(registrar.issue(county, arguments.township, arguments.village, label=arguments.label, actor=ACTOR))
    finally:
        county.close()
    return 0


def _devices(arguments: argparse.Namespace) -> int:
    county = open_county(arguments.folder, arguments.database)
    try:
        with county.read() as connection:
            for line in registrar.devices(connection):
                seen = f"{beijing(line.seen):%Y-%m-%d %H:%M}"
                print(f"{line.id}  {line.township}  {line.state:8}  批次 {line.head:5}  {seen}  {line.label}")
    finally:
        county.close()
    return 0


def _revoke(arguments: argparse.Namespace) -> int:
    county = open_county(arguments.folder, arguments.database)
    try:
        registrar.revoke(county, arguments.device, arguments.why, actor=ACTOR)
    finally:
        county.close()
    print("已注销，下一次请求起生效。")
    return 0


def _officer(arguments: argparse.Namespace) -> int:
    county = open_county(arguments.folder, arguments.database)
    password = arguments.password or secrets.token_urlsafe(9)
    try:
        officers.add(county, arguments.login, arguments.full_name, arguments.role, password, actor=ACTOR)
    finally:
        county.close()
    print(f"已添加 {arguments.login}（{officers.ROLES[arguments.role]}）" + ("" if arguments.password else f"，初始密码：{password}"))
    return 0


def _stick(arguments: argparse.Namespace) -> int:
    county = open_county(arguments.folder, arguments.database)
    try:
        report = stick.receive(county, arguments.file)
        path = stick.write_answer(report, arguments.file.parent, county.id)
    finally:
        county.close()
    print(f"收下 {report.received} 批，以前收过 {report.replayed} 批，拒收 {sum(report.refused.values())} 批。回执文件：{path}")
    return 0


def _backup(arguments: argparse.Namespace) -> int:
    print(f"已备份：{safekeeping.backup(arguments.folder, arguments.to, arguments.database)}")
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    epoch = safekeeping.restore(arguments.file, arguments.folder, arguments.database)
    print(f"已恢复，纪元为 {epoch}。各台电脑下次联网时会自动补送备份之后的记录。")
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    county = open_county(arguments.folder, arguments.database)
    try:
        faults = safekeeping.verify(county)
    finally:
        county.close()
    print("\n".join(faults) if faults else "核对无误：批次连续，回执签名有效，日志编号连续，审计链完整。")
    return 1 if faults else 0


def parser() -> argparse.ArgumentParser:
    """Return the command line of the county."""
    root = argparse.ArgumentParser(prog="main.py county", description="县级接收端")
    verbs = root.add_subparsers(metavar="动作", required=True)
    _add(verbs, "serve", "启动接收端；第一次启动时自动建立", _serve, ("--host", "--port", "--url", "--code", "--name"))
    _add(verbs, "init", "建立一个县的接收端", _init, ("--url", "--code", "--name"))
    enrol = _add(verbs, "enrol", "给一台电脑开登记码", _enrol)
    enrol.add_argument("township", help="乡镇代码，9 位")
    enrol.add_argument("village", nargs="*", help="村代码，12 位；不写为全乡镇")
    enrol.add_argument("--label", default="", help="这台电脑放在哪里、谁用")
    _add(verbs, "devices", "列出登记的电脑", _devices)
    revoke = _add(verbs, "revoke", "注销一台电脑", _revoke)
    revoke.add_argument("device")
    revoke.add_argument("why", help="原因，例如：遗失")
    officer = _add(verbs, "officer", "给接收台添加一个登录账号", _officer)
    officer.add_argument("login")
    officer.add_argument("full_name", nargs="?", default="")
    officer.add_argument(
        "--role", choices=list(officers.ROLES), default="administrator", help="viewer 查看、reviewer 审核、administrator 管理"
    )
    officer.add_argument("--password", default="", help="不写则随机生成并显示一次")
    _add(verbs, "stick", "读入 U 盘里的交换文件，并在旁边写出回执文件", _stick).add_argument("file", type=Path)
    _add(verbs, "backup", "备份", _backup).add_argument("to", type=Path)
    _add(verbs, "restore", "从备份恢复", _restore).add_argument("file", type=Path)
    _add(verbs, "verify", "核对批次、回执、日志与审计", _verify)
    return root


_OPTIONS = {
    "--host": ("127.0.0.1", "监听地址"),
    "--url": ("", "电脑连接用的地址，如 https://sync.example.gov.cn"),
    "--code": ("370921", "县代码，6 位"),
    "--name": ("县民政局", "县名"),
}


def _add(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    help_text: str,
    run: Callable[[argparse.Namespace], int],
    options: Sequence[str] = (),
) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=help_text)
    verb.add_argument("--folder", type=Path, default=DEFAULT_FOLDER, help="接收端的文件夹")
    verb.add_argument("--database", help="postgresql://… ；不写则用文件夹里的内置数据库")
    for option in options:
        if option == "--port":
            verb.add_argument(option, type=int, default=8460, help="端口")
        else:
            verb.add_argument(option, default=_OPTIONS[option][0], help=_OPTIONS[option][1])
    verb.set_defaults(run=run)
    return verb


def run(words: Sequence[str]) -> int:
    """Run a verb; return the exit code. Raises MzError for what the user can act on."""
    arguments = parser().parse_args(list(words))
    done: Callable[[argparse.Namespace], int] = arguments.run
    return done(arguments)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
