"""备份与恢复: when the data was last copied and checked, where to, and the way back, which keeps what is newer and says so first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mzdesk.clock import beijing
from mzdesk.store import backup
from mzdesk.store.backup import REASONS, Snapshot
from mzdesk.store.scope import Permission
from mzdesk.vault import rescue, restore, safety, upkeep
from mzdesk.vault.rescue import RescuePlan
from mzdesk.vault.restore import RestoreReport
from mzdesk.vault.safety import Copy, Safety
from ui import dialogs
from ui.desk import Desk
from ui.layouts import SpanGrid, Step
from ui.page import Page, flow
from ui.panels import Listing
from ui.paths import choose_backup, choose_folder
from ui.requests import OpenPage, Reopen
from ui.rescue import WORDS, restored_words
from ui.rescue_view import RescueView
from ui.table_model import Column
from ui.theme import look
from ui.widgets import Card, Chip, EmptyState, ProgressLine, button, label

if TYPE_CHECKING:
    from mzdesk.station import Station


class BackupPage(Page):
    """The page of backups."""

    title = "备份与恢复"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.tools.addWidget(button("返回设置", "arrow-left", on_click=lambda: self.open(OpenPage("settings"))))
        self.make_button = button("立即备份", "save", kind="primary", on_click=self.make)
        self.tools.addWidget(self.make_button)
        self.progress = ProgressLine()
        self.content.addWidget(self.progress)
        grid = SpanGrid((Step(62, 3), Step(0, 1)), gap=1.0, line_gap=1.0)
        for card in (self._make_newest(), self._make_second(), self._make_disk()):
            grid.add(card, 1)
        self.content.addWidget(grid)
        self.content.addWidget(self._make_list())
        self.content.addWidget(self._make_check())
        self.content.addStretch(1)

    def _make_newest(self) -> Card:
        self.newest = Card("最近一次备份")
        self.newest_chip, self.newest_words = Chip("…"), label("", "muted", wrap=True)
        self.newest.head.addWidget(self.newest_chip)
        self.newest.body.addWidget(self.newest_words)
        self.newest.body.addStretch(1)
        return self.newest

    def _make_second(self) -> Card:
        self.second = Card("第二个位置")
        self.second_chip, self.second_words = Chip("…"), label("", "muted", wrap=True)
        self.second.head.addWidget(self.second_chip)
        self.second.body.addWidget(self.second_words)
        self.choose_button = button("选择 U 盘或文件夹…", "usb", on_click=self.choose_second)
        self.forget_button = button("不再使用", kind="link", on_click=self.forget_second)
        self.second.body.addWidget(flow(self.choose_button, self.forget_button))
        self.second.body.addStretch(1)
        return self.second

    def _make_disk(self) -> Card:
        self.disk = Card("这台电脑")
        self.disk_chip, self.disk_words = Chip("…"), label("", "muted", wrap=True)
        self.disk.head.addWidget(self.disk_chip)
        self.disk.body.addWidget(self.disk_words)
        self.doubt_button = button("已核对最后几条记录", "check", on_click=self.settle_doubt)
        self.disk.body.addWidget(flow(self.doubt_button))
        self.disk.body.addStretch(1)
        return self.disk

    def _make_list(self) -> Card:
        card = Card("备份", "只保留有用的：最近 3 份，再按天、周、月各留一份，一年为止")
        columns: tuple[Column[Copy], ...] = (
            Column("时间", lambda copy: f"{beijing(copy.snapshot.header.created_at):%Y-%m-%d %H:%M}", 0, bold=True),
            Column("由来", lambda copy: REASONS.get(copy.snapshot.header.reason, copy.snapshot.header.reason), 0),
            Column("对象", lambda copy: str(copy.people), 5.0, number=True),
            Column("记录", lambda copy: str(copy.records), 5.0, number=True),
            Column("大小", lambda copy: size_words(copy.size), 6.5, number=True),
            Column("在哪里", _place, 8.0, tip=lambda copy: str(copy.snapshot.path)),
        )
        self.list: Listing[Copy] = Listing(
            columns, "备份列表", EmptyState("save", "还没有备份", "每天第一次打开时自动备份；也可以点“立即备份”。")
        )
        self.list.setFixedHeight(look().em(17))
        self.list.table.row_selected.connect(self._choose)
        card.body.addWidget(self.list)
        self.verify_button = button("检查这一份", "shield-alert", on_click=self.verify)
        self.restore_button = button("从这一份恢复…", "undo-2", on_click=self.restore_chosen)
        self.other_button = button("从别处的备份恢复…", "folder-open", on_click=self.restore_other)
        may = may_restore(self.desk.station)
        self.restore_button.setVisible(may)
        self.other_button.setVisible(may)
        card.body.addWidget(flow(self.verify_button, self.restore_button, self.other_button))
        if not may:
            card.body.addWidget(label("恢复备份由管理员或主管来做。", "hint", wrap=True))
        return card

    def _make_check(self) -> Card:
        card = Card("数据检查", "每天自动做一次")
        card.body.addWidget(
            label("逐页检查数据文件有没有损坏、日志有没有断开。发现问题时，这里会一步一步告诉您怎么办。", "muted", wrap=True)
        )
        self.check_button = button("现在检查", "search", on_click=self.check)
        card.body.addWidget(flow(self.check_button))
        self.guide = RescueView()
        self.guide.restore_asked.connect(self.restore)
        self.guide.hide()
        card.body.addWidget(self.guide)
        return card

    # ---- showing

    def opened(self) -> None:
        self.load(lambda: safety.overview(self.desk.station), self.show_safety)

    def show_safety(self, found: Safety) -> None:
        """Show what was read."""
        self._show_newest(found)
        self._show_second(found)
        self._show_disk(found)
        self.list.show_rows(found.copies)
        self.make_button.setEnabled(not found.read_only)
        unreadable = (
            f"有 {len(found.unreadable)} 个备份文件已损坏，不能用来恢复：{'、'.join(found.unreadable[:3])}" if found.unreadable else ""
        )
        if unreadable or not self.banner.isVisible():
            self.banner.show_text(unreadable, "amber")

    def _show_newest(self, found: Safety) -> None:
        state = found.state
        if state.newest is None:
            self.newest_chip.show_text("还没有", "amber")
            self.newest_words.setText("还没有备份。点“立即备份”做第一份。")
            return
        if state.check_problem:
            self.newest_chip.show_text("有问题", "red")
        else:
            self.newest_chip.show_text(
                "已试过恢复，可用" if state.checked_at else "写入后已核对", "green" if state.checked_at else "primary"
            )
        header = state.newest.header
        when = f"{beijing(header.created_at):%Y年%m月%d日 %H:%M}，{REASONS.get(header.reason, header.reason)}"
        due = "今天的还没有做，会在后台自动做。" if state.due else "今天的已经做了。"
        self.newest_words.setText("\n".join(part for part in (when, due, state.check_problem) if part))

    def _show_second(self, found: Safety) -> None:
        state = found.state
        self.forget_button.setVisible(state.second_place is not None)
        if state.second_place is None:
            self.second_chip.show_text("没有设置", "amber")
            self.second_words.setText(
                "电脑坏了或丢了，本机的备份也会一起没有。请选一个 U 盘或别的磁盘，每次备份会自动多存一份（同样加密）。"
            )
            return
        self.second_chip.show_text("可用" if state.second_reachable else "找不到", "green" if state.second_reachable else "red")
        missing = "" if state.second_reachable else "\n插上 U 盘后，下一次备份会自动存过去。"
        self.second_words.setText(f"{state.second_place}{missing}")

    def _show_disk(self, found: Safety) -> None:
        self.doubt_button.setVisible(found.saves_in_doubt)
        lines = [f"还剩 {size_words(found.free)} 空间。"]
        if found.read_only:
            self.disk_chip.show_text("只能查看", "red")
            lines.append("这里不能写入：可以看、可以打印，不能保存。请把整个文件夹复制到能写的磁盘上再打开。")
        elif found.low_on_space:
            self.disk_chip.show_text("空间不足", "red")
            lines.append(
                "请删掉不用的文件，或换一个大一些的磁盘。" + ("已预留 16 MB，正在填写的内容还能存下。" if found.reserve_kept else "")
            )
        elif found.saves_in_doubt:
            self.disk_chip.show_text("请核对", "amber")
            lines.append("上次可能没有正常关机。请看看最后几条记录在不在，核对后点下面的按钮。")
        else:
            self.disk_chip.show_text("正常", "green")
        self.disk_words.setText("\n".join(lines))

    def _choose(self, copy: Copy | None) -> None:
        self.verify_button.setEnabled(copy is not None)
        self.restore_button.setEnabled(copy is not None)

    # ---- verbs

    def _begin(self, words: str) -> None:
        self.setEnabled(False)
        self.progress.show_progress(0, 0, words)

    def _end(self) -> None:
        self.setEnabled(True)
        self.progress.hide()

    def _fail(self, error: BaseException) -> None:
        self._end()
        self.desk.fail(error)
        self.opened()

    def make(self) -> None:
        """Back up now."""
        station = self.desk.station
        self._begin("正在备份…")
        self.desk.tasks.run(lambda: backup.make(station, "manual"), self._made, self._fail, owner=self)

    def _made(self, made: Snapshot) -> None:
        self._end()
        self.banner.show_text(f"已备份并核对：{made.path.name}", "green")
        self.opened()

    def choose_second(self) -> None:
        """Ask for a USB stick or another folder."""
        place = choose_folder(self, "选择第二份备份放在哪里")
        if place is not None:
            station = self.desk.station
            self.act(lambda: backup.set_second_place(station, place), lambda _none: self._second_set())

    def _second_set(self) -> None:
        self.banner.show_text("已设置。现在就备份一份过去。", "green")
        self.make()

    def forget_second(self) -> None:
        """Use one place only."""
        if dialogs.confirm(self, "不再存第二份？", "那里已有的备份不会删除，以后的备份只存在本机。", "不再使用"):
            station = self.desk.station
            self.act(lambda: backup.set_second_place(station, None), lambda _none: self.opened())

    def settle_doubt(self) -> None:
        """The person has looked at the last entries."""
        station = self.desk.station
        self.act(lambda: upkeep.acknowledge_doubt(station), lambda _none: self.opened())

    def verify(self) -> None:
        """Try a backup as a restore would."""
        copy, station = self.list.selected(), self.desk.station
        if copy is not None:
            self._begin("正在试着恢复这一份，并逐页检查…")
            self.desk.tasks.run(lambda: backup.check(station, copy.snapshot), self._verified, self._fail, owner=self)

    def _verified(self, problem: str) -> None:
        self._end()
        self.banner.show_text(f"这一份不能用：{problem}" if problem else "这一份完好，可以用来恢复。", "red" if problem else "green")

    def check(self) -> None:
        """Check the whole data."""
        station = self.desk.station
        self._begin("正在检查全部数据…")
        self.desk.tasks.run(lambda: rescue.plan_for_station(station), self._checked, self._fail, owner=self)

    def _checked(self, plan: RescuePlan) -> None:
        self._end()
        self.guide.setVisible(not plan.sound)
        if plan.sound:
            self.banner.show_text("检查完毕：数据完好，日志没有断开。", "green")
        else:
            self.guide.show_plan(plan)

    def restore_chosen(self) -> None:
        """Restore the chosen backup."""
        copy = self.list.selected()
        if copy is not None:
            self.restore(copy.snapshot)

    def restore_other(self) -> None:
        """Restore a backup from elsewhere."""
        path = choose_backup(self)
        if path is not None:
            self.load(lambda: safety.read_snapshot(path), self.restore)

    def restore(self, snapshot: Snapshot) -> None:
        """Say what happens, then take a backup back."""
        header = snapshot.header
        when = f"{beijing(header.created_at):%Y年%m月%d日 %H:%M}"
        held = f"{header.counts.get('person', 0)} 人，{header.counts.get('record', 0)} 条记录"
        words = f"先把现在的样子再备份一份，然后恢复到 {when}（{held}）。{WORDS}完成后要重新输入密码。"
        if not dialogs.confirm(self, f"恢复到 {when}？", words, "恢复"):
            return
        station = self.desk.station
        self._begin("正在恢复，请不要关机…")
        self.desk.tasks.run(lambda: restore.into_open_station(station, snapshot.path), self._restored, self._fail, owner=self)

    def _restored(self, report: RestoreReport) -> None:
        self._end()
        dialogs.tell(self, "恢复好了", restored_words(report), tone="green")
        self.open(Reopen())


def may_restore(station: Station) -> bool:
    """Tell whether the person at the desk may restore."""
    scope = station.scope
    return scope.may(Permission.ACCOUNTS) or scope.may(Permission.REVIEW) or len(station.open_vault().document.accounts()) == 1


def size_words(size: int) -> str:
    """Return such as 128 KB, 3.4 MB, 12 GB."""
    for unit, bound in (("KB", 1 << 20), ("MB", 1 << 30)):
        if size < bound:
            number = size * 1024 / bound
            return f"{number:.0f} {unit}" if number >= 10 else f"{number:.1f} {unit}"
    return f"{size / (1 << 30):.0f} GB"


def _place(copy: Copy) -> str:
    return "第二位置" if copy.second else "本机"
