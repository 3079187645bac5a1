"""Imports only go down, and each library is known to one file only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Every module may import from the steps below its own, never from its own or above. A room (a folder) is
# one step; its files are ordered in ROOMS.
LADDER = [
    {"bots"},
    {"desk"},
    {"reception"},
    {"commands"},
    {"attendance", "backstage", "forgetting", "learning", "lobby", "reminders", "worker"},
    {"replying"},
    {"deciding"},
    {"draft"},
    {
        "addressing",
        "agency",
        "attachments",
        "catch_up",
        "costs",
        "feedback",
        "gaps",
        "joining",
        "late",
        "outbox",
        "patience",
        "summaries",
    },
    {"outcome", "relay"},
    {"answering"},
    {"unread"},
    {"grounded"},
    {"look_up", "model", "prompt", "quote"},
    {"excerpts", "mending"},
    {"alerts", "rules", "told_faults"},
    {"store"},
    {"knowledge_check", "overdue"},
    {"presses"},
    {"handover"},
    {"home"},
    {"cards", "outage", "recap", "thumbs"},
    {"plain"},
    {"embedding", "knowledge", "posts", "translation", "words"},
    {"cases", "policy_file"},
    {
        "bursts",
        "documents",
        "evaluation",
        "grounding",
        "insist",
        "lasting",
        "loops",
        "masking",
        "policy",
        "schema",
        "sentences",
        "settings",
        "tables",
        "talk",
        "throttle",
        "tokens",
        "waiting",
        "window",
        "written_out",
    },
    {"ports"},
    {"phrases"},
    {"escalation", "fences", "language", "markdown", "splitting"},
    {"again", "code_blocks", "commonmark", "faults", "hidden", "messages", "sight"},
]
ROOMS = {
    "attachments": [{"__init__"}, {"reading"}, {"kinds", "pictures", "texts"}],
    "escalation": [
        {"__init__"},
        {"repeats"},
        {"reading"},
        {"de", "en", "es", "fr", "ja", "pt", "said"},
        {"table"},
    ],
    "store": [
        {"__init__"},
        {
            *{"cases_access", "conversations_access", "costs_access", "forgetting_access", "inbox_access"},
            *{"outbox_access", "ratings_access", "turns_access"},
        },
        {"transactions"},
        {"forgetting"},
        {"posts_erased"},
        {"theirs"},
        {"decisions", "people", "questions", "ratings", "turns", "usage"},
        {"inbox"},
        {"cases", "joining"},
        {"live", "summaries"},
        {"changes", "forgotten", "history", "languages", "pauses", "posts"},
        {"sweeping", "talk"},
        {"commits", "database", "quotes"},
    ],
    "costs": [{"meter", "report", "tally"}, {"budgets", "prices", "unusual"}, {"__init__"}],
    "grounding": [
        {"__init__"},
        {"evidence"},
        {"reading"},
        {"dates", "names", "promises", "quantities"},
        {"promises_en", "promises_other"},
        {"claims", "numbers", "units", "wording"},
    ],
    "model": [
        {"__init__"},
        {"ladder"},
        {"answers", "clerk", "embeddings"},
        {"calls"},
        {"bracket", "chat", "moderation", "responses"},
        {"wire"},
        {"faults", "orders"},
        {"parameters", "reading"},
        {"formats", "breaker", "free", "sse"},
    ],
    "messages": [{"__init__"}, {"turns"}, {"cases", "incoming"}, {"answers", "files", "people", "posts"}],
    "gaps": [{"__init__"}, {"comparing"}, {"grouping"}, {"asked", "vectors"}, {"terms"}],
    "learning": [{"__init__"}, {"drafts"}, {"writing"}, {"material"}],
    "documents": [
        {"__init__", "child"},
        {"csv_files", "page", "pdf", "sheets", "slides", "word"},
        {"office", "tables"},
        {"troubles"},
    ],
    "knowledge": [
        {"__init__"},
        {"library"},
        {"companions", "meaning"},
        {"catalog", "finding"},
        {"index"},
        {"view"},
        {"refused"},
        {"ranking", "reading", "vectors", "watched"},
        {"query"},
        {"articles", "instructions", "synonyms", "words"},
        {"files", "follow_ups", "terms", "vector_file"},
    ],
    "embedding": [{"__init__"}, {"local", "remembering"}],
    "evaluation": [
        {"__init__"},
        {"comparing", "file", "running"},
        {"figures", "runs"},
        {"judging"},
        {"metrics", "questions"},
    ],
    "knowledge_check": [
        {"__init__"},
        {"folder"},
        {"duplicates", "links", "orders", "secrets", "settings_files", "shape", "unseen"},
        {"findings"},
    ],
    "ports": [{"__init__"}, {"costs"}, {"models"}, {"embedders", "platforms", "troubles"}],
    "phrases": [{"rewording"}, {"__init__"}, {"de", "en", "es", "fr", "ja", "pt"}, {"table"}, {"naming"}],
    "throttle": [{"__init__"}, {"line"}, {"headers"}, {"buckets"}],
}
# What only one file of core may know.
KEEPERS = {
    "openai": {"core/model/wire.py"},
    "tiktoken": {"core/tokens.py"},
    "frontmatter": {"core/knowledge/articles.py", "core/knowledge/instructions.py"},
    "bs4": {"core/documents/page.py"},
    "lxml": {"core/documents/office.py", "core/documents/word.py"},
    "mammoth": {"core/documents/word.py"},
    "openpyxl": {"core/documents/sheets.py"},
    "pdfplumber": {"core/documents/pdf.py"},
    "pptx": {"core/documents/slides.py"},
    "pydantic": {
        "core/evaluation/questions.py",
        "core/evaluation/runs.py",
        "core/policy_file.py",
        "core/settings.py",
    },
    "pydantic_settings": {"core/settings.py"},
    "onnxruntime": {"core/embedding/local.py"},
    "tokenizers": {"core/embedding/local.py"},
}
PLATFORMS = {"bots", "slack_bolt", "slack_sdk", "discord", "tests"}
PURE = [
    "again",
    "attachments/kinds",
    "attachments/pictures",
    "attachments/texts",
    "cards",
    "cases",
    "code_blocks",
    "commonmark",
    "costs/budgets",
    "costs/report",
    "costs/unusual",
    "documents/tables",
    "escalation",
    "evaluation/comparing",
    "evaluation/figures",
    "evaluation/judging",
    "evaluation/metrics",
    "evaluation/questions",
    "evaluation/runs",
    "excerpts",
    "fences",
    "gaps/asked",
    "gaps/grouping",
    "gaps/terms",
    "gaps/vectors",
    "grounding",
    "handover",
    "hidden",
    "knowledge/follow_ups",
    "knowledge/instructions",
    "knowledge/query",
    "knowledge/ranking",
    "knowledge/synonyms",
    "knowledge/words",
    "knowledge_check/duplicates",
    "knowledge_check/findings",
    "knowledge_check/links",
    "knowledge_check/orders",
    "knowledge_check/secrets",
    "knowledge_check/settings_files",
    "knowledge_check/shape",
    "knowledge_check/unseen",
    "language",
    "late",
    "loops",
    "learning/material",
    "learning/writing",
    "markdown",
    "masking",
    "mending",
    "messages",
    "model/breaker",
    "model/chat",
    "model/faults",
    "model/formats",
    "model/orders",
    "model/parameters",
    "model/reading",
    "model/responses",
    "model/sse",
    "outage",
    "outcome",
    "overdue",
    "phrases",
    "policy",
    "policy_file",
    "presses",
    "prompt",
    "quote",
    "recap",
    "relay",
    "rules",
    "sentences",
    "sight",
    "splitting",
    "store/quotes",
    "tables",
    "talk",
    "thumbs",
    "throttle/buckets",
    "throttle/headers",
    "throttle/line",
    "told_faults",
    "translation",
    "unread",
    "window",
    "written_out",
    "words",
]
OUTSIDE = {"asyncio", "sqlite3", "sqlite_utils", "socket", "aiohttp", "os", "pathlib", "time", "random"}

FILES = sorted((ROOT / "core").rglob("*.py"))


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@cache
def imports_of(file: Path) -> list[str]:
    """Return the full names of the modules that a file imports, wherever in it."""
    return list(_imports_of(file))


def _imports_of(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written out"
            module = node.module or ""
            # `from core import words` imports core.words
            yield from (f"{module}.{alias.name}" for alias in node.names) if module in PACKAGES else [module]


PACKAGES = {
    "core",
    "bots",
    "core.escalation",
    "core.store",
    "core.knowledge",
    "core.model",
    "core.phrases",
    "core.documents",
    "core.knowledge_check",
}


def step_of(name: str, ladder: list[set[str]]) -> int:
    found = [number for number, step in enumerate(ladder) if name in step]
    assert found, f"{name} has no step on the ladder of test_architecture.py yet"
    return found[0]


def part_of(file: Path) -> str:
    """Return the part of core that a file belongs to: `store` of core/store/turns.py."""
    return file.relative_to(ROOT / "core").parts[0].removesuffix(".py")


def is_module(dotted: str) -> bool:
    path = ROOT.joinpath(*dotted.split("."))
    return path.with_suffix(".py").exists() or path.is_dir()


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_imports_only_go_down(file: Path) -> None:
    part = part_of(file)
    if part == "__init__":
        assert imports_of(file) == []
        return
    own = step_of(part, LADDER)
    for imported in imports_of(file):
        top, *rest = imported.split(".")
        if top != "core":
            continue
        if rest[0] != part:
            assert step_of(rest[0], LADDER) > own, f"{name_of(file)} imports {imported}"
        elif part in ROOMS:
            room = rest[1] if len(rest) > 1 and is_module(imported) else "__init__"
            assert step_of(room, ROOMS[part]) > step_of(file.stem, ROOMS[part]), imported


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_core_knows_no_platform(file: Path) -> None:
    assert not {imported.split(".")[0] for imported in imports_of(file)} & PLATFORMS


@pytest.mark.parametrize("library", KEEPERS)
def test_a_library_has_its_keeper(library: str) -> None:
    users = {name_of(f) for f in FILES if any(i.split(".")[0] == library for i in imports_of(f))}
    assert users == KEEPERS[library]


def test_only_the_model_imports_openai_in_the_whole_house() -> None:
    for file in (ROOT / "bots").rglob("*.py"):
        assert not any(i.split(".")[0] == "openai" for i in imports_of(file)), name_of(file)


def test_who_quotes_does_not_wait_for_openai() -> None:
    """Importing it takes a second; its package is only imported where a model was asked for."""
    files = [file for folder in ("core", "bots") for file in (ROOT / folder).rglob("*.py")]
    for file in files:
        body = ast.parse(file.read_text()).body
        at_once = [node.module or "" for node in body if isinstance(node, ast.ImportFrom)]
        assert "core/model/" in name_of(file) or not any(m.startswith("core.model") for m in at_once), file


@pytest.mark.parametrize("name", PURE)
def test_rules_are_pure(name: str) -> None:
    """They neither wait, nor read a clock, nor touch a disk or a network."""
    files = [file for file in FILES if name in {part_of(file), name_of(file)[len("core/") : -len(".py")]}]
    assert files
    for file in files:
        assert not {imported.split(".")[0] for imported in imports_of(file)} & OUTSIDE
        waits = [n for n in ast.walk(ast.parse(file.read_text())) if isinstance(n, ast.AsyncFunctionDef)]
        assert not waits or name == "quote"


def test_every_file_of_core_has_its_step() -> None:
    parts = {part_of(file) for file in FILES} - {"__init__"}
    assert parts | {"bots"} == set().union(*LADDER)


def test_the_desk_and_the_command_line_are_above_all_else() -> None:
    for file in FILES:
        if part_of(file) != "desk":
            assert "core.desk" not in set(imports_of(file)), name_of(file)
