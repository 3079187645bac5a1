"""`frontdesk phrases`: what the bot itself says, to begin rewording with."""

from __future__ import annotations

import click

from bots.commands.common import Fatal, settings_of_command
from core.phrases import PHRASES
from core.phrases.rewording import WrongPhrases, as_section, parse_phrases


@click.command()
@click.argument("language", default="en")
def phrases(language: str) -> None:
    """Print what the bot itself says in a language (de, en, es, fr, ja, pt), as it is now.

    Put the lines that you want otherwise into knowledge/phrases.toml, below their [language], and reword
    them there. A running bot takes them up by itself.
    """
    file = settings_of_command().knowledge_dir / "phrases.toml"
    try:
        tables = parse_phrases(file.read_text(encoding="utf-8")) if file.exists() else PHRASES
    except (WrongPhrases, OSError, UnicodeError) as error:
        raise Fatal(f"{file} can't be used: {error}.") from None
    if language not in tables:
        raise Fatal(f"There are no phrases in {language!r}; there are {', '.join(sorted(tables))}.")
    click.echo(as_section(language, tables[language]))
