"""JSON lines in, JSON lines out."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable

import click

from bots import queries
from bots.lines import lines_of


async def batch(kind: type[queries.Line], answer: Callable[[queries.Line], Awaitable[str]]) -> None:
    """Answer JSON lines in order; a line that can't be read gets an error in its place."""
    bad = 0
    number = 0
    async for line in lines_of(sys.stdin.fileno()):
        number += 1
        if not line.strip():
            continue
        try:
            click.echo(await answer(queries.read_line(kind, line)))
        except queries.BadLine as error:
            bad += 1
            click.echo(queries.error_as_json(f"line {number}: {error}"))
    if bad:
        raise SystemExit(1)
