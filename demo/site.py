"""The demo's own routes: the page around the two panes, and its buttons."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from demo.gallery import COLOURS, avatar
from demo.world import FATES

if TYPE_CHECKING:
    from demo.simcord_hooks import Stage
    from demo.world import World

FILES = Path(__file__).with_name("page")


class Site:
    """Knows the world at once, and the stage as soon as there is one."""

    stage: Stage

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        files = [web.get(f"/{path.name}", self._file) for path in FILES.iterdir() if path.name != "index.html"]
        return [
            web.get("/", self._file),
            *files,
            web.get("/avatars/{name}.png", self._avatar),
            web.get("/demo/state", self._state),
            web.post("/demo/restart", self._restart),
            web.post("/demo/partner/{position:up|down}", self._partner),
            web.post(f"/demo/next-order/{{fate:{'|'.join(FATES)}}}", self._next_order),
        ]

    async def _file(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(FILES / (request.path.strip("/") or "index.html"))

    async def _avatar(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in COLOURS:
            raise web.HTTPNotFound
        return web.Response(body=avatar(name), content_type="image/png")

    async def _state(self, _request: web.Request | None = None) -> web.Response:
        world = self._world
        packs, moderators = world.channels
        return web.json_response(
            {
                "capability": self.stage.capability,
                "people": [
                    {
                        "id": str(person.id),
                        "name": person.name.title(),
                        "role": "moderator" if person.name == "mod" else "member",
                        "channels": [
                            {"id": str(channel.id), "name": channel.name}
                            for channel in ((packs, moderators) if person.name == "mod" else (packs,))
                        ],
                    }
                    for person in world.people
                ],
                "restarts": world.restarts,
                "partner": "down" if world.partner.down else "up",
                "nextOrder": world.next_order,
                "purchases": len(world.partner.ledger.purchases),
                "sales": len(world.partner.ledger.sales),
            }
        )

    async def _restart(self, _request: web.Request) -> web.Response:
        async with self.stage.lock:
            await self._world.restart()
        return await self._state()

    async def _partner(self, request: web.Request) -> web.Response:
        self._world.partner.down = request.match_info["position"] == "down"
        return await self._state()

    async def _next_order(self, request: web.Request) -> web.Response:
        self._world.next_order = request.match_info["fate"]
        return await self._state()
