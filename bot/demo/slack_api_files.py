"""Uploads: an address is handed out, bytes are posted to it, completion shares the file."""

from dataclasses import dataclass, field
from urllib.parse import quote

from aiohttp import web

from bot.demo.slack_calls import ApiError, Back, Handler, Params, read_content
from bot.demo.slack_workspace import Channel, ChannelId, Json, Kind

MOST_CHANNELS = 100
LARGEST = 1_000_000_000
"""Bytes, as in the plans that can be bought."""
_PIECE = 1 << 16
_KINDS = {
    "csv": "text/csv",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "json": "application/json",
    "png": "image/png",
    "zip": "application/zip",
}


@dataclass(slots=True, kw_only=True)
class File:
    """A file on its way or arrived; `content` is None until the bytes were posted."""

    id: str
    name: str
    length: int
    title: str = ""
    content: bytearray | None = None
    complete: bool = False
    looks: int = 0
    """How often `files.info` was asked since completion."""
    shares: dict[ChannelId, str] = field(default_factory=dict)
    """Channel to the `ts` of the message that shows the file."""


class Files:
    """All files of the workspace and the methods that handle them."""

    def __init__(self) -> None:
        self.files: dict[str, File] = {}
        self.largest = LARGEST
        """A team can restrict uploads to less."""
        self.scanned_after = 1
        """So many looks at a completed file still find it being scanned, without type and shares."""

    def routes(self) -> list[web.RouteDef]:
        """Where bytes are posted to, and where people get them."""
        return [web.post("/upload/{file}", self.receive), web.get("/files/{file}/{name}", self.download)]

    def upload_url(self, back: Back, params: Params) -> Json:
        """`files.getUploadURLExternal`."""
        name, length = params.needed("filename"), params.number("length", 0)
        if length <= 0:
            raise ApiError("missing_argument")
        if length > self.largest:
            raise ApiError("file_upload_size_restricted")
        file = File(id=back.workspace.next_id("F"), name=name, length=length)
        self.files[file.id] = file
        return {"file_id": file.id, "upload_url": f"{back.origin()}/upload/{file.id}"}

    async def receive(self, request: web.Request) -> web.Response:
        """Take the bytes of an upload as they come; 400 if the address or the length is wrong."""
        file = self.files.get(request.match_info["file"])
        if file is None or file.complete:
            raise web.HTTPBadRequest
        content = bytearray()
        async for piece in request.content.iter_chunked(_PIECE):
            content += piece
            if len(content) > file.length:
                raise web.HTTPBadRequest
        if len(content) != file.length:
            raise web.HTTPBadRequest
        file.content = content
        return web.Response(text=f"OK - {len(content)}")

    async def download(self, request: web.Request) -> web.Response:
        """A completed file, to be saved under its name."""
        file = self.files.get(request.match_info["file"])
        if file is None or not file.complete or file.content is None:
            raise web.HTTPNotFound
        return web.Response(
            body=file.content,
            content_type=_mime(file),
            headers={
                "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
                "X-Content-Type-Options": "nosniff",
            },
        )

    def complete(self, back: Back, params: Params) -> Json:
        """`files.completeUploadExternal`: once per file; sharing needs the bot in the channel."""
        wanted = params.structure("files")
        if not isinstance(wanted, list) or not wanted:
            raise ApiError("invalid_arguments")
        files = [self._uploaded(item) for item in wanted]
        named = params.text("channels") or params.text("channel_id")
        channels = [_channel_to_share_in(back, channel) for channel in named.split(",") if channel]
        thread = params.text("thread_ts") or None
        if len(channels) > MOST_CHANNELS:
            raise ApiError("too_many_channels")
        if thread is not None and (len(channels) != 1 or (channels[0].id, thread) not in back.workspace.messages):
            raise ApiError("invalid_arguments")
        content = read_content(back, Params({**params.given, "text": params.text("initial_comment")}))
        for file, item in zip(files, wanted, strict=True):
            file.complete, file.title = True, str(item.get("title") or file.name)
        for channel in channels:
            message = back.workspace.post(
                channel.id,
                back.workspace.bot,
                content.text,
                blocks=content.blocks,
                thread_ts=thread,
                files=[_payload(back, file) for file in files],
            )
            for file in files:
                file.shares[channel.id] = message.ts
        return {"files": [{"id": file.id, "title": file.title} for file in files]}

    def info(self, back: Back, params: Params) -> Json:
        """`files.info`: type and shares are missing until the file has been scanned."""
        file = self.files.get(params.needed("file", "file_not_found"))
        if file is None or not file.complete:
            raise ApiError("file_not_found")
        file.looks += 1
        shown = _payload(back, file)
        if file.looks <= self.scanned_after:
            return {"file": shown | {"mimetype": "", "filetype": ""}}
        shares: dict[str, Json] = {}
        for channel, ts in file.shares.items():
            shown_in = back.workspace.channels.get(back.workspace.address(channel))
            if shown_in is None:
                continue
            public = shown_in.kind is Kind.PUBLIC
            shares.setdefault("public" if public else "private", {})[shown_in.id] = [{"ts": ts}]
        return {"file": shown | {"shares": shares}}

    def handlers(self) -> dict[str, Handler]:
        """The methods by name."""
        return {
            "files.completeUploadExternal": self.complete,
            "files.getUploadURLExternal": self.upload_url,
            "files.info": self.info,
        }

    def _uploaded(self, item: Json) -> File:
        file = self.files.get(str(item.get("id")))
        if file is None or file.content is None or file.complete:
            raise ApiError("file_not_found")
        return file


def _channel_to_share_in(back: Back, channel_id: str) -> Channel:
    """A conversation by its own id: that of a person does not do here, unlike with messages."""
    channel = back.workspace.channels.get(ChannelId(channel_id))
    member = channel is not None and back.workspace.bot in channel.members
    if channel is None or (channel.kind is not Kind.PUBLIC and not member):
        raise ApiError("channel_not_found")
    if not member:
        raise ApiError("not_in_channel")
    if channel.is_archived:
        raise ApiError("is_archived")
    return channel


def _payload(back: Back, file: File) -> Json:
    address = f"{back.origin()}/files/{file.id}/{quote(file.name, safe='')}"
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "size": file.length,
        "filetype": file.name.rpartition(".")[2].lower(),
        "mimetype": _mime(file),
        "url_private": address,
        "url_private_download": address,
        "permalink": address,
    }


def _mime(file: File) -> str:
    return _KINDS.get(file.name.rpartition(".")[2].lower(), "text/plain")
