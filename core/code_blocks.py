"""Where a block of code begins and ends in Markdown, also in a list or a quotation. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Of backticks, a fence has none behind it: ```code``` in a line is no block. Chats know fences at any depth,
# so what stands before one may be more than the three spaces of https://spec.commonmark.org/0.31.2/#fenced-code-blocks
_FENCE = re.compile(r"^((?:[ \t]*>)*[ \t]*)(`{3,}(?=[^`]*$)|~{3,})(.*)$")


@dataclass(frozen=True, slots=True)
class Fence:
    """The line that a block of code begins with.

    Attributes:
        lead: What stands before it: the marks of quotations, and the indentation of lists.
        marks: Three or more backticks or tildes.
        info: The language of the code.
    """

    lead: str
    marks: str
    info: str

    @property
    def closing(self) -> str:
        """The line that ends the block."""
        return f"{self.lead}{self.marks}"

    def is_closed_by(self, line: str) -> bool:
        """Say whether a line within the block ends it."""
        mark = _FENCE.match(line)
        return bool(mark and mark[2].startswith(self.marks) and not mark[3].strip())

    def is_left_by(self, line: str) -> bool:
        """Say whether a line no longer belongs to the quotation that the block stands in."""
        return ">" in self.lead and not line.lstrip().startswith(">")


def fence(line: str) -> Fence | None:
    """Return the fence that a line outside of code begins a block with; None for any other line."""
    mark = _FENCE.match(line)
    return Fence(mark[1], mark[2], mark[3].strip()) if mark else None
