"""What the simulated service refuses of itself: a key, a model, a parameter, a form, a picture, a text."""

from collections.abc import Mapping
from typing import Any

from tests.simulators.model_answers import Failure
from tests.simulators.model_fixtures import error_body
from tests.simulators.model_requests import Request, pictures_of, text_of
from tests.simulators.model_service import Service

_MOST_INPUTS = 2_048
_MOST_INPUT_TOKENS = 300_000


def refusal_of(request: Request, service: Service, *, parsed: bool) -> Failure | None:
    """The error a request has earned, if it has; `parsed` is whether its body was a JSON object."""
    return (
        refuse_key(request.headers, service.api_key)
        or _refuse_shape(request, parsed=parsed)
        or _refuse_model(request, service.models)
        or _refuse_parameters(request, service.unsupported_parameters)
        or _refuse_format(request, service.supports)
        or _refuse_pictures(request, sees=service.sees)
        or _refuse_texts(request, service.embedding_tokens)
    )


def refuse_key(headers: Mapping[str, str], api_key: str) -> Failure | None:
    """The error for another key than this one."""
    given = headers.get("Authorization", "").removeprefix("Bearer ")
    if given == api_key:
        return None
    return Failure(401, error_body("invalid_api_key", key=f"{given[:3]}***{given[-4:]}"))


def _refuse_shape(request: Request, *, parsed: bool) -> Failure | None:
    """The error for a request the service could make nothing of."""
    if not parsed:
        return Failure(400, error_body("bad_json"))
    words = "messages" if request.api == "chat" else "input"
    missing = [name for name in ("model", words) if not request.body.get(name)]
    if missing:
        return Failure(400, error_body("missing_parameter", parameter=missing[0]))
    if request.body.get("stream_options") is not None and not request.streams:
        return Failure(400, error_body("stream_options"))
    return None


def _refuse_model(request: Request, models: set[str] | None) -> Failure | None:
    if models is None or request.model in models:
        return None
    return Failure(404, error_body("model_not_found", model=request.model))


def _refuse_parameters(request: Request, unsupported: set[str]) -> Failure | None:
    refused = [name for name in request.body if name in unsupported]
    if not refused:
        return None
    return Failure(400, error_body("unsupported_parameter", parameter=refused[0]))


def _refuse_format(request: Request, supported: set[str]) -> Failure | None:
    wanted = request.format or {"type": "text"}
    kind = wanted.get("type")
    if kind == "text":
        return None
    if kind not in supported:
        error = error_body("response_format", format=kind)
        if request.api == "responses":
            error["error"]["param"] = "text.format"
        return Failure(400, error)
    read = request.messages if request.api == "chat" else request.input
    if kind == "json_object" and "json" not in "\n".join(map(text_of, read)).lower():
        return Failure(400, error_body("json_word"))
    return _refuse_schema(wanted) if kind == "json_schema" else None


def _refuse_schema(wanted: dict[str, Any]) -> Failure | None:
    schema = wanted.get("json_schema", {})
    for needed in ("name", "schema"):
        if needed not in schema:
            parameter = f"response_format.json_schema.{needed}"
            return Failure(400, error_body("missing_parameter", parameter=parameter))
    fault = _schema_fault(schema["schema"]) if schema.get("strict") else None
    if fault is None:
        return None
    body = error_body("invalid_schema", name=schema["name"], where=fault[0], fault=fault[1])
    return Failure(400, body)


def _schema_fault(schema: dict[str, Any], where: tuple[str, ...] = ()) -> tuple[str, str] | None:
    """Where and how a strict schema breaks the service's two rules about objects, if it does."""
    properties: dict[str, Any] = schema.get("properties", {})
    if schema.get("type") == "object":
        place = ", ".join(repr(step) for step in where)
        if schema.get("additionalProperties") is not False:
            return place, "'additionalProperties' is required to be supplied and to be false"
        missing = [name for name in properties if name not in schema.get("required", [])]
        if missing:
            return place, (
                "'required' is required to be supplied and to be an array including every key "
                f"in properties. Missing '{missing[0]}'"
            )
    inner: list[tuple[tuple[str, ...], dict[str, Any]]] = [
        (("properties", name), part) for name, part in properties.items()
    ]
    if isinstance(schema.get("items"), dict):
        inner.append((("items",), schema["items"]))
    faults = (_schema_fault(part, (*where, *step)) for step, part in inner)
    return next((fault for fault in faults if fault), None)


def _refuse_pictures(request: Request, *, sees: bool) -> Failure | None:
    """Refuse pictures to a model that can't see, and what is none."""
    for number, message in enumerate(request.messages):
        shown = pictures_of(message)
        if shown and not sees:
            return Failure(400, error_body("no_pictures", where=number))
        if any(not kind.startswith("image/") or not data for kind, data in shown):
            return Failure(400, error_body("bad_picture"))
    return None


def _refuse_texts(request: Request, most_tokens: int) -> Failure | None:
    """Refuse texts as the service does: none may be empty or too long, and not too many come at once."""
    if request.api != "embeddings":
        return None
    sizes = [len(text) // 4 for text in request.texts]
    if longest := next((size for size in sizes if size > most_tokens), 0):
        figures = {"limit": most_tokens, "used": longest}
        return Failure(400, error_body("context_length", **figures))
    wrong = "" in request.texts or len(sizes) > _MOST_INPUTS or sum(sizes) > _MOST_INPUT_TOKENS
    return Failure(400, error_body("other")) if wrong else None
