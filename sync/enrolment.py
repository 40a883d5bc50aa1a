"""Owns joining a county: the laptop makes its own keys, answers the ticket, and keeps only what the county signed."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from mzdesk.errors import MzError
from mzdesk.station import Station
from mzdesk.store import exchange as store
from mzdesk.store.meta import read_meta, write_meta
from sync import account as accounts
from sync import signed, tickets
from sync.account import Account
from sync.errors import LineError, RefusedError, told
from sync.signed import BadDocumentError
from sync.tickets import DeviceRecord, Ticket
from sync.transport import HttpTransport, Transport

_JOINING = "sync.joining"  # code and keys of a request that has no answer yet, so that a lost answer can be fetched again


def read_code(code: str) -> Ticket:
    """Return the ticket in a code; raises MzError where it is not a whole one."""
    try:
        return tickets.read_ticket(code)
    except BadDocumentError:
        raise MzError("登记码不完整", "请把县里给的登记码从头到尾整段粘贴，不要漏字；或直接选择县里给的登记文件。", field="code") from None


def join(station: Station, code: str, transport: Transport | None = None) -> DeviceRecord:
    """Enrol this station with the county that issued `code`; raises MzError where the code or the county refuses."""
    ticket = read_code(code)
    request, keys = prepare(station, code)
    card = ticket.card
    line = transport or HttpTransport(card.url, ca=card.ca, proxy=proxy_of(station))
    try:
        answer = line.enrol(request)
    except (LineError, RefusedError) as error:
        sentence = told(error)
        raise MzError(sentence.title, sentence.message) from error
    finally:
        if transport is None and isinstance(line, HttpTransport):
            line.close()
    return accept(station, ticket, keys, answer)


def prepare(station: Station, code: str) -> tuple[bytes, tuple[Ed25519PrivateKey, X25519PrivateKey]]:
    """Return the sealed request for `code` and this laptop's new keys; the same keys when the same code is tried again.

    Whether the code has expired is the county's to say: the laptop's clock may be years off (I11).
    """
    ticket = read_code(code)
    if ticket.grant.township != station.identity.township:
        raise MzError("登记码不是这个乡镇的", "这个登记码发给了另一个乡镇。请核对站点，或向县里要本乡镇的登记码。", field="code")
    keys = _keys_for(station, ticket)
    return tickets.write_request(ticket, *keys, station.identity.name), keys


def _keys_for(station: Station, ticket: Ticket) -> tuple[Ed25519PrivateKey, X25519PrivateKey]:
    with station.write() as connection:
        device, _, secrets = read_meta(connection, _JOINING).partition(" ")
        if device == ticket.grant.device:
            sign, box = (signed.decode(text) for text in secrets.split())
            return Ed25519PrivateKey.from_private_bytes(sign), X25519PrivateKey.from_private_bytes(box)
        keys = Ed25519PrivateKey.generate(), X25519PrivateKey.generate()
        texts = [signed.encode(key.private_bytes_raw()) for key in keys]
        write_meta(connection, _JOINING, " ".join([ticket.grant.device, *texts]))
    return keys


def accept(station: Station, ticket: Ticket, keys: tuple[Ed25519PrivateKey, X25519PrivateKey], answer: bytes) -> DeviceRecord:
    """Keep the county's answer; raises MzError unless the county of the ticket signed it for this laptop."""
    try:
        record = tickets.read_device(answer, ticket.card.sign_key)
    except BadDocumentError:
        raise MzError("县里的回答不完整", "可能是网络中断。请用同一个登记码再试一次。") from None
    if record.grant != ticket.grant:
        raise MzError("县里的回答与登记码不符", "请不要继续，并联系县里核对登记码。")
    with station.write() as connection:
        before = accounts.load(connection)
        if before is None or before.device != record.grant.device:
            store.begin_device(connection)
        accounts.keep(connection, Account(record, *keys))
        write_meta(connection, store.EPOCH, str(record.epoch))
        write_meta(connection, _JOINING, "")
        for name in ("sync.failures", "sync.next_try", "sync.problem", "sync.pace"):
            write_meta(connection, name, "")
    return record


def proxy_of(station: Station) -> str:
    """Return the proxy that the user set for the exchange, "" for the system's."""
    with station.read() as connection:
        return read_meta(connection, "sync.proxy")


def set_proxy(station: Station, proxy: str) -> None:
    """Remember a proxy (http://host:port), "" for the system's; raises MzError where it is no address."""
    if proxy and not proxy.startswith(("http://", "https://", "socks5://")):
        raise MzError("代理地址不对", "请写成 http://地址:端口，不用代理就留空。", field="proxy")
    with station.write() as connection:
        write_meta(connection, "sync.proxy", proxy)
