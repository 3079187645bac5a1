"""`frontdesk learn`: a resolved case becomes the draft of an article, for a person to review."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from pathlib import Path

import click

from bots.commands.common import Fatal, run_work, settings_of_command
from bots.commands.database import stored
from bots.house import House, open_house, open_meter
from core.alerts import Alerts
from core.learning import Draft, Drafts, Material, assembled, material_of, read, task_of
from core.masking import Masked, masked, names_told
from core.messages import Case, CaseState, Role
from core.ports import ModelFault
from core.settings import Settings
from core.store import Store

log = logging.getLogger(__name__)

NEXT = """\
Draft:    {draft}
Question: {evaluation} (case-{case})
{how}
Next: read it, mend it, remove the note at its end. Then
  mv {draft} {articles}/
  frontdesk eval {evaluation}
and move the line of that file to your own evaluation file."""


@click.command()
@click.argument("case", type=int)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder for drafts, instead of drafts/ in the knowledge folder.",
)
@click.option("--again", is_flag=True, help="Write the draft of this case anew, over the one that is there.")
def learn(case: int, out: Path | None, again: bool) -> None:
    """Make the draft of an article of the resolved case CASE, and a question for the evaluation file.

    With a model it is written from what was said, else put together from it. Drafts are for a person to
    review: nothing is answered from them.
    """
    run_work(_learn(settings_of_command(), case, out, again))


async def _learn(settings: Settings, id: int, out: Path | None, again: bool) -> None:
    articles = settings.knowledge_dir / "articles"
    drafts = Drafts(out or settings.knowledge_dir / "drafts", articles)
    if drafts.folder.resolve().is_relative_to(articles.resolve()):
        raise Fatal(f"{drafts.folder} is among the articles, which are answered from. Choose another folder.")
    async with contextlib.AsyncExitStack() as stack:
        store = await stack.enter_async_context(stored(settings))
        case = await _resolved(store, id)
        known = drafts.of_case(id)
        if known and not again:
            raise Fatal(f"Case {id} has a draft already: {known}. `--again` writes it anew, over this one.")
        meter = None
        if settings.uses_model:
            meter = await stack.enter_async_context(
                open_meter(settings, store, Alerts(store, settings.agents))
            )
        house = await stack.enter_async_context(open_house(settings, meter))
        draft = await _draft(store, house, case)
    try:
        path = drafts.add(draft)
    except OSError as error:
        raise Fatal(f"The draft can't be written to {drafts.folder} ({error.strerror}).") from error
    how = "A model wrote it." if draft.written else "It holds the team's own words, as they were said."
    if draft.checks:
        how += f" To be checked: {', '.join(draft.checks)}."
    click.echo(NEXT.format(draft=path, evaluation=drafts.evaluation, case=id, how=how, articles=articles))


async def _resolved(store: Store, id: int) -> Case:
    case = next((case for case in await store.cases() if case.id == id), None)
    if case is None:
        raise Fatal(f"There is no case {id}. `frontdesk cases --all` lists all.")
    if case.state is not CaseState.RESOLVED:
        raise Fatal(f"Case {id} is {case.state}: only of a resolved case an article can be learned.")
    if case.forgotten:
        raise Fatal(f"The customer of case {id} asked to be forgotten: nothing is left to learn from.")
    return case


async def _draft(store: Store, house: House, case: Case) -> Draft:
    said = await store.said_in(case)
    if not any(message.role is Role.AGENT and message.text.strip() for message in said):
        raise Fatal(f"In case {case.id} no agent said anything to the customer: there is nothing to learn.")
    people = [case.customer, *filter(None, [case.owner]), *(message.author for message in said)]
    known = await store.names(person.id for person in people)
    told = names_told("\n".join([case.question, *(message.text for message in said)]))
    names = tuple(dict.fromkeys(filter(None, [*(person.name for person in people), *known.values(), *told])))
    instructions = await house.library.instructions()
    public = f"{instructions.contact}\n{instructions.text}"

    def clean(text: str) -> Masked:
        return masked(text, names, lambda value: value in public)

    material = material_of(case, said, clean)
    return await _written(house, material, clean) or assembled(material)


async def _written(house: House, material: Material, clean: Callable[[str], Masked]) -> Draft | None:
    """Return what a model makes of a case; None where there is none, or it gives nothing that can be used."""
    if house.clerk is None:
        return None
    try:
        text = await house.clerk.write(task_of(material, house.settings.prompt_tokens, house.counter))
    except ModelFault as fault:
        log.warning("The model wrote no article (%s); the draft holds the team's own words.", fault)
        return None
    draft = read(text, material, clean)
    if draft is None:
        log.warning("The model's words have not the form asked for; the draft holds the team's own words.")
    return draft
