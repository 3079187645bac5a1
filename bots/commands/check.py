"""`frontdesk check`: what could be wrong with the articles, by file and line, with what to do."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from bots.commands.common import Fatal, as_json_option, settings_of_command
from core.knowledge_check import RULES, Finding, Report, Rule, Severity
from core.knowledge_check import check as check_folder

# Lines of a file that are told for one rule; JSON has all.
_LINES_TOLD = 5


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@as_json_option
def check(folder: Path | None, as_json: bool) -> None:
    """Check the articles in FOLDER (by default KNOWLEDGE_DIR).

    Tells unreadable files, duplicates, dead links, secrets, hidden text, instructions to a model and more.
    Ends with status 1 if there is anything to tell.
    """
    folder = folder or settings_of_command().knowledge_dir
    if not folder.is_dir():
        raise Fatal(f"There is no folder {folder}. Name the one with your articles, or set KNOWLEDGE_DIR.")
    with click.progressbar(length=1, label="Reading", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def advance(read: int, files: int) -> None:
            bar.length = files
            bar.update(read - bar.pos)

        report = check_folder(folder, advance)
    click.echo(report_as_json(report) if as_json else report_as_text(report))
    if report.findings:
        raise SystemExit(1)


def report_as_json(report: Report) -> str:
    """Return a report as one JSON object."""
    findings = [
        {
            "path": found.path,
            "line": found.line,
            "severity": found.severity,
            "rule": found.rule,
            "what": found.what,
            "do": found.do,
        }
        for found in report.findings
    ]
    return json.dumps({"files": report.files, "findings": findings}, ensure_ascii=False)


def report_as_text(report: Report) -> str:
    """Return a report as people read it: a table, what to do about each kind, and the counts."""
    if not report.findings:
        return f"{_counted(report.files, 'article')} checked: nothing to mend."
    rows = _rows(report.findings)
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [
        "  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[3]])
        for row in rows
    ]
    kinds = {found.rule: None for found in report.findings}
    advice = [f"  {rule.value}: {RULES[rule].do}" for rule in kinds]
    counts = Counter(found.severity for found in report.findings)
    told = " and ".join(
        _counted(counts[severity], severity.value) for severity in Severity if counts[severity]
    )
    total = f"{told} in {_counted(report.files, 'article')}."
    return "\n".join([*lines, "", "What to do:", *advice, "", total])


def _rows(findings: Sequence[Finding]) -> list[tuple[str, str, str, str]]:
    """Return a row for each file and rule: the place, how bad, the rule, the words for the first finding."""
    together: dict[tuple[str, Rule], list[Finding]] = {}
    for found in findings:
        together.setdefault((found.path, found.rule), []).append(found)
    return [
        (_place(first), first.severity.value, first.rule.value, first.what + _also(rest))
        for first, *rest in together.values()
    ]


def _place(found: Finding) -> str:
    path = found.path.encode(errors="replace").decode()
    return f"{path}:{found.line}" if found.line else path


def _also(rest: Sequence[Finding]) -> str:
    lines = [str(found.line) for found in rest if found.line]
    if not rest or not lines:
        return f" And {len(rest)} more." if rest else ""
    more = f" and {len(lines) - _LINES_TOLD} more" if len(lines) > _LINES_TOLD else ""
    return f" Also on line {', '.join(lines[:_LINES_TOLD])}{more}."


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"
