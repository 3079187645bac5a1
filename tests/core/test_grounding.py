"""What a sentence states, and whether it stands in what it may rest on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.grounding import (
    Evidence,
    Kind,
    of_customer,
    of_names,
    of_passages,
    of_texts,
    unsupported,
)
from core.grounding.numbers import LANGUAGES, in_words
from core.messages import Action
from tests.builders import passage

LISTS = Path(__file__).parents[1] / "fixtures" / "grounding"


def article(text: str, *, url: str = "") -> Evidence:
    return of_passages([passage(text, heading="", title="", url=url)])


def held(reply: str, text: str = "", action: Action = Action.ANSWER) -> list[str]:
    """Return what of a reply does not stand in an article's text."""
    return [claim.text for claim in unsupported(reply, article(text), action)]


# --- the same, said in another way --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "replies"),
    [
        (
            "Return it within 14 days.",
            "14 days|fourteen days|two weeks|a 2-week window|a 14‑day window|14 Tage|vierzehn Tagen|"
                "zwei Wochen|"
            "14-tägige Frist|quatorze jours|2 semaines|catorce días|dos semanas|catorze dias|14日以内|"
                "二週間|336 hours",
        ),
        ("It takes 5 business days.", "five working days|5 Werktagen|5 jours ouvrés|5 días hábiles|"
            "cinco dias úteis|5営業日"),
        ("It takes 5 to 7 days.", "5–7 days|5-7 days|between five and seven days|5 bis 7 Tage|"
            "de 5 à 7 jours|up to 7 days|a week"),
        ("It costs $1,200.50 a month.", "US$1200.50|1.200,50 $ im Monat|1200.50 USD per month|"
            "1 200,50 dollars par mois"),
        ("We charge 15 percent.", "15%|15 %|fifteen per cent|15 Prozent|15 pour cent|"
            "quince por ciento|15パーセント"),
        ("It ends on 3 May 2024.", "May 3, 2024|3rd of May|2024-05-03|03.05.2024|5/3/2024|"
            "3. Mai 2024|le 3 mai|3 de mayo de 2024|2024年5月3日"),
        ("Call before 13:00.", "1 pm|1 p.m.|1:00 PM|13 Uhr|13h00|13 h|午後1時"),
        ("Monday to Friday.", "on Wednesday|am Montag|de lunes a viernes|du lundi au vendredi|水曜日"),
        ("The warranty is 2 years.", "24 months|two-year warranty|zweijährige Garantie|deux ans|"
            "dos años|2年間"),
        ("Wait 30 minutes.", "half an hour|eine halbe Stunde|une demi-heure|media hora|meia hora|30 min"),
        ("It has 1.5 GB.", "1,5 GB|1500 MB|1.5GB"),
        ("Between 0 and 45 °C.", "0–45 °C|32 °F to 113 °F|45 degrees Celsius"),
        ("Call +49 30 1234567.", "030 1234567|+49 (30) 123-4567|0049 30 1234567"),
        ("See help.example.org/a and www.example.org.", "https://help.example.org/a.|"
            "[here](https://help.example.org/a/)|(help.example.org)|http://example.org"),
        ("Write to help@example.org.", "[us](mailto:Help@example.org)|**help@example.org**"),
        ("Replaced free of charge.", "It is replaced for free.|kostenlos|gratis|無料"),
        ("There are four roles.", "4 roles|vier Rollen|quatre rôles"),
    ],
)  # fmt: skip
def test_the_same_in_other_words_is_supported(text: str, replies: str) -> None:
    for reply in replies.split("|"):
        assert held(reply, text) == [], reply


@pytest.mark.parametrize(
    ("text", "replies"),
    [
        ("Return it within 14 days.", "15 days|14 business days|14 weeks|fourteen months|14 %|$14|"
            "vierzehn Wochen|14時間"),
        ("It takes 5 business days.", "5 days|one week|5 Tage|5日"),
        ("It takes 3 to 5 or 5 to 8 days.", "3 to 8 days"),
        ("30 days", "within a month|one month|ein Monat|un mois"),
        ("It costs $4 a month or $40 a year.", "$40 a month|€4|$4.50|4 £ im Monat|40 dollars par mois"),
        ("It ends on 3 May 2024.", "4 May|3 May 2025|June 3|2024-03-06"),
        ("Call before 13:00.", "2 pm|1 am|13:30"),
        ("Monday to Friday.", "on Saturday|sonntags"),
        ("Call +49 30 1234567.", "+49 30 1234568|+1 30 1234567"),
        ("See help.example.org/a.", "help.example.org/b|https://example.com|"
            "[here](https://help.example.org.evil.test/a)|[x](/refunds)"),
        ("Write to help@example.org.", "sales@example.org|help@example.com"),
        ("It uses a CR2450.", "a CR2032"),
        ("Plus has 12 sensors for 30 days.", "30 sensors|fifty sensors"),
        ("Open on Monday.", "around the clock|24/7"),
        ("It is 10 cm.", "10 inches|10 m"),
    ],
)  # fmt: skip
def test_another_value_or_unit_is_not(text: str, replies: str) -> None:
    for reply in replies.split("|"):
        assert held(reply, text), reply


@pytest.mark.parametrize(
    "reply",
    [
        "There are two ways to do it:\n\n1. Open **Orders**.\n2. Choose one of these three options.",
        "See step 3. Once a day is enough, and everyone can do it.",
        "Happy to help! Is there anything else I can do for you?",
        "I can explain that. You can cancel it yourself. I can't refund it.",
        "The 1st option is the MP3 file; IPv6 works too.",
        "Wenn Sie möchten, erkläre ich das. Ich kann nichts stornieren.",
        "Would you like me to bring in a person?",
    ],
)
def test_what_states_nothing_needs_no_support(reply: str) -> None:
    assert held(reply) == []


def test_a_table_is_read_by_the_heads_of_its_columns() -> None:
    table = "| Plan | History (days) | Price |\n| --- | --- | --- |\n| Free | 30 | $0 |\n| Plus | 90 | $4 |"
    assert held("Free keeps 30 days.", table) == []
    assert held("| Plan | History |\n| --- | --- |\n| Free | 30 |\n| Plus | 90 |", table) == []
    assert held("| Plan | Price |\n| --- | --- |\n| Plus | $5 |", table) == ["$5"]


# --- who may say what ---------------------------------------------------------------------------------


def test_a_customer_names_their_case_but_makes_no_policy() -> None:
    said = of_customer(
        ["Order #SP-10023 shows error E42 on my iPhone 15. You promised 90 days and $500 back!"]
    )
    assert unsupported("About order #SP-10023: E42 on an iPhone 15 is known.", said) == []
    for reply in ("You get $500 back.", "You have 90 days.", "That is 500.", "Order SP-10024 is known."):
        assert unsupported(reply, said), reply


def test_a_customers_address_is_not_given_out_as_ours() -> None:
    said = of_customer(["Is your address help@evil.test or https://evil.test or +1 555 019 9999?"])
    for reply in ("Yes, help@evil.test.", "Yes, https://evil.test.", "Yes, +1 555 019 9999."):
        assert unsupported(reply, said), reply


def test_an_article_supports_by_its_address_and_title_too() -> None:
    one = passage(
        "Text.", title="Plans for 12 sensors", heading="In 5 minutes", url="https://x.example/plans"
    )
    assert unsupported("12 sensors, 5 minutes: https://x.example/plans", of_passages([one])) == []


def test_only_given_sources_are_named() -> None:
    given = of_names([passage(id="orders/refunds.md#1", title="Refunds and returns")])
    assert unsupported("See orders/refunds.md#1, our article “Refunds and returns”.", given) == []
    for reply in ("See orders/secret.md#1.", "See our article “How to get everything free”."):
        [claim] = unsupported(reply, given)
        assert claim.kind is Kind.SOURCE


# --- promises -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reply",
    [
        "I've refunded you.",
        "I went ahead and cancelled it.",
        "The refund was processed today.",
        "Your account is now unlocked.",
        "I've flagged this to the team.",
        "I've made a note on your account.",
        "A colleague is going to call you.",
        "I took care of the cancellation.",
        "Consider it cancelled.",
        "I'm happy to refund you.",
        "We have just cancelled your order.",
        "I'll change the address for you.",
        "Let me check your account.",
        "I'm going to extend your trial.",
        "I can refund that for you.",
        "Shall I cancel it for you?",
        "Your refund has been processed.",
        "I'll escalate this now.",
        "I’ve opened a ticket for you.",
        "Someone from our team will call you shortly.",
        "Ich habe Ihre Bestellung storniert.",
        "Ich werde den Betrag erstatten.",
        "Ihre Bestellung wurde storniert.",
        "Ich leite das an unser Team weiter.",
        "J'ai annulé votre commande.",
        "Je vais vous rembourser.",
        "He cancelado su pedido.",
        "Voy a reembolsarle el dinero.",
        "Cancelei o seu pedido.",
        "Vou reembolsar o valor.",
        "返金手続きをしました。",
        "担当者に引き継ぎます。",
    ],
)
def test_a_promise_of_a_deed_is_known(reply: str) -> None:
    assert [claim.kind for claim in unsupported(reply, Evidence())] == [Kind.PROMISE]


@pytest.mark.parametrize(
    "reply",
    [
        "You can cancel your order yourself.",
        "I can't cancel it, and I haven't changed anything.",
        "Once we've shipped the parcel, you can't change the address.",
        "If your account has been locked, wait.",
        "I'll explain how you can cancel.",
        "We pay your refund after the return has arrived.",
        "Ich habe leider nichts erstattet.",
        "Sie können die Bestellung selbst stornieren.",
        "Vous pouvez annuler la commande.",
        "Puede cancelar su pedido.",
        "Você pode cancelar o pedido.",
        "ご自身でキャンセルできます。",
    ],
)
def test_what_the_customer_can_do_is_no_promise(reply: str) -> None:
    assert held(reply) == []


def test_a_hand_over_is_true_where_the_answer_is_one() -> None:
    for reply in ("I'll pass this to our team.", "Ich leite das an unser Team weiter."):
        assert held(reply) != []
        assert held(reply, action=Action.OFFER_HUMAN) == []
        assert held(reply, action=Action.ESCALATE) == []
    assert held("I've escalated this to our team.", action=Action.OFFER_HUMAN) != []
    assert held("I've refunded you.", action=Action.ESCALATE) != []


def test_what_the_company_does_by_its_rules_may_be_said_of_the_future() -> None:
    assert held("We'll e-mail you a label.", "We e-mail you a prepaid label.") == []
    assert held("We'll e-mail you a label.", "We send you a prepaid label.") == []
    assert held("We'll refund you.", "We e-mail you a prepaid label.") == ["We'll refund"]


def test_what_costs_nothing_may_be_said_to_cost_0() -> None:
    assert held("| Free | $0 |", "Free costs nothing.") == []
    assert held("Plus is $0.", "Plus costs $4 a month.") != []


# --- what always holds --------------------------------------------------------------------------------

NUMBERS = st.integers(2, 999)
# How one number of days is written, and how another number of them.
NOTATIONS = {
    "{} days": "en", "{} Tage": "de", "{} jours": "fr", "{} días": "es", "{} dias": "pt",
    "within {} days": "en", "innerhalb von {} Tagen": "de", "{}-day": "en", "**{}** days": "en",
}  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(NUMBERS, st.sampled_from(sorted(NOTATIONS)), st.booleans(), NUMBERS)
def test_a_number_is_itself_in_any_notation_and_no_other(
    number: int, notation: str, spelled: bool, other: int
) -> None:
    written = LANGUAGES[NOTATIONS[notation]](number) if spelled and "-day" not in notation else number
    reply = notation.format(written)
    assert held(reply, f"It takes {number} days.") == []
    assert bool(held(reply, f"It takes {other} days.")) == (other != number)


@given(NUMBERS, st.sampled_from(sorted(LANGUAGES)))
def test_number_words_are_read_to_their_end(number: int, language: str) -> None:
    words = LANGUAGES[language](number).split(" ")
    assert in_words(words, 0) == (number, len(words))


@given(st.integers(1, 90_000), st.integers(0, 99), st.sampled_from(["{:,}.{:02}", "{}.{:02}", "{},{:02}"]))
def test_an_amount_is_itself_with_any_separators(whole: int, cents: int, notation: str) -> None:
    amount = notation.format(whole, cents)
    assert held(f"${amount}", f"It costs {whole}.{cents:02} dollars.") == []
    assert held(f"${amount}", f"It costs {whole + 1}.{cents:02} dollars.") != []


ROWS = [json.loads(line) for line in (LISTS / "paraphrases.jsonl").read_text().splitlines()]
REPLIES = st.one_of(st.text(max_size=80), st.sampled_from([row["says"] for row in ROWS]))


@settings(max_examples=150, deadline=None)
@given(REPLIES, st.lists(REPLIES, max_size=3), st.lists(REPLIES, max_size=3))
def test_more_evidence_never_makes_less_true_and_nothing_raises(
    reply: str, some: list[str], more: list[str]
) -> None:
    fewer, all_of_it = of_texts(some), of_texts(some) + of_texts(more)
    assert set(unsupported(reply, all_of_it)) <= set(unsupported(reply, fewer))
    of_customer([reply])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([row["says"] for row in ROWS]), min_size=1, max_size=4))
def test_what_stands_in_a_passage_word_for_word_is_supported(sentences: list[str]) -> None:
    text = "\n\n".join(sentences)
    for sentence in sentences:
        assert held(sentence, text) == []


@pytest.mark.parametrize(
    "piece", ["a.", "a-", "A-", "1 ", "a/", "x@", "[a](", "I have ", "ich habe ", "1 to "]
)
def test_what_a_customer_sends_to_hold_us_up_is_read_all_the_same(piece: str) -> None:
    """A pattern that goes back for each letter would need minutes, and run into this test's time limit."""
    of_customer([f"x@y www. a:// {piece * 5_000}"])
    assert not unsupported("Hello.", of_texts([piece * 5_000]))


def test_the_lists_are_told_apart_as_well_as_promised() -> None:
    from tests.bench.grounding import LISTS, SCOPES, passages, read

    cited = SCOPES["the cited passages"]
    known = passages()
    assert sum(bool(row.held) for row in read(LISTS / "falsehoods.jsonl", known, cited)) >= 95
    assert sum(bool(row.held) for row in read(LISTS / "paraphrases.jsonl", known, cited)) <= 3
