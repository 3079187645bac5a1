"""Files which people attach to messages in the simulated Discord, and the addresses to fetch them from."""

import mimetypes
import re
import secrets
import time
from dataclasses import dataclass, field

from aiohttp import web

from tests.simulators.discord_api import Asked, Routes
from tests.simulators.discord_world import Message, Payload, World, shape

FILES = "/attachments"
IS_VOICE_MESSAGE = 1 << 13
_GONE = "This content is no longer available."


@dataclass(frozen=True)
class Upload:
    """A file which somebody attaches; Discord guesses its type from the name, where none is given."""

    name: str
    data: bytes
    content_type: str | None = None
    more: Payload = field(default_factory=dict)
    """What else Discord tells of it: of a voice message `duration_secs` and `waveform`."""


class Files:
    """Keeps what was attached and hands it to whoever knows its address, until that expires."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.url = ""
        self.lifetime = 86_400.0
        self._kept: dict[int, Upload] = {}
        self._owners: dict[int, Message] = {}
        world.freshen = self.freshen

    def routes(self) -> Routes:
        return [("GET", FILES + "/{channel}/{file}/{name}", self._fetch)]

    def attach(self, message: Message, uploads: list[Upload]) -> None:
        """Put files into a message which nobody has been told of yet."""
        for upload in uploads:
            file_id = self.world.next_id()
            self._kept[file_id], self._owners[file_id] = upload, message
            # Discord writes a name anew for the address, and keeps what it was as a title.
            name = re.sub(r"[^A-Za-z0-9._-]+", "_", upload.name)
            shown = shape("attachment", id=str(file_id), filename=name, size=len(upload.data))
            if name != upload.name:
                shown["title"] = upload.name.rpartition(".")[0] or upload.name
            kind = upload.content_type or mimetypes.guess_type(name)[0]
            if kind is not None:
                shown["content_type"] = kind
            message.payload["attachments"].append(shown | upload.more)
            if "waveform" in upload.more:
                message.payload["flags"] |= IS_VOICE_MESSAGE
        self.freshen(message.payload)

    def freshen(self, payload: Payload) -> None:
        """Sign a message's addresses anew, as Discord does whenever it shows the message."""
        expires = int(time.time() + self.lifetime)
        for shown in payload["attachments"]:
            file_id = int(shown["id"])
            if file_id in self._kept:
                path = f"{payload['channel_id']}/{file_id}/{shown['filename']}"
                query = f"ex={expires:x}&is={int(time.time()):x}&hm={secrets.token_hex(32)}&"
                shown["url"] = shown["proxy_url"] = f"{self.url}{FILES}/{path}?{query}"

    def _fetch(self, asked: Asked) -> web.Response:
        kept, owner = self._kept.get(asked.number("file")), self._owners.get(asked.number("file"))
        expires = int(asked.query.get("ex") or "0", 16)
        deleted = owner is None or owner.id not in self.world.messages
        if kept is None or deleted or expires <= time.time():
            return web.Response(status=404, text=_GONE)
        kind = kept.content_type or mimetypes.guess_type(kept.name)[0] or "application/octet-stream"
        return web.Response(body=kept.data, headers={"Content-Type": kind})
