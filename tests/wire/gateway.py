"""The gateway: sessions that outlive their connections, and the events that each has still to get."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import time
import zlib
from collections import deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.wire.model import Guild
    from tests.wire.world import World

log = logging.getLogger(__name__)

HEARTBEAT_MS = 41_250
RESUMABLE = 120.0
"""Seconds for which a lost connection can be resumed."""
REPLAYED = 2_000
"""How many events a session keeps for a resume."""
DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID_SESSION, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11


class Connection:
    """One websocket, compressed as its client asked for. Sending never waits, so that events keep their order."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket, self._request = socket, request
        self._deflate = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None
        self._out: asyncio.Queue[str] = asyncio.Queue()

    def send(self, op: int, data: Any = None, **more: Any) -> None:
        self._out.put_nowait(json.dumps({"op": op, "d": data, **more}))

    async def pump(self) -> None:
        """Sends what was queued, until it is cancelled or the client is gone."""
        while not self.socket.closed:
            text = await self._out.get()
            if self._deflate is None:
                await self.socket.send_str(text)
            else:
                # Discord ends each event with a sync flush.
                packed = self._deflate.compress(text.encode()) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
                await self.socket.send_bytes(packed)

    def cut(self) -> None:
        """The line goes dead: no close frame."""
        if self._request.transport is not None:
            self._request.transport.abort()


class Session:
    """What an IDENTIFY begins. Several may hold the same shard; each gets that shard's events."""

    def __init__(self, token: str, shard: tuple[int, int]) -> None:
        self.id = secrets.token_hex(16)
        self.token = token
        self.shard, self.count = shard
        self.connection: Connection | None = None
        self.lost_at = time.monotonic()
        self.resumes = 0
        self._seq = 0
        self._sent: deque[tuple[int, str, Any]] = deque(maxlen=REPLAYED)

    @property
    def label(self) -> str:
        """What follows the first dot of its token: which bot process it is."""
        return self.token.partition(".")[2]

    @property
    def live(self) -> bool:
        return self.connection is not None

    def holds(self, guild: Guild) -> bool:
        return (guild.id >> 22) % self.count == self.shard

    def dispatch(self, event: str, data: Any) -> None:
        """Sends an event now or, if the connection is lost, when the session is resumed."""
        self._seq += 1
        self._sent.append((self._seq, event, data))
        if self.connection is not None:
            self.connection.send(DISPATCH, data, s=self._seq, t=event)

    def resume(self, connection: Connection, after: int) -> None:
        self.connection = connection
        self.resumes += 1
        for seq, event, data in self._sent:
            if seq > after:
                connection.send(DISPATCH, data, s=seq, t=event)
        self.dispatch("RESUMED", {})


class Gateway:
    """All sessions, and what a test may do to them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.sessions: list[Session] = []
        self._open = asyncio.Event()
        self._open.set()

    def live(self, label: str | None = None) -> list[Session]:
        """Connected sessions: those of the bot with that label, or all."""
        return [one for one in self.sessions if one.live and label in {None, one.label}]

    def dispatch(self, guild: Guild, event: str, data: Any) -> None:
        """An event of a server, to each session that holds its shard."""
        old = time.monotonic() - RESUMABLE
        self.sessions = [one for one in self.sessions if one.live or one.lost_at > old]
        for session in self.sessions:
            if session.holds(guild):
                session.dispatch(event, data)

    def cut(self) -> None:
        """Every connection dies without a word; the sessions can be resumed."""
        for session in self.live():
            self._lose(session)

    @asynccontextmanager
    async def cut_off(self) -> AsyncGenerator[None]:
        """Every connection dies, and none is accepted until the end of the block."""
        self._open.clear()
        self.cut()
        try:
            yield
        finally:
            self._open.set()

    def reconnect(self) -> None:
        """Asks each client to connect again and resume (op 7)."""
        for session in self.live():
            assert session.connection is not None
            session.connection.send(RECONNECT)

    def invalidate(self) -> None:
        """Ends every session (op 9): the clients have to identify again."""
        for session in self.live():
            assert session.connection is not None
            session.connection.send(INVALID_SESSION, data=False)
        self.sessions.clear()

    def _lose(self, session: Session) -> None:
        if session.connection is not None:
            session.connection.cut()
        session.connection, session.lost_at = None, time.monotonic()
        self._world.changed()

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        if request.query.get("compress") not in {None, "zlib-stream"}:
            raise web.HTTPBadRequest(text="only zlib-stream is spoken here: uninstall zstandard")
        await self._open.wait()
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        connection = Connection(socket, request)
        pump = asyncio.create_task(connection.pump())
        connection.send(HELLO, {"heartbeat_interval": HEARTBEAT_MS})
        session: Session | None = None
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    session = self._take(connection, session, json.loads(frame.data))
        finally:
            pump.cancel()
            await asyncio.gather(pump, return_exceptions=True)
            if session is not None and session.connection is connection:
                self._lose(session)
                if socket.close_code in {1000, 1001} and session in self.sessions:
                    self.sessions.remove(session)  # a proper goodbye ends the session
        return socket

    def _take(self, connection: Connection, session: Session | None, message: dict[str, Any]) -> Session | None:
        data = message["d"]
        match message["op"]:
            case 1:
                connection.send(ACK)
            case 2:
                return self._identify(connection, data)
            case 6:
                for known in self.sessions:
                    if known.id == data["session_id"] and known.token == data["token"]:
                        known.resume(connection, data["seq"])
                        self._world.changed()
                        return known
                connection.send(INVALID_SESSION, data=False)
            case _:
                log.info("the gateway does nothing with op %s", message["op"])
        return session

    def _identify(self, connection: Connection, data: dict[str, Any]) -> Session:
        world = self._world
        session = Session(data["token"], tuple(data.get("shard", (0, 1))))
        session.connection = connection
        self.sessions.append(session)
        mine = [guild for guild in world.guilds.values() if session.holds(guild)]
        ready = {
            "v": 10,
            "user": {**world.me.user(), "bot": True},
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in mine],
            "session_id": session.id,
            "resume_gateway_url": f"{world.url.replace('http', 'ws')}/resume",
            "shard": [session.shard, session.count],
            "application": {"id": str(world.me.id), "flags": 0},
        }
        session.dispatch("READY", ready)
        for guild in mine:
            session.dispatch("GUILD_CREATE", world.guild_payload(guild))
        world.changed()
        return session
