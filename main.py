"""The composition root: each verb of the command line is one function that builds its objects and hands them to each other."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from mzdesk.errors import MzError

Verb = Callable[[argparse.Namespace], int]


def desk(arguments: argparse.Namespace) -> int:
    """Open the desk on the user's own station, or on the one named."""
    import command_line

    if (told := command_line.why_no_screen()) is not None:
        print(told, file=sys.stderr)
        return 2
    from ui import application

    return application.run(arguments.station or command_line.own_station())


def demo(arguments: argparse.Namespace) -> int:
    """Make a sample station, run a county on loopback, sync, write papers, pictures and summary.json; then open the desk on it."""
    import command_line
    from demo import run as sample

    has_screen = command_line.why_no_screen() is None and not arguments.no_desk
    station = sample.run(arguments.folder, print)
    return command_line.open_desk_anew(station) if has_screen else 0


def import_roster(arguments: argparse.Namespace) -> int:
    """Read a roster into a station and report row by row."""
    import command_line
    from mzdesk.registry import command

    station = command_line.open_for_import(arguments.station, arguments.file)
    try:
        command.import_file(station, arguments.file, arguments.report, group=arguments.group or None)
        return 0
    finally:
        station.close()


def form(arguments: argparse.Namespace) -> int:
    """Check, convert or build forms."""
    from forms import command

    verbs: dict[str, Callable[[], int]] = {
        "lint": lambda: command.lint(arguments.file),
        "convert": lambda: command.convert(arguments.file, arguments.out),
        "build": command.build,
    }
    return verbs[arguments.form_verb]()


def verify(arguments: argparse.Namespace) -> int:
    """Tell whether a printed paper still agrees with its record."""
    import command_line

    return command_line.verify_paper(arguments.file, arguments.station)


def county(words: Sequence[str]) -> int:
    """Run or look after the county receiver, which reads its own words."""
    from sync.county import command

    return command.run(list(words))


def parser() -> argparse.ArgumentParser:
    """Return the command line; help texts are Chinese, verbs are the field's English terms."""
    root = argparse.ArgumentParser(prog="main.py", description="民政社工台：乡镇社工站的离线工作台。不带参数即打开本机的站点。")
    root.add_argument("--station", type=Path, help="站点所在的文件夹")
    root.set_defaults(run=desk)
    verbs = root.add_subparsers(metavar="命令")
    _add_demo(verbs)
    _add_import(verbs)
    _add_form(verbs)
    paper = verbs.add_parser("verify", help="核对打印件（PDF）与记录是否一致")
    paper.add_argument("file", type=Path)
    paper.add_argument("--station", type=Path, help="站点所在的文件夹")
    paper.set_defaults(run=verify)
    verbs.add_parser(
        "county", help="县级接收端：serve、init、officer、enrol、devices、revoke、stick、backup、restore、verify；用 county --help 看用法"
    )
    return root


def _add_demo(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    sample = verbs.add_parser("demo", help="做一个示例站点，跑通登记、走访、同步、打印，写出图片和 summary.json")
    sample.add_argument("folder", type=Path, nargs="?", default=Path("out"), help="写到哪个文件夹（默认 out）")
    sample.add_argument("--no-desk", action="store_true", help="做完不打开窗口")
    sample.set_defaults(run=demo)


def _add_import(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    roster = verbs.add_parser("import", help="导入花名册（.xls、.xlsx、WPS、CSV），逐行说明结果")
    roster.add_argument("file", type=Path)
    roster.add_argument("--station", type=Path, required=True, help="站点所在的文件夹；没有站点时按花名册所属乡镇新建一个")
    roster.add_argument("--report", type=Path, help="把每一行的结果写成 JSON")
    roster.add_argument("--group", default="", help="对象类别，不写则按标题判断，如 left_behind_child")
    roster.set_defaults(run=import_roster)


def _add_form(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    forms = verbs.add_parser("form", help="检查、转换表单（XLSForm）").add_subparsers(metavar="动作", dest="form_verb", required=True)
    lint = forms.add_parser("lint", help="检查一份 .xlsx、.md 或 .xml 表单")
    lint.add_argument("file", type=Path)
    convert = forms.add_parser("convert", help="在 .md、.xlsx、.xml 之间转换")
    convert.add_argument("file", type=Path)
    convert.add_argument("out", type=Path)
    forms.add_parser("build", help="编译随程序发布的表单")
    for verb in forms.choices.values():
        verb.set_defaults(run=form)


def main(words: Sequence[str] | None = None) -> int:
    """Run the verb in `words`; a problem that the user can act on is one Chinese sentence and exit code 2."""
    given = list(sys.argv[1:] if words is None else words)
    try:
        if given[:1] == ["county"]:
            return county(given[1:])
        arguments = parser().parse_args(given)
        run: Verb = arguments.run
        return run(arguments)
    except MzError as error:
        print(f"{error.title}\n{error.message}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("已取消。", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
