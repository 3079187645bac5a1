"""The methods of Slack's Web API, over the simulated workspace."""

import base64
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from tests.simulators.slack_blocks import problems_of
from tests.simulators.slack_checks import (
    POST_LIMIT,
    UPDATE_LIMIT,
    checked_blocks,
    checked_emoji,
    checked_metadata,
    checked_text,
    checked_timestamp,
    streamed_text,
    structured,
)
from tests.simulators.slack_events import EventSource
from tests.simulators.slack_files import Files
from tests.simulators.slack_workspace import (
    APP_ID,
    BOT_ID,
    BOT_USER_ID,
    TEAM_DOMAIN,
    TEAM_ID,
    TEAM_NAME,
    Channel,
    Message,
    SlackError,
    Workspace,
    ts_number,
)

Arguments = dict[str, Any]
Answer = dict[str, Any]
Item = TypeVar("Item")

ALL_SCOPES = frozenset(
    {
        "app_mentions:read",
        "assistant:write",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "mpim:history",
        "mpim:read",
        "reactions:read",
        "reactions:write",
        "team:read",
        "users:read",
    }
)
READ = ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
# Any one of these lets the app call the method; a method not named here needs none.
NEEDED_SCOPES: dict[str, tuple[str, ...]] = {
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "chat.delete": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.startStream": ("chat:write",),
    "chat.appendStream": ("chat:write",),
    "chat.stopStream": ("chat:write",),
    "conversations.info": READ,
    "conversations.members": READ,
    "conversations.history": HISTORY,
    "conversations.replies": HISTORY,
    "conversations.open": ("im:write", "mpim:write"),
    "files.info": ("files:read",),
    "users.info": ("users:read",),
    "users.conversations": READ,
    "reactions.add": ("reactions:write",),
    "reactions.remove": ("reactions:write",),
    "assistant.threads.setStatus": ("assistant:write", "chat:write"),
    "assistant.threads.setTitle": ("assistant:write",),
    "assistant.threads.setSuggestedPrompts": ("assistant:write",),
    "team.info": ("team:read",),
    "bots.info": ("users:read",),
}
# docs.slack.dev/surfaces/app-home: a view has up to 100 blocks.
VIEW_BLOCKS = 100


class WebApi:
    """Answers Web API calls; what goes wrong is raised as SlackError."""

    def __init__(self, workspace: Workspace, events: EventSource, socket_url: Callable[[], str]) -> None:
        self.scopes: set[str] = set(ALL_SCOPES)
        self.trigger_ids: set[str] = set()
        self.files: Files | None = None
        self.no_streams: dict[str, str] = {}
        self._workspace = workspace
        self._events = events
        self._socket_url = socket_url
        self._methods: dict[str, Callable[[Arguments], Awaitable[Answer]]] = {
            "auth.test": self._auth_test,
            "apps.connections.open": self._apps_connections_open,
            "chat.postMessage": self._chat_post_message,
            "chat.update": self._chat_update,
            "chat.delete": self._chat_delete,
            "chat.postEphemeral": self._chat_post_ephemeral,
            "chat.getPermalink": self._chat_get_permalink,
            "chat.startStream": self._chat_start_stream,
            "chat.appendStream": self._chat_append_stream,
            "chat.stopStream": self._chat_stop_stream,
            "conversations.info": self._conversations_info,
            "conversations.history": self._conversations_history,
            "conversations.replies": self._conversations_replies,
            "conversations.members": self._conversations_members,
            "conversations.open": self._conversations_open,
            "files.info": self._files_info,
            "users.info": self._users_info,
            "users.conversations": self._users_conversations,
            "reactions.add": self._reactions_add,
            "reactions.remove": self._reactions_remove,
            "assistant.threads.setStatus": self._assistant_thread_method,
            "assistant.threads.setTitle": self._assistant_title,
            "assistant.threads.setSuggestedPrompts": self._assistant_prompts,
            "views.open": self._views_open,
            "views.publish": self._views_publish,
            "team.info": self._team_info,
            "bots.info": self._bots_info,
        }

    async def call(self, method: str, arguments: Arguments) -> Answer:
        """Perform one call and return the body of the answer, errors included."""
        if method not in self._methods:
            return {"ok": False, "error": "unknown_method", "req_method": method}
        try:
            self._check_scopes(method)
            return {"ok": True, **await self._methods[method](arguments)}
        except SlackError as error:
            return error.answer

    def _check_scopes(self, method: str) -> None:
        needed = NEEDED_SCOPES.get(method, ())
        if needed and self.scopes.isdisjoint(needed):
            provided = ",".join(sorted(self.scopes))
            raise SlackError("missing_scope", needed=needed[0], provided=provided)

    # The app itself

    async def _auth_test(self, arguments: Arguments) -> Answer:
        return {
            "url": f"https://{TEAM_DOMAIN}.slack.com/",
            "team": TEAM_NAME,
            "user": self._workspace.users[BOT_USER_ID].name,
            "team_id": TEAM_ID,
            "user_id": BOT_USER_ID,
            "bot_id": BOT_ID,
            "is_enterprise_install": False,
        }

    async def _apps_connections_open(self, arguments: Arguments) -> Answer:
        return {"url": self._socket_url()}

    async def _team_info(self, arguments: Arguments) -> Answer:
        wanted = str(arguments.get("team") or TEAM_ID)
        if wanted not in self._workspace.teams:
            raise SlackError("team_not_found")
        name = self._workspace.teams[wanted]
        domain = TEAM_DOMAIN if wanted == TEAM_ID else name.lower()
        team = {"id": wanted, "name": name, "domain": domain, "email_domain": ""}
        return {"team": {**team, "icon": {"image_default": True}}}

    async def _bots_info(self, arguments: Arguments) -> Answer:
        wanted = arguments.get("bot", BOT_ID)
        for user in self._workspace.users.values():
            if user.is_bot and user.bot_id == wanted:
                return {"bot": user.bot_payload()}
        raise SlackError("bot_not_found")

    # Messages

    def _channel_to_post_in(self, arguments: Arguments) -> Channel:
        """The channel of an id, of a #name, or the direct messages of a user's id."""
        wanted = str(arguments.get("channel", ""))
        if wanted in self._workspace.users:
            return self._workspace.open_dm(wanted)
        return self._named_channel(arguments)

    def _named_channel(self, arguments: Arguments) -> Channel:
        """The channel of an id or of a #name."""
        wanted = str(arguments.get("channel", ""))
        by_name = [c for c in self._workspace.channels.values() if wanted == f"#{c.name}"]
        return self._member_channel({"channel": by_name[0].id if by_name else wanted})

    async def _chat_post_message(self, arguments: Arguments) -> Answer:
        channel = self._channel_to_post_in(arguments)
        text = checked_text(arguments, POST_LIMIT)
        blocks = checked_blocks(arguments)
        metadata = checked_metadata(arguments)
        message = self._workspace.add_from_bot(
            channel, text, arguments.get("thread_ts"), is_true(arguments.get("reply_broadcast"))
        )
        message.arguments = arguments
        message.metadata = metadata
        message.rewrite(text, blocks)
        await self._events.posted(channel, message)
        shown = channel.render(message, with_metadata=True)
        return {"channel": channel.id, "ts": message.ts, "message": shown}

    def _own_message(self, channel: Channel, arguments: Arguments, not_own: str) -> Message:
        message = self._workspace.message(channel, str(arguments.get("ts", "")))
        if message.is_tombstone:
            raise SlackError("message_not_found")
        if message.user != BOT_USER_ID:
            raise SlackError(not_own)
        return message

    async def _chat_update(self, arguments: Arguments) -> Answer:
        # To post, a person's id or a name will do; to change what was posted, only the channel's id.
        channel = self._member_channel(arguments)
        message = self._own_message(channel, arguments, "cant_update_message")
        if message.streaming:
            raise SlackError("streaming_state_conflict")
        text = checked_text(arguments, UPDATE_LIMIT)
        blocks = checked_blocks(arguments)
        metadata = checked_metadata(arguments)
        message.arguments = arguments
        await self.change(channel, message, text, blocks, metadata)
        shown = channel.render(message, with_metadata=True)
        return {"channel": channel.id, "ts": message.ts, "text": text, "message": shown}

    async def change(
        self,
        channel: Channel,
        message: Message,
        text: str,
        blocks: list[dict[str, Any]] | None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        """Change one of the bot's messages and tell of it; None leaves the blocks or the metadata."""
        previous = channel.render(message, with_metadata=True)
        if metadata is not None:
            # An empty object takes it off.
            message.metadata = metadata or None
        message.edit(text, blocks, by=BOT_ID, at=self._workspace.next_ts())
        await self._events.changed(channel, message, previous)

    async def _chat_delete(self, arguments: Arguments) -> Answer:
        channel = self._member_channel(arguments)
        message = self._own_message(channel, arguments, "cant_delete_message")
        if message.streaming:
            raise SlackError("cant_delete_message")
        await self.remove(channel, message)
        return {"channel": channel.id, "ts": message.ts}

    async def remove(self, channel: Channel, message: Message) -> str | None:
        """Delete a message and tell of it; a thread's first message changes into a tombstone."""
        previous = channel.render(message, with_metadata=True)
        if self._workspace.remove(channel, message):
            return await self._events.changed(channel, message, previous)
        return await self._events.deleted(channel, message.ts, previous)

    async def _chat_post_ephemeral(self, arguments: Arguments) -> Answer:
        channel = self._named_channel(arguments)
        text = checked_text(arguments, POST_LIMIT)
        blocks = checked_blocks(arguments)
        user = str(arguments.get("user") or "")
        if user not in channel.members:
            raise SlackError("user_not_in_channel")
        thread_ts = str(arguments["thread_ts"]) if arguments.get("thread_ts") else None
        shown = self._workspace.add_ephemeral(channel, user, text, blocks, thread_ts, arguments)
        return {"message_ts": shown.message.ts}

    async def _chat_get_permalink(self, arguments: Arguments) -> Answer:
        channel = self._workspace.channel(str(arguments.get("channel", "")))
        message = self._workspace.message(channel, str(arguments.get("message_ts", "")))
        link = f"https://{TEAM_DOMAIN}.slack.com/archives/{channel.id}"
        link += f"/p{message.ts.replace('.', '')}"
        if message.thread_ts is not None:
            link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
        return {"channel": channel.id, "permalink": link}

    # Streamed messages

    async def _chat_start_stream(self, arguments: Arguments) -> Answer:
        channel = self._channel_to_post_in(arguments)
        if channel.id in self.no_streams:
            raise SlackError(self.no_streams[channel.id])
        if "metadata" in arguments:
            raise SlackError("invalid_arguments")
        if not arguments.get("thread_ts"):
            raise SlackError("invalid_thread_ts")
        if channel.kind != "im":
            # A stream is written out for one person, who must be named where there are several.
            for needed in ("recipient_team_id", "recipient_user_id"):
                if not arguments.get(needed):
                    raise SlackError(f"missing_{needed}")
            home = self._workspace.team_of(arguments["recipient_user_id"]) or TEAM_ID
            if arguments["recipient_team_id"] != home:
                raise SlackError("user_not_found")
        text = streamed_text(arguments)
        message = self._workspace.add_from_bot(channel, text, arguments["thread_ts"])
        message.arguments = arguments
        message.rewrite(text)
        message.streaming = True
        await self._events.posted(channel, message)
        return {"channel": channel.id, "ts": message.ts}

    def _streaming_message(self, channel: Channel, arguments: Arguments) -> Message:
        message = self._own_message(channel, arguments, "message_not_owned_by_app")
        if not message.streaming:
            raise SlackError("message_not_in_streaming_state")
        return message

    async def _chat_append_stream(self, arguments: Arguments) -> Answer:
        channel = self._channel_to_post_in(arguments)
        message = self._streaming_message(channel, arguments)
        message.rewrite(message.text + streamed_text(arguments))
        return {"channel": channel.id, "ts": message.ts}

    async def _chat_stop_stream(self, arguments: Arguments) -> Answer:
        channel = self._channel_to_post_in(arguments)
        message = self._streaming_message(channel, arguments)
        blocks = checked_blocks(arguments)
        metadata = checked_metadata(arguments)
        previous = channel.render(message)
        message.arguments = {**message.arguments, **arguments}
        message.metadata = metadata
        message.streaming = False
        message.rewrite(message.text + streamed_text(arguments), blocks)
        await self._events.changed(channel, message, previous)
        shown = channel.render(message, with_metadata=True)
        return {"channel": channel.id, "ts": message.ts, "message": shown}

    # Conversations and people

    def _member_channel(self, arguments: Arguments) -> Channel:
        channel = self._workspace.channel(str(arguments.get("channel", "")))
        if not channel.is_member:
            raise SlackError("not_in_channel")
        return channel

    async def _conversations_info(self, arguments: Arguments) -> Answer:
        channel = self._workspace.channel(str(arguments.get("channel", "")))
        return {"channel": channel.payload()}

    async def _conversations_history(self, arguments: Arguments) -> Answer:
        channel = self._member_channel(arguments)
        shown = [message for message in reversed(channel.in_order()) if message.in_channel]
        page, more = paginate(in_period(shown, arguments), arguments, message_ts)
        return {
            "messages": self._rendered(channel, page, arguments),
            "has_more": bool(more),
            "pin_count": 0,
            **more,
        }

    async def _conversations_replies(self, arguments: Arguments) -> Answer:
        channel = self._member_channel(arguments)
        ts = str(arguments.get("ts", ""))
        parent = self._workspace.message(channel, ts, "thread_not_found")
        replies = in_period(channel.replies(ts), arguments)
        page, more = paginate(replies, arguments, message_ts, default_limit=1000)
        # Whatever the page or the period, Slack puts the thread's first message before it.
        return {
            "messages": self._rendered(channel, [parent, *page], arguments),
            "has_more": bool(more),
            **more,
        }

    @staticmethod
    def _rendered(channel: Channel, page: list[Message], arguments: Arguments) -> list[Answer]:
        with_metadata = is_true(arguments.get("include_all_metadata"))
        return [channel.render(message, with_metadata) for message in page]

    async def _conversations_members(self, arguments: Arguments) -> Answer:
        channel = self._workspace.channel(str(arguments.get("channel", "")))
        page, more = paginate(channel.members, arguments, str)
        return {"members": page, "response_metadata": {"next_cursor": ""}, **more}

    async def _conversations_open(self, arguments: Arguments) -> Answer:
        users = [user.strip() for user in str(arguments.get("users") or "").split(",") if user.strip()]
        if arguments.get("channel"):
            channel = self._workspace.channel(str(arguments["channel"]))
            if channel.kind not in ("im", "mpim"):
                raise SlackError("method_not_supported_for_channel_type")
        elif not users:
            raise SlackError("users_list_not_supplied")
        elif len(users) > 8:
            raise SlackError("too_many_users")
        else:
            known = set(self._workspace.channels)
            channel = self._workspace.open_direct(users)
            if channel.id not in known:
                return {"channel": self._opened(channel, arguments)}
        return {"no_op": True, "already_open": True, "channel": self._opened(channel, arguments)}

    @staticmethod
    def _opened(channel: Channel, arguments: Arguments) -> Answer:
        return channel.payload() if is_true(arguments.get("return_im")) else {"id": channel.id}

    async def _files_info(self, arguments: Arguments) -> Answer:
        told = self.files.told(str(arguments.get("file", ""))) if self.files else None
        if told is None:
            raise SlackError("file_not_found")
        return {"file": told, "comments": [], "response_metadata": {"next_cursor": ""}}

    async def _users_info(self, arguments: Arguments) -> Answer:
        user = self._workspace.users.get(str(arguments.get("user", "")))
        if user is None:
            raise SlackError("user_not_found")
        return {"user": user.payload()}

    async def _users_conversations(self, arguments: Arguments) -> Answer:
        kinds = {"public_channel": "channel", "private_channel": "group", "im": "im"}
        kinds["mpim"] = "mpim"
        asked = str(arguments.get("types") or "public_channel").split(",")
        wanted = {kinds.get(name.strip()) for name in asked}
        user = str(arguments.get("user") or BOT_USER_ID)
        found = [
            channel
            for channel in self._workspace.bot_channels()
            if channel.kind in wanted and user in channel.members
        ]
        page, more = paginate(found, arguments, lambda channel: channel.id)
        shown = [channel.payload() for channel in page]
        return {"channels": shown, "response_metadata": {"next_cursor": ""}, **more}

    # Reactions

    def _reacted_message(self, arguments: Arguments) -> Message:
        ts = checked_timestamp(arguments)
        return self._workspace.message(self._member_channel(arguments), ts)

    async def _reactions_add(self, arguments: Arguments) -> Answer:
        name = checked_emoji(arguments)
        users = self._reacted_message(arguments).reactions.setdefault(name, [])
        if BOT_USER_ID in users:
            raise SlackError("already_reacted")
        users.append(BOT_USER_ID)
        return {}

    async def _reactions_remove(self, arguments: Arguments) -> Answer:
        name = checked_emoji(arguments)
        message = self._reacted_message(arguments)
        if BOT_USER_ID not in message.reactions.get(name, []):
            raise SlackError("no_reaction")
        message.reactions[name].remove(BOT_USER_ID)
        if not message.reactions[name]:
            del message.reactions[name]
        return {}

    # Assistant threads and views

    async def _assistant_thread_method(self, arguments: Arguments) -> Answer:
        channel = self._workspace.channel(str(arguments.get("channel_id", "")))
        if "thread_ts" in arguments:
            self._workspace.message(channel, str(arguments["thread_ts"]), "thread_not_found")
        return {}

    def _pane(self, arguments: Arguments) -> dict[str, Any]:
        """The thread of the assistant pane that a call is about."""
        channel = self._workspace.channel(str(arguments.get("channel_id", "")))
        root = self._workspace.message(channel, str(arguments.get("thread_ts", "")), "invalid_thread_ts")
        if root.payload.get("subtype") != "assistant_app_thread":
            raise SlackError("invalid_thread_ts")
        pane: dict[str, Any] = root.payload["assistant_app_thread"]
        return pane

    async def _assistant_title(self, arguments: Arguments) -> Answer:
        title = str(arguments.get("title") or "")
        if not title:
            raise SlackError("invalid_arguments")
        self._pane(arguments)["title"] = title
        return {}

    async def _assistant_prompts(self, arguments: Arguments) -> Answer:
        prompts = structured(arguments, "prompts", "invalid_arguments")
        if not isinstance(prompts, list) or not 1 <= len(prompts) <= 4:
            raise SlackError("invalid_arguments")
        if not all(prompt.get("title") and prompt.get("message") for prompt in prompts):
            raise SlackError("invalid_arguments")
        self._pane(arguments)["prompts"] = prompts
        return {}

    async def _views_open(self, arguments: Arguments) -> Answer:
        trigger = str(arguments.get("trigger_id", ""))
        if trigger not in self.trigger_ids:
            raise SlackError("invalid_trigger_id")
        self.trigger_ids.remove(trigger)
        return {"view": opened_view(arguments)}

    async def _views_publish(self, arguments: Arguments) -> Answer:
        if arguments.get("user_id") not in self._workspace.users:
            raise SlackError("user_not_found")
        view = opened_view(arguments)
        if view.get("type") != "home":
            raise SlackError("invalid_arguments")
        if problems := list(problems_of(view.get("blocks") or [], VIEW_BLOCKS)):
            raise SlackError("invalid_arguments", response_metadata={"messages": problems})
        self._workspace.views[str(arguments["user_id"])] = view
        return {"view": view}


def is_true(value: object) -> bool:
    """A boolean argument, however it was encoded."""
    return str(value).lower() in ("1", "true")


def opened_view(arguments: Arguments) -> dict[str, Any]:
    """The view as Slack returns it once it shows it."""
    view = structured(arguments, "view", "invalid_arguments")
    if not isinstance(view, dict):
        raise SlackError("invalid_arguments")
    id = f"V{uuid.uuid4().hex[:9].upper()}"
    known = {"id": id, "team_id": TEAM_ID, "app_id": APP_ID, "bot_id": BOT_ID}
    return {**view, **known, "hash": uuid.uuid4().hex, "root_view_id": id}


def message_ts(message: Message) -> str:
    return message.ts


def in_period(messages: list[Message], arguments: Arguments) -> list[Message]:
    """Those between `oldest` and `latest`, with the ends only when `inclusive`."""
    oldest = ts_number(str(arguments.get("oldest") or "0"), "invalid_ts_oldest")
    latest = ts_number(str(arguments.get("latest") or "Infinity"), "invalid_ts_latest")
    inclusive = is_true(arguments.get("inclusive"))

    def inside(message: Message) -> bool:
        ts = ts_number(message.ts)
        return oldest < ts < latest or (inclusive and ts in (oldest, latest))

    return [message for message in messages if inside(message)]


def paginate(
    items: Sequence[Item],
    arguments: Arguments,
    key: Callable[[Item], str],
    default_limit: int = 100,
) -> tuple[list[Item], Answer]:
    """One page of the items, and response_metadata with the next cursor if there are more."""
    try:
        limit = int(arguments.get("limit") or default_limit)
    except ValueError:
        raise SlackError("invalid_limit") from None
    if not 1 <= limit <= 1000:
        raise SlackError("invalid_limit")
    start = _cursor_position(items, str(arguments.get("cursor") or ""), key)
    rest = items[start:]
    if len(rest) <= limit:
        return list(rest), {}
    cursor = base64.b64encode(f"next:{key(rest[limit])}".encode()).decode()
    return list(rest[:limit]), {"response_metadata": {"next_cursor": cursor}}


def _cursor_position(items: Sequence[Item], cursor: str, key: Callable[[Item], str]) -> int:
    if not cursor:
        return 0
    for position, item in enumerate(items):
        if base64.b64encode(f"next:{key(item)}".encode()).decode() == cursor:
            return position
    raise SlackError("invalid_cursor")
