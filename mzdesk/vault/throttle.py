"""Wrong passwords make the next try wait, across restarts; a try is counted before it is made, so that a kill refunds nothing."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, replace
from pathlib import Path

from mzdesk.errors import MzError
from mzdesk.store import diskfile

FILE_NAME = "attempts.json"
WAITS_S = (0, 0, 0, 5, 15, 60, 300, 900, 1800)  # seconds to wait after n wrong tries
MAXIMUM_BYTES, MAXIMUM_ACCOUNTS, KEPT_TIMES = 64 * 1024, 300, 20


@dataclass(frozen=True)
class Attempts:
    """Tries since the last success: how many, and the newest instants (ms)."""

    failures: int = 0
    times: tuple[int, ...] = ()

    def wait_s(self, now_ms: int) -> int:
        """Return the seconds until the next try is allowed; a clock set back does not shorten them."""
        if not self.failures or not self.times:
            return 0
        passed = max(0, now_ms - self.times[-1]) / 1000
        return max(0, round(WAITS_S[min(self.failures, len(WAITS_S) - 1)] - passed + 0.499))

    def counted(self, now_ms: int) -> Attempts:
        """Return the attempts with one more."""
        return replace(self, failures=self.failures + 1, times=(*self.times, now_ms)[-KEPT_TIMES:])


class Throttle:
    """The attempts of every account of one folder. On read-only media they are kept for this run only."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self._attempts = _load(self._path)

    def attempts(self, account: str) -> Attempts:
        """Return the tries of `account` since its last success."""
        return self._attempts.get(account, Attempts())

    def begin(self, account: str, now_ms: int) -> None:
        """Count a try; raises MzError where it must wait."""
        attempts = self.attempts(account)
        if wait := attempts.wait_s(now_ms):
            raise MzError("请稍等再试", f"密码错了 {attempts.failures} 次。请等 {_duration(wait)}，再慢慢输一次。", field="password")
        self._keep(account, attempts.counted(now_ms))

    def wrong(self, account: str) -> MzError:
        """Return what the user is told after a wrong password."""
        failures = self.attempts(account).failures
        free = next(count for count, wait in enumerate(WAITS_S) if wait) - failures
        if free > 0:
            return MzError("密码不对", f"请看看大写锁定和输入法，再输一次。再错 {free} 次就要等一会儿。", field="password")
        wait = WAITS_S[min(failures, len(WAITS_S) - 1)]
        return MzError(
            "密码不对", f"已错 {failures} 次，请等 {_duration(wait)}再试。忘了密码，请找管理员，或用恢复密钥。", field="password"
        )

    def succeed(self, account: str) -> None:
        """Forget the tries of `account`."""
        if account in self._attempts:
            self._keep(account, None)

    def _keep(self, account: str, attempts: Attempts | None) -> None:
        kept = {key: value for key, value in self._attempts.items() if key != account}
        if attempts is not None:
            kept[account] = attempts
        self._attempts = dict(list(kept.items())[-MAXIMUM_ACCOUNTS:])
        tree = {key: {"failures": value.failures, "times": list(value.times)} for key, value in self._attempts.items()}
        with contextlib.suppress(MzError):  # read-only or full: the station must still open
            diskfile.write_whole(self._path, json.dumps(tree).encode())


def _duration(seconds: int) -> str:
    return f"{seconds} 秒" if seconds < 60 else f"{-(-seconds // 60)} 分钟"


def _load(path: Path) -> dict[str, Attempts]:
    try:
        tree = json.loads(diskfile.read_limited(path, MAXIMUM_BYTES))
        return {str(key): _shaped(value) for key, value in list(tree.items())[-MAXIMUM_ACCOUNTS:]}
    except (MzError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _shaped(value: dict[str, object]) -> Attempts:
    failures, times = value["failures"], value["times"]
    if type(failures) is not int or not isinstance(times, list) or not all(type(at) is int for at in times):
        raise ValueError("not attempts")
    return Attempts(max(0, failures), tuple(times[-KEPT_TIMES:]))
