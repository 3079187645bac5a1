"""Files in Slack: what an event says of them (pure), and where their bytes are had from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp
import yarl
from slack_sdk.web.async_client import AsyncWebClient

from bots.downloads import Head, Status, download
from bots.slack_faults import FAULTS, repeatable
from core.messages import File
from core.ports import Refused

# Of a file in a channel that is shared with another company an event tells the id alone.
BY_ID = "id:"
_LOGIN = (
    "Slack shows a page to log in instead of the file: the app lacks files:read. Add it under OAuth & "
    "Permissions and install it again"
)


def files_of(message: Mapping[str, Any]) -> tuple[File, ...]:
    """Return what is attached to a message of Slack's, and to those that it forwards."""
    told = [file for one in (message, *_forwarded(message)) for file in one.get("files") or []]
    return tuple(_file(file) for file in told if isinstance(file, dict))


def forwarded(message: Mapping[str, Any]) -> list[str]:
    """Return the words of the messages that a message forwards, in Slack's notation."""
    return [str(one["text"]) for one in _forwarded(message) if one.get("text")]


def _forwarded(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the messages that a message forwards; what it only links to the customer has named already."""
    found = [one for one in message.get("attachments") or [] if isinstance(one, dict)]
    return [one for one in found if one.get("is_share")]


def _file(file: dict[str, Any]) -> File:
    name = str(file.get("name") or file.get("title") or _UNNAMED.get(str(file.get("mode")), "a file"))
    return File(
        name,
        str(file.get("permalink") or ""),
        _kind(file),
        size if isinstance(size := file.get("size"), int) and size > 0 else 0,
        _source(file),
    )


def _kind(file: dict[str, Any]) -> str:
    """Return a file's media type; Slack calls what is recorded with its microphone a video."""
    kind = str(file.get("mimetype") or "")
    return kind.replace("video/", "audio/") if file.get("subtype") == "slack_audio" else kind


# What Slack does not tell the name of any more.
_UNNAMED = {"tombstone": "a deleted file", "hidden_by_limit": "a file that Slack no longer shows"}


def _source(file: dict[str, Any]) -> str:
    """Return where a file's bytes are; nothing where they are not Slack's, or not to be had."""
    if file.get("file_access") == "check_file_info":
        return BY_ID + str(file.get("id") or "")
    if file.get("is_external") or file.get("mode") in {"external", *_UNNAMED}:
        return ""
    return str(file.get("url_private_download") or file.get("url_private") or "")


class SlackFiles:
    """Gets files with the bot's token."""

    def __init__(
        self, client: AsyncWebClient, session: aiohttp.ClientSession, token: str, api_url: str
    ) -> None:
        self._client = client
        self._session = session
        self._secret = {"Authorization": f"Bearer {token}"}
        self._own = yarl.URL(api_url).origin()

    async def describe(self, file: File) -> File:
        """Return a file as Slack tells of it; see `Platform.describe`."""
        by_id = file.source.startswith(BY_ID)
        return await self._told(file.source.removeprefix(BY_ID)) if by_id else file

    async def fetch(self, file: File, most: int) -> bytes:
        """Return a file's bytes; see `Platform.fetch`."""
        if not file.source or file.source.startswith(BY_ID):
            raise Refused("Slack does not give the file to the bot")

        def judge(head: Head) -> None:
            if _is_login(head, file.kind):
                raise Refused(_LOGIN)

        try:
            return await download(self._session, file.source, most, self._is_ours, self._secret, judge)
        except Status as error:
            raise Refused(f"Slack: HTTP {error.status} for a file") from error

    async def _told(self, id: str) -> File:
        """Return a file as Slack tells of it when it is asked."""
        try:
            response = await self._client.files_info(file=id)
        except FAULTS as error:
            raise repeatable(error) from error
        found = response.get("file")
        return _file({**found, "file_access": "visible"} if isinstance(found, dict) else {})

    def _is_ours(self, url: yarl.URL) -> bool:
        """Say whether an address may be asked with the token: Slack's, or the one that is set as Slack's."""
        host = url.host or ""
        slacks = url.scheme == "https" and (host == "slack.com" or host.endswith(".slack.com"))
        return slacks or url.origin() == self._own


def _is_login(head: Head, kind: str) -> bool:
    """Say whether what comes is Slack's page to log in: with status 200, in the place of the file."""
    return head.kind == "text/html" and (kind.partition(";")[0] != "text/html" or not head.as_file)
