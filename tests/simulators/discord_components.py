"""Buttons and other components of the simulated Discord's messages, as readers and users find them."""

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

Payload = dict[str, Any]

ROW, BUTTON = 1, 2


@dataclass(frozen=True)
class Button:
    """A button as its readers see it; one which is a link has no `custom_id`."""

    custom_id: str
    label: str
    style: int
    disabled: bool = False


def flat(components: Iterable[Payload]) -> Iterator[Payload]:
    """Every component, however deep in rows and sections."""
    for component in components:
        yield component
        yield from flat(component.get("components", []))
        if "accessory" in component:
            yield from flat([component["accessory"]])


def buttons(components: Iterable[Payload]) -> list[Button]:
    """The buttons, in their order."""
    return [
        Button(c.get("custom_id", ""), c.get("label") or "", c["style"], bool(c.get("disabled")))
        for c in flat(components)
        if c["type"] == BUTTON
    ]


def numbered(components: Iterable[Payload]) -> list[Payload]:
    """A copy in which every component has an `id`, as Discord gives where none was sent."""
    numbers = copy.deepcopy(list(components))
    for number, component in enumerate(flat(numbers), start=1):
        component.setdefault("id", number)
    return numbers


def pressable(components: Iterable[Payload], wanted: str) -> Payload:
    """The one component which has this `custom_id` or else this label, and can be used.

    Raises:
        LookupError: There is none, there are several, or it is disabled.
    """
    usable = [c for c in flat(components) if "custom_id" in c]
    named = [c for c in usable if c["custom_id"] == wanted] or [c for c in usable if c.get("label") == wanted]
    if len(named) != 1:
        offered = [(c["custom_id"], c.get("label")) for c in usable]
        raise LookupError(f"{len(named)} components are {wanted!r}; there are {offered}")
    if named[0].get("disabled"):
        raise LookupError(f"the component {wanted!r} is disabled")
    return named[0]
