"""The verb `import`: a roster file into a station from the command line, with progress and a summary in Chinese."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mzdesk.errors import MzError
from mzdesk.registry.groups import GROUPS
from mzdesk.registry.roster_import import Outcome, import_roster
from mzdesk.registry.roster_preview import Progress, Verdict
from mzdesk.registry.roster_report import write_rejected, write_report

if TYPE_CHECKING:
    from mzdesk.station import Station

REASONS = {
    "empty name": "没有姓名",
    "name length": "姓名过长或过短",
    "name characters": "姓名里有数字",
    "empty id": "没有身份证号码",
    "scientific": "身份证号码成了科学计数，后几位已丢失",
    "check digit": "身份证号码校验码不对",
    "length": "身份证号码位数不对",
    "characters": "身份证号码里有别的字符",
    "region": "身份证号码的省份代码不对",
    "date": "日期不对",
    "future": "日期在今天之后",
    "birth mismatch": "出生日期与身份证号码不一致",
    "sex mismatch": "性别与身份证号码不一致",
    "other township": "不是本乡镇的村（居）",
    "other village": "不在您负责的村",
    "empty village": "没有写村（居）",
    "duplicate": "与前面的行重复",
    "registered elsewhere": "已在别的村登记",
    "registered dead": "已登记为去世",
    "name differs": "身份证号码已登记在另一个姓名下",
    "group": "看不出对象类别",
}


def import_file(
    station: Station, path: Path, report: Path | None = None, out: Callable[[str], object] = print, group: str | None = None
) -> Outcome:
    """Take a roster; write the report, and the rejected rows to a copy beside the report, else beside the file.

    `out` gets each line of what is said. Raises MzError with a sentence for everything that stops the import.
    """
    outcome = import_roster(station, path, group, progress=_telling(out))
    if report is not None:
        write_report(outcome, report)
    for line in summary(outcome):
        out(line)
    if outcome.rejected:
        copy = _rejected_path(path, [*([report.parent] if report else []), path.parent, station.folder])
        write_rejected(outcome.preview, copy)
        out(f"需要核对的 {len(outcome.rejected)} 行连同原因，另存在：{copy}")
    return outcome


def _telling(out: Callable[[str], object]) -> Progress:
    def tell(phase: str, done: int, total: int) -> bool | None:
        if total:
            out(f"{phase} {done}/{total}（{done * 100 // total}%）")
        return None

    return tell


def summary(outcome: Outcome) -> tuple[str, ...]:
    """Return what the import did, in a few lines."""
    preview = outcome.preview
    taken = preview.count(Verdict.TAKEN) + preview.count(Verdict.REPAIRED)
    lines = [
        f"《{preview.source.name}》{GROUPS.get(preview.group, '')}：共 {len(preview.rows)} 行，导入 {taken} 行"
        f"（其中整理后导入 {preview.count(Verdict.REPAIRED)} 行），需要核对 {preview.count(Verdict.NEEDS_LOOK)} 行。",
        f"新登记 {outcome.created} 人，补充已登记的 {outcome.updated} 人，没有变化 {outcome.unchanged} 人。",
    ]
    reasons = Counter(row.reason for row in preview.rows if row.reason)
    lines += [f"  {REASONS.get(reason, reason)}：{count} 行" for reason, count in reasons.most_common()]
    lines += list(preview.notices)
    return tuple(lines)


def _rejected_path(path: Path, folders: Sequence[Path]) -> Path:
    """Return a new file in the first folder that can be written: with the report, else beside the roster; never over a file."""
    for folder in folders:
        names = [f"{path.stem}-需要核对{number or ''}.xlsx" for number in (0, *range(2, 1000))]
        probe = next((folder / name for name in names if not (folder / name).exists()), None)
        try:
            if probe is not None:
                probe.touch(exist_ok=False)
                return probe
        except OSError:
            continue
    raise MzError("需要核对的行写不出来", "文件夹都不能写入。导入已经完成；请用 --report 指定一个可以写入的位置再导入一次。")
