"""The keyring: only trusted backends, never the only holder; with a real Secret Service and with none."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mzdesk import opening
from mzdesk.clock import FixedClock
from mzdesk.errors import MzError
from mzdesk.opening import Founder, StationSpec
from mzdesk.store.scope import Role
from mzdesk.vault import accounts, kdf
from mzdesk.vault.pepper import ALLOWED_BACKENDS, KeyringPepperStore, place_new
from tests.mzdesk.vault.conftest import TOWNSHIP, VILLAGES

ROOT = Path(__file__).parents[3]


class Backend:
    """A keyring backend in memory; its class is renamed into the module that a test wants."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.broken = False

    def get_password(self, service: str, name: str) -> str | None:
        if self.broken:
            raise RuntimeError("locked")
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, value: str) -> None:
        if self.broken:
            raise RuntimeError("locked")
        self.kept[service, name] = value

    def delete_password(self, service: str, name: str) -> None:
        del self.kept[service, name]


def backend_of(module: str) -> Any:
    return type("Backend", (Backend,), {"__module__": module})()


def test_plaintext_and_unknown_backends_are_refused() -> None:
    for module in ("keyrings.alt.file", "keyring.backends.null", "keyring.backends.fail", "somebody.elses"):
        store = KeyringPepperStore(backend_of(module))
        assert not store.usable and place_new(store) == ("", b"") and not store.write("a", bytes(32))


def test_trusted_backends_keep_and_return_32_bytes() -> None:
    for module in sorted(ALLOWED_BACKENDS):
        store = KeyringPepperStore(backend_of(module))
        name, value = place_new(store)
        assert store.backend_name == module and store.read(name) == value and len(value) == 32
        store.forget(name)
        assert store.read(name) is None
        store.forget(name)


def test_on_windows_the_entry_stays_on_this_machine() -> None:
    backend = backend_of("keyring.backends.Windows")
    KeyringPepperStore(backend)
    assert backend.persist == "local machine"


def test_the_chainer_gives_its_first_trusted_backend() -> None:
    chain = type("Chain", (), {"__module__": "keyring.backends.chainer"})()
    chain.backends = [backend_of("keyrings.alt.file"), backend_of("keyring.backends.SecretService")]
    assert KeyringPepperStore(chain).backend_name == "keyring.backends.SecretService"


def test_a_value_that_is_no_pepper_is_none() -> None:
    backend = backend_of("keyring.backends.SecretService")
    store = KeyringPepperStore(backend)
    for text in ("", "短", "AAAA", "not base64!"):
        backend.kept["mzdesk", "x"] = text
        assert store.read("x") is None


def test_a_copied_folder_is_useless_without_the_keyring_and_the_recovery_key_helps(folder: Path, clock: FixedClock) -> None:
    here, elsewhere = (KeyringPepperStore(backend_of("keyring.backends.SecretService")) for _ in range(2))
    spec, founder = StationSpec("站", TOWNSHIP, VILLAGES), Founder("王主任", "administrator", "八位密码也够了呀")
    made = opening.create(folder, spec, founder, clock=clock, pepper=here, cost=kdf.FLOOR)
    who = made.station.scope.actor
    assert accounts.every(made.station)[0].peppered
    added = accounts.add(made.station, "李", Role.SUPERVISOR, (), "另一个八位的密码")
    made.station.close()
    opening.unlock(folder, added.id, "另一个八位的密码", clock=clock, pepper=here).close()
    for store in (elsewhere, None):
        with pytest.raises(MzError, match="密钥环里没有本站的条目"):
            opening.unlock(folder, who, founder.password, clock=clock, pepper=store)
    station = opening.unlock_with_recovery(folder, made.recovery_key, clock=clock, pepper=elsewhere)
    accounts.reset_password(station, who, founder.password)
    station.close()
    opening.unlock(folder, who, founder.password, clock=clock, pepper=elsewhere).close()


def test_a_keyring_that_breaks_while_founding_means_no_pepper(folder: Path, clock: FixedClock) -> None:
    backend = backend_of("keyring.backends.SecretService")
    backend.broken = True
    spec, founder = StationSpec("站", TOWNSHIP, ()), Founder("王主任", "administrator", "八位密码也够了呀够了呀吧")
    made = opening.create(folder, spec, founder, clock=clock, pepper=KeyringPepperStore(backend), cost=kdf.FLOOR)
    assert not accounts.every(made.station)[0].peppered
    made.station.close()


IN_A_SESSION = """
echo -n secret | gnome-keyring-daemon --unlock --components=secrets >/dev/null
exec "$0" - <<'PYTHON'
from mzdesk.vault.pepper import KeyringPepperStore, place_new
store = KeyringPepperStore()
name, value = place_new(store)
print(store.backend_name, len(value), KeyringPepperStore().read(name) == value)
PYTHON
"""


@pytest.mark.skipif(
    not shutil.which("gnome-keyring-daemon") or not shutil.which("dbus-run-session"), reason="needs gnome-keyring and dbus-run-session"
)
def test_a_real_secret_service_keeps_the_pepper(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "XDG_RUNTIME_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    command = ["dbus-run-session", "--", "bash", "-c", IN_A_SESSION, sys.executable]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout.strip().endswith("keyring.backends.SecretService 32 True"), done.stderr


def test_without_any_secret_service_there_is_no_pepper(tmp_path: Path) -> None:
    code = "from mzdesk.vault.pepper import KeyringPepperStore as S; s = S(); print(s.usable, s.write('a', bytes(32)))"
    environment = {
        "HOME": str(tmp_path),
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent",
    }
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "False False"
