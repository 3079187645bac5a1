"""`frontdesk gaps` and `frontdesk learn`: from a question without an answer to the draft of an article."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bots import gap_report
from bots.commands.common import Fatal
from bots.commands.gaps import _gaps
from bots.commands.learn import _learn
from core.messages import Press
from core.settings import Settings, load_settings
from core.store import Store
from tests.builders import BEN
from tests.core.house import House
from tests.process.frontdesk import frontdesk
from tests.simulators.model import ModelSimulator

ANNS = "Do you sell gift vouchers? I am ann@example.org"
MASKED = "Do you sell gift vouchers? I am [e-mail address]"


@pytest.fixture
async def talked(tmp_path: Path) -> House:
    """A house in which a case was resolved that began with a question that no article answers."""
    house = House(tmp_path)
    async with house.open():
        await house.hears(ANNS)
        await house.hears("yes")
        await house.presses(Press.CLAIM)
        await house.agent_says("Yes, from 20 euros. Ask dana@example.org for one.")
        await house.agent_says("// they ask this every day")
        await house.presses(Press.RESOLVE)
        await house.hears("can i buy a gift voucher", BEN, "stub:other")
    return house


def environment_of(house: House) -> dict[str, str]:
    """Return settings by which a command works on what a house holds."""
    return {
        "DATABASE": str(house.folder / "frontdesk.db"),
        "KNOWLEDGE_DIR": str(house.folder / "knowledge"),
        "INDEX_DIR": str(house.folder / "index"),
        "EMBEDDINGS": "none",
    }


def settings_of(house: House, **more: str) -> Settings:
    """Return the same settings, for a command that is run within the test."""
    return load_settings(**{name.lower(): value for name, value in environment_of(house).items()}, **more)


async def test_what_was_not_answered_is_listed_while_the_bot_runs(talked: House) -> None:
    store = await Store.open(talked.folder / "frontdesk.db")
    code, out, err = await frontdesk(talked.folder, "gaps", **environment_of(talked))
    await store.close()
    assert code == 0, err
    assert f" 1. {MASKED}\n    2 questions, 2 customers" in out
    assert "    - can i buy a gift voucher" in out


async def test_a_case_becomes_a_draft(talked: House, capsys: pytest.CaptureFixture[str]) -> None:
    await _learn(settings_of(talked), 1, None, again=False)
    draft = talked.folder / "knowledge" / "drafts" / "do-you-sell-gift-vouchers.md"
    assert capsys.readouterr().out.startswith(f"Draft:    {draft}\n")
    text = draft.read_text()
    assert "Yes, from 20 euros. Ask [e-mail address] for one." in text
    assert "every day" not in text


async def test_what_an_article_tells_by_now_is_marked(
    talked: House, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_of(talked)
    await _gaps(settings, 30, 20, gap_report.as_json)
    [gap] = json.loads(capsys.readouterr().out)["gaps"]
    assert (gap["question"], gap["examples"]) == (MASKED, ["can i buy a gift voucher"])
    assert (gap["reasons"], gap["nearest"]) == ({"not_in_articles": 2}, None)

    article = talked.folder / "knowledge" / "articles" / "vouchers.md"
    article.write_text("# Gift vouchers\n\nWe sell gift vouchers from 20 euros.\n")
    await _gaps(settings, 30, 20, gap_report.as_markdown)
    out = capsys.readouterr().out
    assert "## 1. Do you sell gift vouchers? I am \\[e-mail address\\]\n\n2 questions, 2 customers" in out
    assert "> perhaps answered now: Gift vouchers (vouchers.md" in out
    talked.rewrite("UPDATE messages SET sent_at = sent_at + 60")  # asked after the article was written
    await _gaps(settings, 30, 20, gap_report.as_text)
    assert "> nearest: Gift vouchers (vouchers.md" in capsys.readouterr().out


async def test_a_model_writes_the_draft_and_is_paid_for_it(
    talked: House, capsys: pytest.CaptureFixture[str]
) -> None:
    async with ModelSimulator() as server:
        settings = settings_of(talked, openai_api_key=server.api_key, openai_base_url=server.base_url)
        server.says("TITLE: Gift vouchers\nQUESTION: Do you sell gift vouchers?\nANSWER:\nFrom 25 euros.")
        await _learn(settings, 1, talked.folder / "mine", again=False)
        assert "To be checked: 25." in capsys.readouterr().out
        draft = talked.folder / "mine" / "gift-vouchers.md"
        assert "From 25 euros." in draft.read_text()
        assert "ann@example.org" not in server.requests[0].text

        server.says("I would rather not.")
        server.fails(401)
        for _ in range(2):
            await _learn(settings, 1, talked.folder / "mine", again=True)
            assert "It holds the team's own words" in capsys.readouterr().out
            assert "Yes, from 20 euros." in draft.read_text()
    assert talked.rows("SELECT DISTINCT purpose FROM usage") == [("article",)]


@pytest.mark.parametrize(
    ("case", "says"),
    [
        (7, "There is no case 7."),
        (2, "Case 2 is offered: only of a resolved case"),
        (1, "In case 1 no agent said anything to the customer"),
    ],
)
async def test_where_nothing_can_be_learned_nothing_is_written(talked: House, case: int, says: str) -> None:
    talked.rewrite("DELETE FROM messages WHERE role = 'agent' AND id NOT LIKE '%:agent/%'")
    settings = settings_of(talked)
    with pytest.raises(Fatal, match=says):
        await _learn(settings, case, None, again=False)
    assert not (talked.folder / "knowledge" / "drafts").exists()


async def test_a_draft_is_neither_overwritten_nor_put_among_the_articles(talked: House) -> None:
    settings = settings_of(talked)
    await _learn(settings, 1, None, again=False)
    draft = talked.folder / "knowledge" / "drafts" / "do-you-sell-gift-vouchers.md"
    draft.write_text(f"{draft.read_text()}\nMine.\n")
    with pytest.raises(Fatal, match=r"Case 1 has a draft already: .*gift-vouchers\.md"):
        await _learn(settings, 1, None, again=False)
    assert draft.read_text().endswith("Mine.\n")
    await _learn(settings, 1, None, again=True)
    assert "Mine." not in draft.read_text()
    with pytest.raises(Fatal, match="among the articles"):
        await _learn(settings, 1, settings.knowledge_dir / "articles" / "new", again=False)


async def test_where_there_is_nothing_it_is_said_kindly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = load_settings(database=tmp_path / "frontdesk.db")
    with pytest.raises(Fatal, match="There is no database"):
        await _gaps(settings, 7, 20, gap_report.as_text)
    await (await Store.open(settings.database)).close()
    await _gaps(settings, 7, 20, gap_report.as_text)
    said = "Nothing found: in the last 7 days the articles answered all that was asked.\n"
    assert capsys.readouterr().out == said


def test_ratings_are_told_also_where_nothing_was_missing() -> None:
    report = gap_report.Report(30, (), (), helpful=1_204, unhelpful=1)
    line = "1,205 answers rated by customers: 1,204 helpful, 1 not helpful."
    assert gap_report.as_text(report).split("\n")[1] == line
    assert line in gap_report.as_markdown(report)
    assert json.loads(gap_report.as_json(report))["ratings"] == {"helpful": 1_204, "not_helpful": 1}
    assert "rated by customers" not in gap_report.as_text(gap_report.Report(30, (), ()))
