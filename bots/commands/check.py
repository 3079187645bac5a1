"""`frontdesk check`: what could be wrong with the articles, by file and line, with what to do."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import click

from bots.commands.common import Fatal, as_json_option, settings_of_command
from core.knowledge_check import RULES, Finding, Report, Severity
from core.knowledge_check import check as check_folder


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@as_json_option
def check(folder: Path | None, as_json: bool) -> None:
    """Check the articles in FOLDER (by default KNOWLEDGE_DIR).

    Tells unreadable files, duplicates, dead links, secrets, hidden text, instructions to a model and more. Ends
    with status 1 if there is anything to tell.
    """
    folder = folder or settings_of_command().knowledge_dir
    if not folder.is_dir():
        raise Fatal(
            f"There is no folder {folder}. Name the one that holds your articles, or set KNOWLEDGE_DIR."
        )
    report = check_folder(folder)
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
    rows = [(_place(found), found.severity.value, found.rule.value, found.what) for found in report.findings]
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


def _place(found: Finding) -> str:
    path = found.path.encode(errors="replace").decode()
    return f"{path}:{found.line}" if found.line else path


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"
