"""Every private part of SimCord that the demo leans on: its preview is made for one scenario and one look at it.

The version is pinned in pyproject.toml, and the browser test notices when one of these has moved.
"""
# Private parts are what this module is about:
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, cast
from zoneinfo import ZoneInfo

from aiohttp import web
from simcord import SetupError
from simcord.preview import Preview, _server
from simcord.preview._server import PreviewServer, _read_json_body

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcord import Env
    from simcord.actors import MemberActor
    from simcord.builders import ChannelHandle

log = logging.getLogger(__name__)
TICK = 0.25
"""Seconds between two steps of the simulation's clock."""
SCRIPTS = {
    # Each pane says in its address whose page it wants, in which channel and time zone.
    "/app.js": [
        (
            'request("/api/pages", "POST", {}, null)',
            'request("/api/pages", "POST", Object.fromEntries(new URLSearchParams(location.search)), null)',
        )
    ],
    "/commands.js": [
        # Suggestions come as soon as an option is focused, and a chosen one is shown by its name.
        (
            'const current = String(field.value || "");',
            """if (value?.label) { clearPopup(); return; }
            const current = String(field.value || "");
            queryAutocomplete(option, current);""",
        ),
        # Enter sends a command that has all it needs, although there are options that it could be given.
        (
            "if (active instanceof HTMLElement) {",
            'if (active instanceof HTMLElement && !active.querySelector(".command-suggestion-ellipsis")) {',
        ),
        ('String(value?.raw ?? "");', 'String(value?.label ?? value?.raw ?? "");'),
    ],
}
"""What is changed in the preview's own scripts, (its text, ours): there they are less like Discord."""
STYLES = '<link rel="stylesheet" href="/pane.css"><script type="module" src="/pane.js"></script>'


def run_in_real_time(env: Env) -> None:
    """The simulation begins now, not on its own first of January, and looks every 2 ms whether the bot is done."""
    env.backend.clock._epoch = datetime.now(UTC)
    defaults: dict[str, Any] | None = env._settle_internal.__func__.__kwdefaults__
    assert defaults is not None
    defaults["idle"] = 0.002


def dress_bot(env: Env, name: str) -> None:
    """SimCord calls every bot TestBot, and gives it no picture."""
    env.backend.bot_user.name = name
    env.backend.bot_user.avatar = name.lower()


def let_presses_edit(env: Env) -> None:
    """On Discord a press may edit the message that it was on, also when it was answered by another message."""

    def allow(interaction: Any) -> None:
        if interaction.source_message_id is not None:
            interaction.followup_ids.append(interaction.source_message_id)

    env._register_dispatch_observer(allow)


class Stage(Preview):
    """The preview with a page for each person and channel, all at one address."""

    def __init__(
        self,
        env: Env,
        channels: Sequence[ChannelHandle],
        people: Sequence[MemberActor],
        *,
        pictures: Any,
        port: int,
        site: Sequence[web.RouteDef],
    ) -> None:
        super().__init__(
            env, channels[0], tuple(people), layout="channel", display="responsive", width=960, height=720,
            locale="en-US", timezone="UTC", presentation_time=None, assets=None, port=port,
        )  # fmt: skip
        self._channels = {channel.id: channel for channel in channels}
        # A mapping whose `get` draws the picture: the public argument takes bytes that are there already.
        self._explicit_assets = pictures
        self._server = Server(self, port, site)
        self.lock = asyncio.Lock()
        """Held by whoever works on the simulation: it does one thing at a time."""

    async def _action(self, context_id: str | None, body: Any) -> dict[str, Any]:
        """No press is turned away because the picture behind it was a moment old, or the clock was just ticking."""
        async with self.lock:
            page = self._get_page(context_id)
            self.channel = self._channels[page.channel_id]
            if isinstance(body, Mapping):
                body = {
                    **cast("Mapping[str, Any]", body),
                    "published_revision": page.revision,
                    "bot_generation": self.env._generation,
                }
            return await super()._action(context_id, body)

    async def _prepare_asset(self, context_id: str | None, asset_id: str, **_how: object) -> tuple[str, bytes, str]:
        """Our own pictures needn't be decoded and checked in another process first: they are there at once."""
        _, record, picture = self._authorized_asset(context_id, asset_id)
        return record.contentType, picture, record.filename

    def open_page(self, viewer_id: str, channel_id: str) -> dict[str, Any]:
        """A page of that person in that channel, as the preview's script wants it."""
        before, self.channel = self.channel, self._channels[int(channel_id)]
        try:
            return self._page_payload(self._open_page(viewer_id))
        finally:
            self.channel = before

    async def keep_time(self) -> None:
        """Lets the simulation's time pass as the real one does, and shows what the bot did meanwhile."""
        shown = 0
        while True:
            await asyncio.sleep(TICK)
            async with self.lock:
                # Measured against the real clock each time: what a slow press took away or added evens out.
                passed = (datetime.now(UTC) - self.env.now()).total_seconds()
                try:
                    if passed > 0:
                        await self.env.advance_time(passed)
                    if (now := len(self.env.backend.transcript)) != shown:
                        await self.refresh()
                        shown = now
                except (TimeoutError, SetupError) as error:
                    log.warning("the demo's clock stumbled: %s", str(error))


class Server(PreviewServer):
    """The preview's own routes, with the demo's beside them: one address for all."""

    _SECURITY_HEADERS: ClassVar = {
        **PreviewServer._SECURITY_HEADERS,
        "X-Frame-Options": "SAMEORIGIN",
        "Content-Security-Policy": PreviewServer._SECURITY_HEADERS["Content-Security-Policy"].replace(
            "frame-ancestors 'none'", "frame-ancestors 'self'"
        ),
    }
    _STATIC_FILES: ClassVar = {**PreviewServer._STATIC_FILES, "/pane": "index.html"}

    def __init__(self, stage: Stage, port: int, site: Sequence[web.RouteDef]) -> None:
        super().__init__(stage, port)
        self._stage, self._site = stage, site

    async def start(self) -> None:
        """As the original, which has its router closed before anybody can add to it."""
        _server.web = web  # the original's start() leaves it there for its handlers
        app = web.Application(middlewares=[self._loopback], handler_args={"handler_cancellation": False})
        app.add_routes([web.get(path, self._static) for path in self._STATIC_FILES if path != "/"])
        app.add_routes(
            [
                web.post("/api/pages", self._pages),
                web.delete("/api/pages/{context_id}", self._delete_page),
                web.get("/api/state", self._state),
                web.get("/api/commands", self._commands),
                web.get("/api/action-result", self._action_result),
                web.post("/api/action", self._action),
                web.get("/api/assets/{asset_id}", self._asset),
                *self._site,
            ]
        )
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self.runner.setup()
        try:
            await self._listen(self._requested_port)
        except OSError:
            await self._listen(0)

    async def _listen(self, port: int) -> None:
        site = web.TCPSite(self.runner, "127.0.0.1", port)
        await site.start()
        self.port = self.runner.addresses[0][1]

    @web.middleware
    async def _loopback(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Other sites that the browser visits get nothing, and can press nothing."""
        hosts = self._allowed_hosts()
        origin = request.headers.get("Origin")
        if request.host not in hosts or (origin and origin.removeprefix("http://") not in hosts):
            raise web.HTTPForbidden
        response = await handler(request)
        response.headers.update(self._SECURITY_HEADERS)
        if request.path.startswith("/fonts/"):  # 25 MB, which every pane wants
            del response.headers["Pragma"]
            response.headers["Cache-Control"] = "max-age=86400"
        return response

    async def _static(self, request: web.Request) -> web.Response:
        answer: web.Response = await super()._static(request)
        changes = [("</head>", f"{STYLES}</head>")] if request.path == "/pane" else SCRIPTS.get(request.path, [])
        for theirs, ours in changes:
            text = str(answer.text)
            assert text.count(theirs) == 1, f"SimCord's {request.path} has changed: {theirs}"
            answer.text = text.replace(theirs, ours)
        return answer

    async def _pages(self, request: web.Request) -> web.Response:
        """As the original, for the person and channel of the pane's address, in the browser's time zone."""
        if not self._authorized(request):
            raise web.HTTPUnauthorized
        wanted = await _read_json_body(request)
        try:
            self._stage.timezone = ZoneInfo(wanted["timezone"]).key
            return web.json_response(self._stage.open_page(wanted["viewer"], wanted["channel"]))
        except (KeyError, ValueError, SetupError) as error:
            raise web.HTTPBadRequest(text=str(error)) from None
