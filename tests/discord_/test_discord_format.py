"""What Discord would show as marks becomes what it knows."""

from __future__ import annotations

import pytest

from bots.discord_format import to_discord


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("**bold** and [a link](https://shop.example)", "**bold** and [a link](https://shop.example)"),
        ("#### Refunds", "**Refunds**"),
        ("above\n\n---\n\nbelow", "above\n\n\nbelow"),
        ("![a cat](https://shop.example/cat.png)", "[a cat](https://shop.example/cat.png)"),
        ("~~~sh\n#### code\n~~~\n#### Then", "```sh\n#### code\n```\n**Then**"),
        ("````md\n```py\nx\n```\n````", "```md\n`\u200b`\u200b`py\nx\n`\u200b`\u200b`\n```"),
        ("```\n```py\n```", "```\n`\u200b`\u200b`py\n```"),
        ("1. Run\n    ~~~\n    #### code\n    ~~~", "1. Run\n    ```\n    #### code\n    ```"),
        ("> ~~~\n> code\n#### Then", "> ```\n> code\n**Then**"),
    ],
)
def test_markdown_becomes_what_discord_knows(markdown: str, shown: str) -> None:
    assert to_discord(markdown) == shown
