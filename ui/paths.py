"""Asking for a file or folder, in one place, so that every page asks in the same words."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget


def choose_backup(parent: QWidget) -> Path | None:
    """Ask for a backup file; None where nothing was chosen."""
    path, _kind = QFileDialog.getOpenFileName(parent, "选择备份文件", "", "民政社工台备份 (*.mzk)")
    return Path(path) if path else None


def choose_folder(parent: QWidget, title: str) -> Path | None:
    """Ask for a folder; None where nothing was chosen."""
    path = QFileDialog.getExistingDirectory(parent, title)
    return Path(path) if path else None


def choose_target(parent: QWidget, title: str, name: str, kind: str) -> Path | None:
    """Ask where to write a file; None where nothing was chosen."""
    path, _kind = QFileDialog.getSaveFileName(parent, title, name, kind)
    return Path(path) if path else None
