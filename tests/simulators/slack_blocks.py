"""Blocks: the limits Slack sets them, how Slack shows them again, and the buttons in them. Pure."""

import copy
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]

BLOCK_LIMIT = 50
SECTION_LIMIT = 3_000
FIELD_LIMIT = 2_000
HEADER_LIMIT = 150
ELEMENTS_LIMIT = 25
CONTEXT_LIMIT = 10
LABEL_LIMIT = 75
VALUE_LIMIT = 2_000
ID_LIMIT = 255
URL_LIMIT = 3_000

BLOCK_TYPES = frozenset(
    "actions alert card carousel context context_actions divider file header image input markdown plan "
    "rich_text section table task_card video".split()
)
ELEMENT_TYPES = frozenset(
    "button channels_select checkboxes conversations_select datepicker datetimepicker external_select image "
    "multi_channels_select multi_conversations_select multi_external_select multi_static_select "
    "multi_users_select overflow radio_buttons static_select timepicker users_select workflow_button".split()
)
# What may stand in the objects that are looked at closely; anything else is refused.
SECTION_KEYS = frozenset({"type", "block_id", "text", "fields", "accessory", "expand"})
ACTIONS_KEYS = frozenset({"type", "block_id", "elements"})
BUTTON_KEYS = frozenset(
    {"type", "text", "action_id", "url", "value", "style", "confirm", "accessibility_label"}
)
CONFIRM_LIMITS = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
STYLES = ("primary", "danger")


@dataclass(frozen=True)
class Button:
    """A button as people see it, with what the app gets to know when somebody presses it."""

    action_id: str
    label: str
    value: str | None
    style: str | None
    block_id: str


def buttons_of(blocks: list[Block]) -> list[Button]:
    """The buttons in blocks as Slack shows them, in reading order."""
    return [
        Button(
            action_id=element["action_id"],
            label=element["text"]["text"],
            value=element.get("value"),
            style=element.get("style"),
            block_id=block["block_id"],
        )
        for block, element in elements_of(blocks)
        if element.get("type") == "button"
    ]


def elements_of(blocks: list[Block]) -> Iterator[tuple[Block, Block]]:
    """Every interactive element with the block that it is in."""
    for block in blocks:
        if block.get("type") == "actions":
            yield from ((block, element) for element in block["elements"])
        elif block.get("type") == "section" and "accessory" in block:
            yield block, block["accessory"]


def shown_blocks(blocks: list[Block]) -> list[Block]:
    """The blocks as Slack gives them back: with the ids and the defaults that were left out."""
    shown = copy.deepcopy(blocks)
    for block in shown:
        block.setdefault("block_id", uuid.uuid4().hex[:5])
    for _, element in elements_of(shown):
        if element.get("type") != "image":
            element.setdefault("action_id", uuid.uuid4().hex[:5])
    _fill_texts(shown)
    return shown


def _fill_texts(value: Any) -> None:
    if isinstance(value, list):
        for item in value:
            _fill_texts(item)
    elif isinstance(value, dict):
        if value.get("type") == "plain_text":
            value.setdefault("emoji", True)
        elif value.get("type") == "mrkdwn":
            value.setdefault("verbatim", False)
        for item in value.values():
            _fill_texts(item)


def problems_of(blocks: list[Any], most: int = BLOCK_LIMIT) -> Iterator[str]:
    """What Slack has against blocks, in its words."""
    if len(blocks) > most:
        yield _at("/blocks", f"no more than {most} items allowed")
    known: set[str] = set()
    for number, block in enumerate(blocks):
        path = f"/blocks/{number}"
        if block.get("type") not in BLOCK_TYPES:
            yield _at(f"{path}/type", f"unsupported type: {block.get('type')}")
            continue
        if "block_id" in block:
            yield from _string(block, "block_id", path, ID_LIMIT)
            if block["block_id"] in known:
                yield _at(f"{path}/block_id", f'`block_id` "{block["block_id"]}" already exists')
            known.add(str(block["block_id"]))
        yield from _block(block, path)


def _block(block: Block, path: str) -> Iterator[str]:
    match block["type"]:
        case "section":
            yield from _section(block, path)
        case "actions":
            yield from _only(block, ACTIONS_KEYS, path)
            yield from _elements(block, path, ELEMENTS_LIMIT)
        case "context":
            yield from _count(block, "elements", path, CONTEXT_LIMIT)
        case "header":
            yield from _text(block, "text", path, HEADER_LIMIT, "plain_text")


def _section(block: Block, path: str) -> Iterator[str]:
    yield from _only(block, SECTION_KEYS, path)
    if "text" not in block and "fields" not in block:
        yield _at(f"{path}/type", "must define either `text` or `fields`")
    if "text" in block:
        yield from _text(block, "text", path, SECTION_LIMIT)
    if "fields" in block:
        yield from _count(block, "fields", path, 10)
        for number in range(len(block["fields"])):
            yield from _text(block["fields"], number, f"{path}/fields", FIELD_LIMIT)
    if "accessory" in block:
        yield from _element(block["accessory"], f"{path}/accessory")


def _elements(block: Block, path: str, limit: int) -> Iterator[str]:
    counted = list(_count(block, "elements", path, limit))
    yield from counted
    if counted:
        return
    known: set[str] = set()
    for number, element in enumerate(block["elements"]):
        where = f"{path}/elements/{number}"
        yield from _element(element, where)
        if isinstance(element, dict) and "action_id" in element:
            id = str(element["action_id"])
            if id in known:
                yield _at(f"{where}/action_id", f'`action_id` "{id}" already exists')
            known.add(id)


def _element(element: Any, path: str) -> Iterator[str]:
    if not isinstance(element, dict) or element.get("type") not in ELEMENT_TYPES:
        kind = element.get("type") if isinstance(element, dict) else None
        yield _at(f"{path}/type", f"unsupported type: {kind}")
        return
    if "action_id" in element:
        yield from _string(element, "action_id", path, ID_LIMIT)
    if element["type"] == "button":
        yield from _button(element, path)


def _button(button: Block, path: str) -> Iterator[str]:
    yield from _only(button, BUTTON_KEYS, path)
    yield from _text(button, "text", path, LABEL_LIMIT, "plain_text")
    for key, limit in {"value": VALUE_LIMIT, "url": URL_LIMIT, "accessibility_label": LABEL_LIMIT}.items():
        if key in button:
            yield from _string(button, key, path, limit)
    if "style" in button and button["style"] not in STYLES:
        yield _at(f"{path}/style", f"must be one of: {', '.join(STYLES)}")
    if "confirm" in button:
        for key, limit in CONFIRM_LIMITS.items():
            yield from _text(button["confirm"], key, f"{path}/confirm", limit)


def _only(value: Block, allowed: frozenset[str], path: str) -> Iterator[str]:
    for key in value.keys() - allowed:
        yield _at(path, f"invalid additional property: {key}")


def _count(block: Block, key: str, path: str, limit: int) -> Iterator[str]:
    if not isinstance(block.get(key), list):
        yield _at(path, f"missing required field: {key}")
    elif not block[key]:
        yield _at(f"{path}/{key}", "no less than 1 items allowed")
    elif len(block[key]) > limit:
        yield _at(f"{path}/{key}", f"no more than {limit} items allowed")


def _text(parent: Any, key: Any, path: str, limit: int, kind: str | None = None) -> Iterator[str]:
    """A text object of the kind that is needed (either kind, if none is)."""
    text = parent.get(key) if isinstance(parent, dict) else parent[key]
    kinds = (kind,) if kind else ("plain_text", "mrkdwn")
    if text is None:
        yield _at(path, f"missing required field: {key}")
    elif not isinstance(text, dict):
        yield _at(f"{path}/{key}", "must be a valid text object")
    elif text.get("type") not in kinds:
        yield _at(f"{path}/{key}/type", f"unsupported type: {text.get('type')}")
    else:
        yield from _string(text, "text", f"{path}/{key}", limit, least=1)


def _string(parent: Block, key: str, path: str, limit: int, least: int = 0) -> Iterator[str]:
    value = parent.get(key)
    if not isinstance(value, str):
        yield _at(f"{path}/{key}", "must be a string")
    elif len(value) < least:
        yield _at(f"{path}/{key}", f"must be more than {least - 1} characters")
    elif len(value) > limit:
        yield _at(f"{path}/{key}", f"must be less than {limit + 1} characters")


def _at(path: str, problem: str) -> str:
    return f"{problem} [json-pointer:{path}]"


def markdown_length(blocks: list[Block]) -> int:
    """How much text the markdown blocks hold together."""
    return sum(len(str(block.get("text", ""))) for block in blocks if block.get("type") == "markdown")
