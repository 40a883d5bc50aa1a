"""The device pepper: 32 bytes in the operating system's secret store; it makes a copied folder useless and holds no key alone."""

from __future__ import annotations

import base64
import binascii
import secrets
from typing import Any, Protocol

PEPPER_BYTES = 32
SERVICE = "mzdesk"
# keyrings.alt and keyring.backends.null/fail write plaintext or nothing: only these may hold a pepper.
ALLOWED_BACKENDS = frozenset(
    {
        "keyring.backends.Windows",
        "keyring.backends.macOS",
        "keyring.backends.SecretService",
        "keyring.backends.kwallet",
        "keyring.backends.libsecret",
    }
)
NO_KEYRING_NOTICE = "这台电脑没有系统密钥环，密码就是唯一的保护：请用至少 12 个字符的密码，不要把密码贴在电脑上。"


class PepperStore(Protocol):
    """Where peppers live; `usable` is False where this computer has no trusted store."""

    @property
    def usable(self) -> bool: ...
    def read(self, name: str) -> bytes | None:
        """Return the pepper of `name`, None where it is missing or the store is locked."""
        ...

    def write(self, name: str, value: bytes) -> bool:
        """Keep `value` and read it back; False where that failed."""
        ...

    def forget(self, name: str) -> None:
        """Delete `name`, if it is there."""
        ...


class KeyringPepperStore:
    """The operating system's secret store through `keyring`, only by a backend on the allow-list."""

    def __init__(self, backend: Any = None) -> None:
        import keyring

        self._backend = _trusted(keyring.get_keyring() if backend is None else backend)
        if _module(self._backend) == "keyring.backends.Windows":
            self._backend.persist = "local machine"  # the default, "enterprise", roams to other computers

    @property
    def usable(self) -> bool:
        return self._backend is not None

    @property
    def backend_name(self) -> str:
        """The module of the backend in use, "" for none."""
        return _module(self._backend) if self.usable else ""

    def read(self, name: str) -> bytes | None:
        if not self.usable:
            return None
        try:
            text = self._backend.get_password(SERVICE, name)
        except Exception:  # every backend raises its own; a store that does not answer holds nothing for us
            return None
        return _decoded(text)

    def write(self, name: str, value: bytes) -> bool:
        if not self.usable:
            return False
        try:
            self._backend.set_password(SERVICE, name, base64.b64encode(value).decode())
        except Exception:
            return False
        return self.read(name) == value

    def forget(self, name: str) -> None:
        import contextlib

        if self.usable:
            with contextlib.suppress(Exception):  # gone already, or locked: nothing more can be done here
                self._backend.delete_password(SERVICE, name)


def _module(backend: Any) -> str:
    return type(backend).__module__


def _trusted(backend: Any) -> Any:
    if _module(backend) == "keyring.backends.chainer":
        return next((one for one in backend.backends if _module(one) in ALLOWED_BACKENDS), None)
    return backend if _module(backend) in ALLOWED_BACKENDS else None


def _decoded(text: str | None) -> bytes | None:
    try:
        value = base64.b64decode(text or "", validate=True)
    except (ValueError, binascii.Error):
        return None
    return value if len(value) == PEPPER_BYTES else None


def place_new(store: PepperStore | None) -> tuple[str, bytes]:
    """Make a pepper and keep it; return (entry name, pepper), ("", b"") where no trusted store takes it."""
    if store is None or not store.usable:
        return "", b""
    name, value = f"pepper-{secrets.token_hex(8)}", secrets.token_bytes(PEPPER_BYTES)
    return (name, value) if store.write(name, value) else ("", b"")
