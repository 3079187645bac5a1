"""Who asks for a person gets one; who only speaks of people does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.escalation import Small, asks_for_person, declines_offer, small_talk, takes_offer

ASKS = """\
I want to talk to a human
can I speak to a real person please?
Could you connect me with an agent
put me through to someone
please transfer me to a representative
I need a human
I'd like to speak with your manager
get me a supervisor
agent
AGENT!!!
human please
Human, now.
"operator"
real person
Hi, person please
handover
human handoff
escalate
let me talk to customer service
is there a human I can talk to?
is there a human here
I don't want to talk to a bot
stop making me talk to this bot
I'd rather chat with a live agent
forward this to the support team
escalate this to your manager
I want help from a real person
give me a human being
can someone from support call me? I want to speak to somebody
My parcel is lost and I am tired of this. I want to speak to a person.
I would like to be connected to a customer service representative
how do I get in touch with support?
how can I talk to someone?"""

DOES_NOT_ASK = """\
can a human read the export?
who is your head of support?
are you a bot?
are you a human?
is this a real person or a machine
how many people can use one account
No, you don't need to transfer me to a real person
I don't want to talk to a human
what does the support plan cost
how do I add another person to my account
can I share my plants with another person
how do I remove an agent from my account
I talked to an agent yesterday and the refund has not come
do you have human readable logs
the user agent is wrong
what is an agent license
I need a person account
who can see my personal data
can I invite somebody to my plan?
which customer service hours do you have on Sunday
a person cannot add more sensors, why
my manager asked about the invoice
how do I change the representative name on the invoice
how long do refunds take?
hello
thanks
yes
human rights"""


@pytest.mark.parametrize("text", ASKS.splitlines())
def test_these_ask_for_a_person(text: str) -> None:
    assert asks_for_person(text)


@pytest.mark.parametrize("text", DOES_NOT_ASK.splitlines())
def test_these_do_not_ask_for_a_person(text: str) -> None:
    assert not asks_for_person(text)


def test_line_breaks_and_typographic_quotes_do_not_matter() -> None:
    assert asks_for_person("I want to\n talk  to\ta human")
    assert asks_for_person("I don’t want to talk to a bot")


YES = """\
yes
Yes!
yes please
yeah, sure
ok
OK 👍
Please do
go ahead
of course, thanks
sounds good
yep
y
that would be great
yes, go ahead please
👉 yes 👈"""

NO = """\
no
No.
no thanks
no, thank you
nope
not now
never mind
nevermind
nah
don't
I'm fine
no thanks, I'm good
n"""

NEITHER = """\
yes but how much does it cost
no way this works, my sensor is broken
yesterday
what?
how do I pay
okra
nothing works
maybe
I said no to cookies
"""


@pytest.mark.parametrize("text", YES.splitlines())
def test_these_take_an_offer(text: str) -> None:
    assert takes_offer(text)
    assert not declines_offer(text)


@pytest.mark.parametrize("text", NO.splitlines())
def test_these_decline_an_offer(text: str) -> None:
    assert declines_offer(text)
    assert not takes_offer(text)


@pytest.mark.parametrize("text", [*NEITHER.splitlines(), "", "👍👎", "???"])
def test_these_do_neither(text: str) -> None:
    assert not takes_offer(text)
    assert not declines_offer(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("hi", Small.GREETING),
        ("Hello there!", Small.GREETING),
        ("good morning 🌞", Small.GREETING),
        ("hey hey", Small.GREETING),
        ("thanks", Small.THANKS),
        ("Thank you so much!", Small.THANKS),
        ("ok, thanks", Small.THANKS),
        ("Great, thanks a lot", Small.THANKS),
        ("thanks for your help", Small.THANKS),
        ("perfect", Small.GOOD),
        ("That worked!", Small.GOOD),
        ("it works now", Small.GOOD),
        ("hi, how do refunds work?", None),
        ("thanks, and how long do refunds take?", None),
        ("it works not", None),
        ("great plans?", None),
        ("no", None),
        ("", None),
        ("👋", None),
    ],
)
def test_small_talk_is_told_from_questions(text: str, kind: Small | None) -> None:
    assert small_talk(text) is kind


LONG = ["yes " * 5_000, "\n" * 50_000, "talk to " * 5_000]
REPEATED = [f"{word} " * 60 + "help" for word in ("please", "thanks", "thank you", "no thanks", "ok", "hi")]


@pytest.mark.timeout(5)
@pytest.mark.parametrize("text", [*LONG, *REPEATED], ids=lambda text: text[:12])
def test_long_messages_do_not_hold_up_the_desk(text: str) -> None:
    for rule in (asks_for_person, takes_offer, declines_offer, small_talk):
        rule(text)


@given(st.text(st.characters()) | st.text(alphabet="yes no,please'thank u!?\n", max_size=200))
def test_any_message_is_judged(text: str) -> None:
    for rule in (asks_for_person, takes_offer, declines_offer, small_talk):
        rule(text)
