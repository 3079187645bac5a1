"""Every fixed phrase that agents read, and what is the same in every language. Short, plain, kind.

What customers read stands in `core.phrases`, one table a language.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from core.markdown import escape
from core.messages import CaseState, File, Press, Reason
from core.ports import FaultKind

# What stands in the place of a message that its writer deleted.
DELETED = "(message deleted)"

# A case, as agents read of it.
CLAIM_FIRST = (
    "Not sent: only the person who claimed a case writes to the customer. Start a line with // for notes."
)
TAKE_OVER_FIRST = "Not sent: {owner} has this case. Start a line with // for notes."
CLOSED_CASE = "Not sent: this case is closed."
NOT_AN_AGENT = "Only members of the agents' channel can do that."
NOT_YOUR_OWN = "You are the customer of this case; somebody else from the team has to take it."
OUT_OF_DATE = "That button is out of date; nothing was changed. {state}"
YOURS_ALREADY = "You have this case already."
ANOTHER_OPEN = "This customer has another open request already; see its card."
NOTE_GONE = "That message is gone; nothing was sent."
SENT = "Sent."
FAILED_PRESS = "That didn't work because of a problem on our side. Please try again."
NOT_DELIVERED = "Not delivered: {why}."
WITHDREW = "**The customer no longer needs a person.** The bot answers again."
WANTS_MORE = "**The customer says that this did not help.** Reopen the case to go on with it."
NOBODY_CLAIMED = "Nobody has claimed this yet; the customer has waited since {since}."
OWES_ANSWER = "{owner}, the customer has waited for your answer since {since}."
ASKED_QUIET = "The customer was asked whether this is solved; without an answer it closes in {time}."
TRANSCRIPT = "**So far:**"
# In a transcript, where a customer asked by a button or a command.
ASKED_FOR_PERSON = "(asked for a person)"
# Behind the name of who said something to other people, not to the bot.
TO_OTHERS = " (to others)"
BOT_SAID = "The bot said: "

# What the agents' buttons say.
LABELS = {
    Press.CLAIM: "Claim",
    Press.TAKE_OVER: "Take over",
    Press.RESOLVE: "Resolve",
    Press.GIVE_BACK: "Give back to bot",
    Press.REOPEN: "Reopen",
    Press.SEND: "Send and claim",
    Press.SEND_OVER: "Take over and send",
}
# What a press on an offer's buttons counts as, whatever they say.
PRESSED = {Press.YES: "Yes", Press.NO: "No"}

# Why a person is offered or called, in words for the agents' ping.
REASONS = {
    Reason.ASKED_FOR_PERSON: "asked for a person",
    Reason.NOT_IN_ARTICLES: "the articles don't answer it",
    Reason.UNSURE: "the bot is not sure",
    Reason.SENSITIVE: "a sensitive subject",
    Reason.UPSET: "the customer is upset",
    Reason.UNHELPED: "what the bot said didn't help",
    Reason.REPEATED: "they asked the same for the third time",
    Reason.CONTENT_FILTERED: "the provider's content filter stopped the answer",
    Reason.MODEL_UNAVAILABLE: "the model can't be reached and the articles hold nothing to quote",
    Reason.TURN_FAILED: "answering failed three times; the log has the cause",
    Reason.TAKEN_OVER: "a person stepped in",
    Reason.UNREAD_FILE: "they sent a file that the bot can't read",
    Reason.LATE: "written while the bot was away, too long ago to be answered by it",
    Reason.LOOPED: "many quick or equal messages in a row; perhaps a program writes there",
}


def links(files: Sequence[File]) -> str:
    """Return where what is attached to a message can be got; empty for nothing."""
    return "\n".join(f"📎 [{escape(file.name)}]({file.url})" for file in files if file.url)


def from_agent(name: str, text: str) -> str:
    """Return an agent's words as the customer reads them."""
    return f"**{name}:** {text}"


def card(who: str, where: str, reason: str, question: str, said: str, link: str, before: str) -> str:
    """Return what the agents' card says of a case, in Markdown; all words of others are already escaped.

    Args:
        who: The customer.
        where: Where they write.
        reason: Why a person is needed, in words.
        question: What they need, in their words; may be empty.
        said: What the bot said last; may be empty.
        link: Opens the conversation; may be empty.
        before: Who of the team had them before; may be empty.
    """
    lines = [f"**{who}** in {where} needs a person: {reason}.", *(quoted(question) if question else ())]
    if said:
        lines += ["", f"{BOT_SAID}{said}"]
    if before:
        lines += ["", f"{before} helped them before, less than a day ago."]
    if link:
        lines += ["", f"[Open the conversation]({link})"]
    return "\n".join(lines)


def quoted(text: str) -> list[str]:
    """Return the lines of a quotation."""
    return [f"> {line}" for line in text.split("\n")]


def reason(why: Reason, subject: str = "") -> str:
    """Return why a person is needed, for agents; `subject` is the one of `escalation.toml`."""
    return f"{REASONS[why]} ({escape(subject)})" if subject else REASONS[why]


def status(state: CaseState, owner: str, at: str, took: str) -> str:
    """Return where a case stands, for its card.

    Args:
        state: Where it stands.
        owner: Who has it, or had it last; escaped, may be empty.
        at: When it came into that state.
        took: How long after it was opened that was.
    """
    return {
        CaseState.OFFERED: f"Offered {at}.",
        CaseState.WAITING: f"**Waiting since {at}.**",
        CaseState.CLAIMED: f"**Claimed by {owner}**, {at}.",
        CaseState.RESOLVED: f"Resolved by {owner or 'Frontdesk'} in {took}, {at}.",
        CaseState.CANCELLED: f"Closed without an answer, {at}.",
    }[state]


def transcript_line(who: str, text: str, *, to_others: bool = False) -> str:
    """Return one message of a transcript; both are already escaped."""
    return f"**{who}{TO_OTHERS if to_others else ''}{transcribed(text)}"


def transcribed(text: str) -> str:
    """Return how a message's escaped words stand behind a name in a transcript."""
    return f":** {text}"


def outage(entries: Sequence[str], total: int) -> str:
    """Return the agents' notice that the bot can't answer, with the customers who wait, escaped."""
    lines = [f"**The bot can't answer at the moment** (the log has the cause). Waiting: {total}."]
    lines += [f"- {entry}" for entry in entries]
    if total > len(entries):
        lines.append(f"- and {total - len(entries)} more")
    return "\n".join(lines)


def struck(who: str, where: str, link: str) -> str:
    """Return a customer's line on that notice; `who` and `where` are already escaped."""
    return f"**{who}** in {where}" + (f" ([open]({link}))" if link else "")


def clock(at: float, zone: ZoneInfo) -> str:
    """Return a time as agents read it: `22 Nov 14:32 CET`."""
    return datetime.fromtimestamp(at, zone).strftime("%d %b %H:%M %Z").lstrip("0")


def span(seconds: float) -> str:
    """Return a span of time in words: `30 minutes`, `24 hours`, `2 days`."""
    minutes = round(seconds / 60)
    for size, word in ((1_440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= 2 * size or (minutes >= size and minutes % size == 0):
            number = round(minutes / size)
            return f"{number} {word}" + ("" if number == 1 else "s")
    return "less than a minute"


def resolution(question: str, last: str) -> str:
    """Return what is kept of a closed case in the conversation, for the model to know."""
    asked = f"the request “{question}”" if question else "the request for a person"
    return f"(closed {asked}" + (f"; last said: “{last}”)" if last else ")")


def digest(number: int) -> str:
    """Return what stands above the agents' list of so many messages that came too long ago."""
    return f"**Not answered: {number}**, {REASONS[Reason.LATE]}."


def late_entry(who: str, where: str, text: str) -> str:
    """Return one customer's words on that list; all are already escaped, and no line of it is empty."""
    return "\n".join([f"**{who}** in {where}:", *quoted(text)])


def in_doubt(where: str, text: str) -> str:
    """Return what the agents read when a post may not have reached its place; both are escaped."""
    return "\n".join([f"**This may not have been delivered** in {where}; please have a look:", *quoted(text)])


def not_below(text: str) -> str:
    """Return what the agents read when something could not be posted below a case's card; it is escaped."""
    return "\n".join(
        ["**This could not be posted in the thread of its case**; please have a look:", *quoted(text)]
    )


def from_customer(who: str, text: str, *, to_others: bool = False) -> str:
    """Return a customer's further words as the agents read them; both are already escaped."""
    return transcript_line(who, text, to_others=to_others)


# --- an answer that takes long, or can't be had for the crowd ------------------------------------------


_MEANWHILE = "Until then customers get quotes from the articles, and one of you where these don't help."
# What the agents read of a model that can't be asked, by why that is.
MODEL_TROUBLE = {
    FaultKind.QUEUE_FULL: "**The bot can't keep up**: as many questions wait for the model as may "
    f"(QUEUE_SIZE). {_MEANWHILE} If this happens often, raise CALLS_AT_ONCE, REQUESTS_PER_MINUTE or "
    "TOKENS_PER_MINUTE as far as your account allows.",
    FaultKind.QUOTA_SPENT: "**The account with the model's provider has no money left**, so that the bot "
    f"can't use the model. {_MEANWHILE} Whoever runs the bot can top it up.",
    FaultKind.BAD_KEY: "**The model's provider does not take our key**, so that the bot can't use the model. "
    f"{_MEANWHILE} Whoever runs the bot can set another OPENAI_API_KEY.",
    FaultKind.UNKNOWN_MODEL: "**The model's provider does not know the model that is set**, so that the bot "
    f"can't use it. {_MEANWHILE} Whoever runs the bot can set another OPENAI_MODEL.",
}


# --- what calls to models cost, in words for agents ---------------------------------------------------

# How agents call a budget of a day or a month, and when the next one begins.
SPANS = {"day": ("today's", "tomorrow"), "month": ("this month's", "next month")}


def budget_nearly_spent(span: str, spent: str, most: str) -> str:
    """Return that a budget of all runs out; `span` is `day` or `month`, the others are dollars."""
    whose, _ = SPANS[span]
    return (
        f"**80 % of {whose} budget for the model is used:** ${spent} of ${most}. The bot goes on until it is "
        "spent, with the cheaper model at last if there is one; then it quotes the articles, and calls you "
        "where these don't help."
    )


def budget_spent(span: str, spent: str, most: str) -> str:
    """Return that a budget of all is spent."""
    whose, then = SPANS[span]
    return (
        f"**{whose.capitalize()} budget for the model is spent:** ${spent} of ${most}, and no further call "
        f"fits in. Until {then} the bot quotes the articles, and calls you where these don't help."
    )


def customer_budget_spent(who: str, span: str, spent: str, most: str) -> str:
    """Return that the budget of one customer, whose name is escaped, is spent."""
    whose, then = SPANS[span]
    return (
        f"**{who} has used up {whose} budget for one customer:** ${spent} of ${most}, and no further call "
        f"fits in. Until {then} the bot quotes them the articles, and calls you where these don't help."
    )


def unusual_day(spent: str, usual: str) -> str:
    """Return that a day costs far more than usual."""
    return f"**Today's model costs are unusually high:** ${spent} so far; a usual day costs ${usual}."


def unusual_day_of(who: str, spent: str, usual: str) -> str:
    """Return that one customer, whose name is escaped, costs far more than usual."""
    return f"**{who} costs unusually much today:** ${spent} so far; a usual day of theirs costs ${usual}."


# --- a customer who asks to be forgotten, as agents read of it ------------------------------------------

FORGOTTEN_CASE = "The customer of this case asked to be forgotten: nothing of it is kept to go on with."
# What stands in the place of a notice, or of a part of a transcript, that named or quoted such a customer.
FORGOTTEN_NOTICE = "_(Removed: a customer who was named here asked to be forgotten.)_"
FORGOTTEN_WORDS = "(removed)"


def forgotten_card(why: str) -> str:
    """Return what the card says of a case whose customer asked to be forgotten, and `why` it was opened."""
    return (
        f"**A customer who asked to be forgotten** needed a person: {why}.\n\n"
        "What was said is removed, here and in the records. What you wrote in this thread yourselves, only "
        "you can delete."
    )


# --- commands, as agents read of them -------------------------------------------------------------------

HELP_AGENTS = (
    "This is where your team works: I post each customer who needs a person here, with buttons to claim and "
    "close the case. In the thread of a card, whoever claimed it writes to the customer; lines that start "
    "with // stay inside. Ask me questions in a direct message, or in a channel for customers."
)


def asked(text: str, heading: str) -> str:
    """Return what stands above an answer to words that can't be read there yet."""
    return f"{heading}\n{quotation(text)}"


def quotation(text: str) -> str:
    """Return somebody's words as a quotation."""
    return "\n".join(quoted(escape(text)))


# What agents alone read on that page.
RENEW = "Bring up to date"


def home_cases(waiting: int, claimed: int, most: int) -> str:
    """Return the heading above the open cases, of which the newest are shown."""
    if not waiting + claimed:
        return "No open cases"
    shown = f" (the newest {most} are shown)" if waiting + claimed > most else ""
    return f"Open cases: {waiting} waiting, {claimed} claimed{shown}"


def home_case(customer: str, reason: str, status: str, question: str) -> str:
    """Return one open case; name and question are escaped, the question may be empty."""
    return "\n".join([f"**{customer}**: {reason}. {status}", *(quoted(question) if question else [])])
