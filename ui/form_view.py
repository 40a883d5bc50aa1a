"""A form being filled: it draws any FormSession, hands each edit to it, and shows what changed; nothing typed is ever dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from ui.editors import Setting
from ui.form_blocks import Parts
from ui.form_plan import plan_form
from ui.form_stops import next_stop, tab_stops
from ui.form_undo import Change, History, Reshape
from ui.layouts import ScrollColumn
from ui.search_combo import SearchCombo

if TYPE_CHECKING:
    from forms.session import FormSession
    from forms.session_state import Problem

DRAFT_MS = 1_500  # a power cut costs at most the last two seconds
COUNT_MS = 200
PATIENCE_MS = 900  # how long typing may pause before an unfinished answer is called wrong


class FormView(ScrollColumn):
    """Any form on the screen.

    Signals: edited(): an answer changed; draft_due(): it is time to keep a draft; problems_changed(count);
    end_reached(): Enter was pressed in the last field.
    """

    edited = Signal()
    draft_due = Signal()
    problems_changed = Signal(int)
    end_reached = Signal()

    def __init__(self, session: FormSession, setting: Setting) -> None:
        super().__init__()
        self.session = session
        self.history = History()
        self._touched: set[str] = set()
        self._seen: set[str] = set()
        self._shows_all = False
        self.parts = Parts(session, setting, self._adopt, self)
        self.parts.edited.connect(self.change)
        self.parts.left.connect(self._leave)
        self.parts.add_asked.connect(self.add_instance)
        self.parts.remove_asked.connect(self.remove_instance)
        for section in plan_form(session.form):
            self.column.addWidget(self.parts.make_section(section))
        self.column.addStretch(1)
        self._make_timers()
        self._see_answers()
        self.show_all()

    def _make_timers(self) -> None:
        self._draft_timer = self._timer(DRAFT_MS, lambda: self.draft_due.emit())
        self._count_timer = self._timer(COUNT_MS, self._count)
        self._patience_timer = self._timer(PATIENCE_MS, self._lose_patience)

    def _timer(self, milliseconds: int, act: Callable[[], None]) -> QTimer:
        made = QTimer(self)
        made.setSingleShot(True)
        made.setInterval(milliseconds)
        made.timeout.connect(act)
        return made

    def _see_answers(self) -> None:
        """Errors of answers that are there already, as in a draft, may be shown at once."""
        for ref in (*self.parts.fields, *self.parts.matrices):
            if self.session.state(ref).value:
                self._seen.add(ref)

    # ---- editing

    def change(self, ref: str, value: str) -> None:
        """Give a question its answer, as the person did."""
        before = self.session.state(ref).value
        if before == value:
            return
        changed = self.session.set(ref, value)
        self.history.note(ref, before, value)
        self._touched.add(ref)
        if not value or ref in self._seen:
            self._patience_timer.stop()
        else:
            self._patience_timer.start()
        self._after_change(changed | {ref})

    def add_instance(self, repeat: str) -> None:
        """Add an instance at the end of a repeat."""
        changed = self.session.add_repeat(repeat)
        if changed:
            added = self.session.instances(repeat)[-1]
            self.history.note_reshape(Reshape(repeat, lambda: self._remove(added), lambda: self._add(repeat)))
            self._after_change(changed | {repeat})

    def remove_instance(self, instance: str) -> None:
        """Remove an instance of a repeat; undo brings it back at the end."""
        repeat = instance[: instance.rindex("[")]
        kept = self._answers_below(instance)
        changed = self.session.remove_repeat(instance)
        if changed:
            self.history.note_reshape(Reshape(repeat, lambda: self._restore(repeat, kept), lambda: self._remove_last(repeat)))
            self._after_change(changed | {repeat})

    def _answers_below(self, instance: str) -> dict[str, str]:
        """Return the answers of an instance by what follows its ref; repeats inside it are not brought back."""
        found = {}
        for question in self.session.form.questions():
            for ref in self.session.instances(question.ref) if "[" in instance else ():
                if ref.startswith(f"{instance}/") and (value := self.session.state(ref).value):
                    found[ref[len(instance) :]] = value
        return found

    def _add(self, repeat: str) -> None:
        self._after_change(self.session.add_repeat(repeat) | {repeat})

    def _remove(self, instance: str) -> None:
        self._after_change(self.session.remove_repeat(instance) | {instance[: instance.rindex("[")]})

    def _remove_last(self, repeat: str) -> None:
        self._remove(self.session.instances(repeat)[-1])

    def _restore(self, repeat: str, kept: dict[str, str]) -> None:
        changed = set(self.session.add_repeat(repeat))
        instance = self.session.instances(repeat)[-1]
        for below, value in kept.items():
            changed |= self.session.set(f"{instance}{below}", value)
        self._after_change(frozenset(changed) | {repeat})

    def undo(self) -> None:
        """Take the last step back."""
        step = self.history.back()
        if isinstance(step, Change):
            self._after_change(self.session.set(step.ref, step.before) | {step.ref})
            self.jump_to(step.ref)
        elif step is not None:
            step.undo()

    def redo(self) -> None:
        """Do again what was taken back."""
        step = self.history.forward()
        if isinstance(step, Change):
            self._after_change(self.session.set(step.ref, step.after) | {step.ref})
            self.jump_to(step.ref)
        elif step is not None:
            step.redo()

    def set_language(self, code: str) -> None:
        """Show the form in another language."""
        self.session.set_language(code)
        self.show_all()

    def _after_change(self, changed: Iterable[str]) -> None:
        self.refresh(changed)
        self.edited.emit()
        self._count_timer.start()
        if not self._draft_timer.isActive():
            self._draft_timer.start()

    def lock(self) -> None:
        """Make everything unchangeable: the form is shown, not filled."""
        self.inner.setEnabled(False)

    def stop_draft_timer(self) -> None:
        """A draft was kept just now, or the form is done."""
        self._draft_timer.stop()

    # ---- showing

    def show_all(self) -> None:
        """Show every part as the session has it."""
        self.refresh((*self.parts.refs(), *self.parts.frames))
        self._count()

    def refresh(self, refs: Iterable[str]) -> None:
        """Show the parts that these refs are about."""
        wanted = set(refs)
        self._refresh_repeats(wanted)
        for ref in wanted:
            if ref in self.parts.fields or ref in self.parts.matrices:
                self._show(ref)
            elif ref in self.parts.frames:
                frame, title = self.parts.frames[ref]
                state = self.session.state(ref)
                title.setText(state.label)
                frame.setVisible(state.relevant)
        self._hide_empty_cards()

    def _refresh_repeats(self, refs: set[str]) -> None:
        for ref, stack in tuple(self.parts.stacks.items()):
            if any(changed.startswith(ref) for changed in refs) and stack.rebuild():
                refs.update(found for found in self.parts.fields if found.startswith(f"{ref}["))
                refs.update(found for found in self.parts.matrices if found.startswith(f"{ref}["))
                refs.update(found for found in self.parts.frames if found.startswith(f"{ref}["))
        for ref, table in self.parts.tables.items():
            if any(changed.startswith(ref) for changed in refs):
                table.show_rows()
                table.show_errors(all_of_them=self._shows_all)

    def _show(self, ref: str) -> None:
        show_error = self._shows_all or ref in self._seen
        state, choices = self.session.state(ref), self.session.choices(ref)
        if ref in self.parts.fields:
            field = self.parts.fields[ref]
            field.show_state(state, choices, show_error=show_error)
            for widget in field.editor.inputs():
                self._adopt(widget)
        else:
            self.parts.matrices[ref].show_row(ref, state, choices, show_error=show_error)
            for widget in self.parts.matrices[ref].rows[ref].inputs():
                self._adopt(widget)

    def _hide_empty_cards(self) -> None:
        """A card whose questions are all out of the question is not there."""
        for ref, (frame, _title) in self.parts.frames.items():
            prefix = f"{ref}/"
            inside = [found for found in self.parts.refs() if found.startswith(prefix)]
            frame.setVisible(self.session.state(ref).relevant and any(self.session.state(found).relevant for found in inside))

    def show_all_errors(self) -> None:
        """From now on every error is shown: the person has tried to submit."""
        self._shows_all = True
        self.show_all()

    # ---- problems

    def problems(self) -> tuple[Problem, ...]:
        """Return what still stops completion."""
        return self.session.problems()

    def _count(self) -> None:
        self.problems_changed.emit(len(self.problems()))

    def jump_to_first(self) -> None:
        """Show all errors and put the cursor on the first."""
        self.show_all_errors()
        problems = self.problems()
        if problems:
            self.jump_to(problems[0].ref)

    def focus_first(self) -> None:
        """Put the cursor on the first question that waits for an answer, or on the first that can be changed."""
        order = self._answerable()
        blank = [ref for ref in order if not self.session.state(ref).value]
        if order:
            self.jump_to((blank or order)[0])

    def jump_to(self, ref: str) -> None:
        """Scroll to a question and put the cursor there."""
        if ref in self.parts.fields:
            field = self.parts.fields[ref]
            self.ensureWidgetVisible(field, 20, 60)
            field.editor.take_focus()
        elif ref in self.parts.matrices:
            row = self.parts.matrices[ref].rows[ref]
            self.ensureWidgetVisible(row.name, 20, 60)
            row.take_focus()
        else:
            for table in self.parts.tables.values():
                if table.focus_ref(ref):
                    self.ensureWidgetVisible(table, 20, 60)

    def _leave(self, ref: str) -> None:
        is_here = ref in self.parts.fields or ref in self.parts.matrices  # not where its instance was just removed
        if is_here and ref in self._touched and ref not in self._seen:
            self._seen.add(ref)
            self._show(ref)

    def _lose_patience(self) -> None:
        for ref in self._touched - self._seen:
            if ref in self.parts.fields and self.session.state(ref).value:
                self._seen.add(ref)
                self._show(ref)

    # ---- keys

    def _adopt(self, widget: QWidget) -> None:
        if not widget.property("in_form"):
            widget.setProperty("in_form", True)
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._is_history_key(event):
            event.accept()  # so that the form, not the line edit, takes the step back
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and isinstance(watched, QWidget):
            return self._key(watched, event)
        elif event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget) and self.isAncestorOf(watched):
            self.ensureWidgetVisible(watched, 20, 50)
        return False

    @staticmethod
    def _is_history_key(event: QKeyEvent) -> bool:
        return bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier) and event.key() in (Qt.Key.Key_Z, Qt.Key.Key_Y)

    def _key(self, watched: QWidget, event: QKeyEvent) -> bool:
        if self._is_history_key(event):
            back = event.key() == Qt.Key.Key_Z and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            (self.undo if back else self.redo)()
            return True
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return False
        combo = watched if isinstance(watched, SearchCombo) else watched.parentWidget()
        if isinstance(combo, SearchCombo):
            combo.take_shown()
        ref = self._ref_of(watched)
        if not ref or (self.parts.fields.get(ref) and self.parts.fields[ref].editor.tall and not _leaves_area(event)):
            return False
        self._go_on(ref, -1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        return True

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Let Tab follow the eye; after the last question it leaves for the buttons below."""
        parts = (*self.parts.fields.values(), *(row for matrix in self.parts.matrices.values() for row in matrix.rows.values()))
        sheet = self.widget()
        stops = tab_stops(sheet, parts) if sheet is not None else []
        here = QApplication.focusWidget()
        wanted = next_stop(stops, here, forward=forward)
        if wanted is not None:
            wanted.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
            self.ensureWidgetVisible(wanted, 20, 50)
            return True
        if forward and here is not None and self.isAncestorOf(here):
            self.end_reached.emit()
            return True
        return super().focusNextPrevChild(forward)

    def _ref_of(self, widget: QWidget) -> str:
        for ref, field in self.parts.fields.items():
            if field.isAncestorOf(widget):
                return "" if isinstance(widget, QPushButton) else ref
        return next((ref for ref, matrix in self.parts.matrices.items() if widget in matrix.rows[ref].inputs()), "")

    def _go_on(self, ref: str, step: int) -> None:
        """Put the cursor on the next question that can be answered, or say that there is none."""
        order = self._answerable()
        place = order.index(ref) + step if ref in order else len(order)
        if 0 <= place < len(order):
            self.jump_to(order[place])
        elif step > 0:
            if ref in self.parts.fields:
                self.parts.fields[ref].editor.finish()
                self._leave(ref)
            self.end_reached.emit()

    def _answerable(self) -> list[str]:
        """Return the refs that can be answered now, in the order of the form."""
        known = [ref for question in self.session.form.questions() for ref in self.session.instances(question.ref)]
        found = []
        for ref in known:
            if ref in self.parts.fields or ref in self.parts.matrices:
                state = self.session.state(ref)
                has_input = ref in self.parts.matrices or bool(self.parts.fields[ref].editor.inputs())
                if state.relevant and not state.readonly and has_input and self._is_shown(ref):
                    found.append(ref)
        return found

    def _is_shown(self, ref: str) -> bool:
        part = self.parts.fields.get(ref) or self.parts.matrices[ref]
        return part.isVisibleTo(self)


def _leaves_area(event: QKeyEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
