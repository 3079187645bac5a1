"""`frontdesk cases`: the hand-overs and who did what with them."""

from __future__ import annotations

import click

from bots import case_list
from bots.commands.common import Fatal, as_json_option, run_work, settings_of_command
from bots.commands.database import stored
from core.settings import Settings


@click.group(invoke_without_command=True)
@click.option("--all", "closed_too", is_flag=True, help="Also those that are closed.")
@as_json_option
@click.pass_context
def cases(context: click.Context, closed_too: bool, as_json: bool) -> None:
    """List the open cases; `frontdesk cases show ID` tells every step of one."""
    if context.invoked_subcommand is None:
        run_work(_cases(settings_of_command(), closed_too, as_json))


async def _cases(settings: Settings, closed_too: bool, as_json: bool) -> None:
    async with stored(settings) as store:
        found = [case for case in await store.cases() if closed_too or not case.is_closed]
        names = await store.names(case.customer.id for case in found)
        click.echo(case_list.as_json(found) if as_json else case_list.table(found, names))


@cases.command()
@click.argument("id", type=int)
@as_json_option
def show(id: int, as_json: bool) -> None:
    """Tell every step of the case ID: when, what, who, why."""
    run_work(_show_case(settings_of_command(), id, as_json))


async def _show_case(settings: Settings, id: int, as_json: bool) -> None:
    async with stored(settings) as store:
        case = next((case for case in await store.cases() if case.id == id), None)
        if case is None:
            raise Fatal(f"There is no case {id}. `frontdesk cases --all` lists all.")
        steps = await store.steps(case)
        names = await store.names([case.customer.id, *(step.who for step in steps)])
        if as_json:
            click.echo(case_list.as_json([case], {case.id: steps}))
        else:
            click.echo(case_list.whole(case, steps, names))
