"""The routes, at the sandbox's prefix `/_/api/v1` and at production's `/api/v1`, over one and the same state."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from sandbox.engine import Refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request

    from sandbox.partner import Sandbox

    Endpoint = Callable[[Request], Awaitable[object]]


def build(sandbox: Sandbox) -> Starlette:
    routes = Routes(sandbox)
    api = [
        Route("/vm/available", routes.available),
        Route("/vm/recent-pulls", routes.recent),
        Route("/card/{item_id}", routes.card),
        Route("/vm/buy/init", routes.init, methods=["POST"]),
        Route("/vm/buy/status", routes.status, methods=["POST"]),
        Route("/inventory/{user_id}", routes.inventory),
        Route("/vm/buyback", routes.buyback, methods=["POST"]),
    ]
    return Starlette(
        routes=[
            Mount("/_/api/v1", routes=[_guarded(route, lambda key: key.startswith("sandbox-")) for route in api]),
            Mount("/api/v1", routes=[_guarded(route, lambda key: not key.startswith("sandbox-")) for route in api]),
            Route("/cards/{name}", routes.picture),
            Route("/packs/{name}", routes.picture),
        ]
    )


def _guarded(route: Route, valid: Callable[[str], bool]) -> Route:
    """The endpoint behind the check of the key; refusals become the documented envelope."""
    endpoint: Endpoint = route.endpoint

    async def answer(request: Request) -> Response:
        key = request.headers.get("X-API-Key", "")
        if not key or not valid(key):
            return JSONResponse({"error": "Invalid API key"}, 401)
        try:
            return JSONResponse(await endpoint(request))
        except Refusal as refusal:
            return JSONResponse({"error": refusal.text}, refusal.status)

    return Route(route.path, answer, methods=list(route.methods or ()))


async def _body(request: Request) -> Mapping[str, Any]:
    try:
        body = await request.json()
    except (json.JSONDecodeError, UnicodeDecodeError, ClientDisconnect):
        return {}
    return cast("dict[str, Any]", body) if isinstance(body, dict) else {}


class Routes:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.engine = sandbox.engine

    async def available(self, _request: Request) -> object:
        engine, answers = self.engine, self.sandbox.answers
        return [
            answers.pack(pack, engine.catalogue.cards_of(pack), engine.clock.now(), in_stock=engine.in_stock(pack))
            for pack in engine.catalogue.packs.values()
        ]

    async def recent(self, request: Request) -> object:
        query = request.query_params
        try:
            limit = min(max(int(query.get("limit", "20")), 1), 100)
        except ValueError:
            limit = 20
        return [self.sandbox.answers.recent(pull) for pull in self.engine.recent(query.getlist("claw_ids"), limit)]

    async def card(self, request: Request) -> object:
        return self.sandbox.answers.card(self.engine.card(request.path_params["item_id"]))

    async def init(self, request: Request) -> object:
        body = await _body(request)
        return self.sandbox.answers.init(self.engine.init(body.get("id"), body.get("amount"), body.get("user_id")))

    async def status(self, request: Request) -> object:
        return self.sandbox.answers.status(await self.engine.status((await _body(request)).get("session_id")))

    async def inventory(self, request: Request) -> object:
        user_id, engine = request.path_params["user_id"], self.engine
        items = [self.sandbox.answers.held(p, engine.price(p.card, p)) for p in engine.inventory(user_id)]
        return {"user_id": user_id, "items": items}

    async def buyback(self, request: Request) -> object:
        amount = await self.engine.sell((await _body(request)).get("item_id"))
        return {"success": True, "amount": amount / 100}

    async def picture(self, request: Request) -> Response:
        picture = await run_in_threadpool(self.sandbox.picture, request.url.path)
        if picture is None:
            return Response("Not Found", 404)
        return Response(picture, media_type="image/png", headers={"Cache-Control": "public, max-age=86400"})
