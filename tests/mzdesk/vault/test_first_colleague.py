"""Whoever founds a station can add the first colleague; once there is an administrator, the accounts are theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

from mzdesk import opening
from mzdesk.clock import FixedClock
from mzdesk.opening import Founder, StationSpec
from mzdesk.store.scope import Permission, Role
from mzdesk.vault import accounts, kdf
from tests.mzdesk.vault.conftest import PASSWORD, VILLAGES

OTHER = "第二位同事的长密码在这里"


@pytest.mark.parametrize("role", [Role.CHILDREN_DIRECTOR, Role.SOCIAL_WORKER, Role.SUPERVISOR])
def test_a_founder_adds_an_administrator_and_then_no_more(tmp_path: Path, clock: FixedClock, role: Role) -> None:
    spec = StationSpec("桃园镇社工站", "370983103", VILLAGES)
    station = opening.create(tmp_path / "站点", spec, Founder("王主任", role.value, PASSWORD), clock=clock, cost=kdf.FLOOR).station
    founder = station.scope.actor
    assert station.scope.may(Permission.ACCOUNTS)
    accounts.add(station, "赵管理", Role.ADMINISTRATOR, (), OTHER)
    station.close()
    again = opening.unlock(tmp_path / "站点", founder, PASSWORD, clock=clock)
    assert not again.scope.may(Permission.ACCOUNTS)
    assert again.scope.may(Permission.CASES)
    again.close()
