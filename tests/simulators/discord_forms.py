"""What the simulated Discord refuses about the body of a message, in the words of its error 50035."""

from collections.abc import Iterator

from tests.simulators.discord_api import ApiError, Problem, form_error
from tests.simulators.discord_components import BUTTON, ROW
from tests.simulators.discord_world import Payload

MAX_CONTENT, MAX_NONCE = 2000, 25
MAX_ROWS, MAX_IN_ROW, MAX_LABEL, MAX_CUSTOM_ID = 5, 5, 80, 100
LINK_STYLE = 5
_STYLES = (1, 2, 3, 4, 5, 6)
_WITH_CUSTOM_ID = (1, 2, 3, 4)
# A message with this flag is laid out by other rules, which are not checked here.
_IS_COMPONENTS_V2 = 1 << 15
_SHOWN = ("embeds", "components", "attachments", "sticker_ids", "poll")


def check_message(body: Payload, under: str = "") -> None:
    """Refuse what Discord refuses about a message's body (which a callback has `under` its `data`).

    Raises:
        ApiError: 50035 with every problem at its place, or 50006 for a message with nothing in it.
    """
    problems = list(_in_message(body))
    if problems:
        raise form_error(*problems, under=under)
    if not (body.get("content") or "").strip() and not any(body.get(key) for key in _SHOWN):
        raise ApiError(400, 50006, "Cannot send an empty message")


def _in_message(body: Payload) -> Iterator[Problem]:
    if len(body.get("content") or "") > MAX_CONTENT:
        wrong = f"Must be {MAX_CONTENT} or fewer in length."
        yield Problem("content", "BASE_TYPE_MAX_LENGTH", wrong)
    if len(str(body.get("nonce") or "")) > MAX_NONCE:
        wrong = f"Nonces must not be longer than {MAX_NONCE} characters."
        yield Problem("nonce", "NONCE_TYPE_TOO_LONG", wrong)
    if not (body.get("flags") or 0) & _IS_COMPONENTS_V2:
        yield from _in_components(body.get("components") or [])


def _in_components(components: list[Payload]) -> Iterator[Problem]:
    if len(components) > MAX_ROWS:
        yield Problem("components", "BASE_TYPE_MAX_LENGTH", f"Must be {MAX_ROWS} or fewer in length.")
    seen: set[str] = set()
    for number, row in enumerate(components):
        where = f"components.{number}"
        if row.get("type") != ROW:
            yield Problem(f"{where}.type", "BASE_TYPE_CHOICES", 'Value of field "type" must be one of (1,).')
            continue
        inside = row.get("components", [])
        if not 1 <= len(inside) <= MAX_IN_ROW:
            wrong = f"Must be between 1 and {MAX_IN_ROW} in length."
            yield Problem(f"{where}.components", "BASE_TYPE_BAD_LENGTH", wrong)
        for place, component in enumerate(inside):
            yield from _in_component(f"{where}.components.{place}", component, seen)


def _in_component(where: str, component: Payload, seen: set[str]) -> Iterator[Problem]:
    if component.get("type") == BUTTON:
        yield from _in_button(where, component)
    custom_id = component.get("custom_id")
    if custom_id is None:
        return
    if not 1 <= len(custom_id) <= MAX_CUSTOM_ID:
        wrong = f"Must be between 1 and {MAX_CUSTOM_ID} in length."
        yield Problem(f"{where}.custom_id", "BASE_TYPE_BAD_LENGTH", wrong)
    # Disabled ones count too.
    if custom_id in seen:
        wrong = "Component custom id cannot be duplicated"
        yield Problem(f"{where}.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", wrong)
    seen.add(custom_id)


def _in_button(where: str, button: Payload) -> Iterator[Problem]:
    style, url, custom_id = button.get("style"), button.get("url"), button.get("custom_id")
    if style not in _STYLES:
        choices = ", ".join(map(str, _STYLES))
        yield Problem(
            f"{where}.style", "BASE_TYPE_CHOICES", f'Value of field "style" must be one of ({choices}).'
        )
    if len(button.get("label") or "") > MAX_LABEL:
        yield Problem(f"{where}.label", "BASE_TYPE_MAX_LENGTH", f"Must be {MAX_LABEL} or fewer in length.")
    if not button.get("label") and not button.get("emoji"):
        yield Problem(f"{where}.label", "BASE_TYPE_REQUIRED", "This field is required")
    if url is not None and custom_id is not None:
        wrong = "A custom id and url cannot both be specified"
        yield Problem(where, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", wrong)
    elif style in _WITH_CUSTOM_ID and custom_id is None:
        wrong = "A custom id is required"
        yield Problem(f"{where}.custom_id", "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", wrong)
    elif style == LINK_STYLE and url is None:
        yield Problem(f"{where}.url", "BUTTON_COMPONENT_URL_REQUIRED", "A url is required")
