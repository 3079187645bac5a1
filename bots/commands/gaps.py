"""`frontdesk gaps`: what customers asked and the articles did not answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import click

from bots import gap_report
from bots.commands.common import as_json_option, run_work, settings_of_command
from bots.commands.database import stored
from bots.gap_report import Listed, Report
from bots.house import FEW, learn_meanings, open_library
from bots.progress import Telling
from core.embedding import LocalEmbedder, is_installed
from core.gaps import REASONS, Asked, Gap, Grouped, asked, bare, grouped
from core.messages import Passage, Press
from core.settings import Settings


@click.command()
@click.option(
    "--days",
    default=30,
    show_default=True,
    type=click.IntRange(1, 3_660),
    help="How many days to look back.",
)
@click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(1, 1_000), help="How many groups to list."
)
@click.option("--markdown", "as_markdown", is_flag=True, help="Print Markdown.")
@as_json_option
def gaps(days: int, limit: int, as_markdown: bool, as_json: bool) -> None:
    """List what customers asked and the articles did not answer: what most of them asked comes first.

    Questions that ask the same are counted together. What points to a customer is masked, as far as it is
    recognised.
    """
    if as_markdown and as_json:
        raise click.UsageError("Choose one of --markdown and --json.")
    show = gap_report.as_text
    if as_json or as_markdown:
        show = gap_report.as_json if as_json else gap_report.as_markdown
    run_work(_gaps(settings_of_command(), days, limit, show))


async def _gaps(settings: Settings, days: int, limit: int, show: Callable[[Report], str]) -> None:
    since = time.time() - days * 86_400
    async with stored(settings) as store:
        turns = await store.customer_turns(REASONS, since)
        cases = await store.cases()
        ratings = await store.ratings(since)
    rated = [case for case in cases if case.rating == Press.BAD]
    agents = sorted({case.owner.name for case in cases if case.owner and case.owner.name})
    found = await _grouped(settings, asked(turns, rated, since))
    listed = await _listed(settings, found.gaps[:limit]) if found.gaps else []
    helpful, unhelpful = (ratings.get(press, 0) for press in (Press.HELPFUL, Press.UNHELPFUL))
    click.echo(show(Report(days, found.gaps, listed, agents, found.meaning, helpful, unhelpful)))


async def _grouped(settings: Settings, questions: Sequence[Asked]) -> Grouped:
    # Always by the model that runs here: from which likeness on two ask the same was measured with it.
    embedder = LocalEmbedder() if settings.embeddings != "none" and is_installed() else None
    try:
        return await grouped(questions, embedder, Telling("Comparing what was asked"))
    finally:
        if embedder:
            await embedder.close()


async def _listed(settings: Settings, found: Sequence[Gap]) -> list[Listed]:
    """Look up what the articles say today about what was asked."""
    listed = []
    async with open_library(settings) as library:
        await learn_meanings(library, FEW)
        for gap in found:
            earlier = [bare(gap.name.earlier)] if gap.name.earlier else []
            findings = (await library.look_up(bare(gap.name.text), earlier, limit=1)).findings
            if not findings.found:
                listed.append(Listed(gap))
                continue
            best = findings.found[0]
            answered = best.used and _written_at(settings, best.passage) > gap.last
            listed.append(Listed(gap, best.passage, findings.answerable, answered))
    return listed


def _written_at(settings: Settings, passage: Passage) -> float:
    try:
        return (settings.knowledge_dir / "articles" / passage.article).stat().st_mtime
    except OSError:  # it is gone since it was found
        return 0.0
