"""Answers that come without a token: in the acknowledgement of a command, or through a response URL."""

import json
from http import HTTPStatus

from aiohttp import web

from bot.demo.slack_calls import ApiError, Back, Content, Params, read_content
from bot.demo.slack_faults import Fault, Faults, Silence
from bot.demo.slack_permits import Refused, ResponseUrl
from bot.demo.slack_workspace import Json, Message

FAULT_NAME = "response_url"


class Responses:
    """Answers `/response/{key}`."""

    def __init__(self, *, back: Back, faults: Faults, silence: Silence) -> None:
        self._back = back
        self._faults = faults
        self._silence = silence
        self.bodies: list[Json] = []
        """Everything that was posted to response URLs so far."""

    async def serve(self, request: web.Request) -> web.Response:
        """One use: `ok` as text, or an error as JSON. Statuses of errors are not documented by Slack."""
        fault = self._faults.take(FAULT_NAME)
        text = await request.text()
        if fault is None or fault.effective:
            response = self._use(request.match_info["key"], text)
        if fault is None:
            return response
        if fault.spoils:
            response = _failed(fault)
        await self._silence(fault.delay)
        if fault.drop is not None and request.transport is not None:
            request.transport.close()
        return response

    def _use(self, key: str, text: str) -> web.Response:
        try:
            body: Json = json.loads(text)
            self.bodies.append(body)
            self.answer(self._back.permits.use(key), body)
        except ValueError:
            return web.json_response({"ok": False, "error": "invalid_payload"}, status=HTTPStatus.BAD_REQUEST)
        except Refused as refused:
            return web.json_response({"ok": False, "error": refused.error}, status=HTTPStatus.NOT_FOUND)
        except ApiError as error:
            answer = {"ok": False, "error": error.error, **error.fields}
            return web.json_response(answer, status=HTTPStatus.BAD_REQUEST)
        return web.Response(text="ok")

    def answer(self, url: ResponseUrl, body: Json) -> None:
        """Post, replace or delete as the body says; raises ApiError for contents Slack refuses."""
        params = Params(body)
        workspace = self._back.workspace
        original = None
        if url.original is not None:
            channel, ts = url.original
            original = workspace.messages.get((workspace.address(channel), ts))
        if params.flag("delete_original"):
            if original is not None:
                self._back.workspace.delete(original, via=url.key)
            return
        content = read_content(self._back, params)
        if content.empty:
            raise ApiError("no_text")
        if params.flag("replace_original") and original is not None:
            self._replace(url, original, content)
        else:
            self._post(url, params, content)

    def _replace(self, url: ResponseUrl, original: Message, content: Content) -> None:
        self._back.workspace.rewrite(
            original, text=content.text, blocks=content.blocks, attachments=content.attachments, via=url.key
        )

    def _post(self, url: ResponseUrl, params: Params, content: Content) -> None:
        public = params.text("response_type") == "in_channel"
        channel = self._back.workspace.address(url.channel)
        if channel not in self._back.workspace.channels:
            raise ApiError("channel_not_found")
        message = self._back.workspace.post(
            channel,
            self._back.workspace.bot,
            content.text,
            blocks=content.blocks,
            attachments=content.attachments,
            ephemeral_to=None if public else url.user,
            thread_ts=params.text("thread_ts") or None,
            via=url.key,
        )
        if url.of_command:
            url.original = message.key


def _failed(fault: Fault) -> web.Response:
    answer = {"ok": False, "error": fault.error or "internal_error"}
    return web.json_response(answer, status=fault.status or HTTPStatus.OK)
