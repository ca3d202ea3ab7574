"""Answers to interactions, and the webhook that each interaction's token opens for fifteen minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.wire import rules
from tests.wire.model import EPHEMERAL, LOADING, Answer, Interaction, Message
from tests.wire.rules import ApiError, error, invalid

if TYPE_CHECKING:
    from aiohttp import web

    from tests.wire.rest import Call, Rest
    from tests.wire.world import World

TOKEN_LIVES = 15 * 60 * 1000
COMMAND, COMPONENT, AUTOCOMPLETE, FORM = 2, 3, 4, 5
"""Types of interactions."""
MESSAGE, THINKING, LATER_EDIT, EDIT, CHOICES, SHOW_FORM = 4, 5, 6, 7, 8, 9
"""Types of answers."""


def routes(world: World, rest: Rest) -> list[web.RouteDef]:
    hooks = Webhooks(world)
    one = "/webhooks/{app}/{token}/messages/{message}"
    return [
        rest.route("POST", "/interactions/{id}/{token}/callback", hooks.callback, bot_only=False),
        rest.route("POST", "/webhooks/{app}/{token}", hooks.follow_up, bot_only=False),
        rest.route("GET", one, hooks.fetch, bot_only=False),
        rest.route("PATCH", one, hooks.edit, bot_only=False),
        rest.route("DELETE", one, hooks.delete, bot_only=False),
    ]


class Webhooks:
    def __init__(self, world: World) -> None:
        self._world = world

    def callback(self, call: Call, id: str, token: str) -> Any:  # noqa: A002 - the path's name
        interaction = self._world.interactions.get(token)
        if interaction is None or str(interaction.id) != id:
            raise error(10062)
        try:
            return self._first_answer(interaction, call)
        except ApiError as refusal:
            interaction.refused.append(refusal.code)
            interaction.changed()
            raise

    def _first_answer(self, interaction: Interaction, call: Call) -> Any:
        if interaction.answer is not None:
            raise error(40060)
        if self._world.clock.now() - interaction.born > self._world.patience * 1000:
            raise error(10062)
        kind: int = call.body["type"]
        data: dict[str, Any] = call.body.get("data") or {}
        self._check(interaction, kind, data)
        if kind in {MESSAGE, THINKING}:
            message = interaction.original = self._world.new_message(interaction.channel, owner=interaction.user)
            message.flags = (data.get("flags") or 0) & EPHEMERAL
            if kind == THINKING:
                message.flags |= LOADING
                message.history.append([])
            else:
                message.write(data)
        elif kind in {LATER_EDIT, EDIT}:
            interaction.original = interaction.source
            if kind == EDIT and interaction.source is not None:
                interaction.source.write(data, self._world.clock.now())
        interaction.answer = Answer(kind, data)
        interaction.changed()
        return _resource(interaction, kind) if call.query.get("with_response") in {"1", "true"} else None

    @staticmethod
    def _check(interaction: Interaction, kind: int, data: dict[str, Any]) -> None:
        asked = interaction.payload["type"]
        fits = {
            MESSAGE: asked != AUTOCOMPLETE,
            THINKING: asked != AUTOCOMPLETE,
            LATER_EDIT: asked in {COMPONENT, FORM} and interaction.source is not None,
            EDIT: asked in {COMPONENT, FORM} and interaction.source is not None,
            CHOICES: asked == AUTOCOMPLETE,
            SHOW_FORM: asked in {COMMAND, COMPONENT},
        }
        if not fits.get(kind):
            raise invalid("type", f"An interaction of type {asked} isn't answered with {kind}.")
        match kind:
            case 4:
                rules.check_message(data)
            case 5:
                rules.check_deferral(data)
            case 7:
                assert interaction.source is not None
                rules.check_message(data, interaction.source.flags, new=False)
            case 8:
                rules.check_choices(data)
            case 9:
                rules.check_form(data)
            case _:
                pass

    def _by(self, token: str) -> Interaction:
        interaction = self._world.interactions.get(token)
        if interaction is None or interaction.answer is None:
            raise error(10015)
        if self._world.clock.now() - interaction.born > TOKEN_LIVES:
            raise error(50027)
        return interaction

    def _message(self, token: str, message: str) -> Message:
        found = self._by(token).reach(message)
        if found is None:
            raise error(10008)
        return found

    def follow_up(self, call: Call, app: str, token: str) -> Any:
        interaction = self._by(token)
        data = call.body
        rules.check_message(data)
        first = interaction.original
        if first is not None and first.loading and not first.deleted:
            # Until the deferred answer has a text, a follow-up is taken for it: also its privacy is the deferral's.
            first.write({**data, "flags": (data.get("flags") or 0) & ~EPHEMERAL}, self._world.clock.now())
            return first.payload()
        message = self._world.new_message(interaction.channel, owner=interaction.user)
        interaction.followups.append(message)
        message.write(data)
        interaction.changed()
        return message.payload()

    def fetch(self, call: Call, app: str, token: str, message: str) -> Any:
        return self._message(token, message).payload()

    def edit(self, call: Call, app: str, token: str, message: str) -> Any:
        found = self._message(token, message)
        rules.check_message(call.body, found.flags, new=False)
        found.write({**call.body, "flags": (call.body.get("flags") or 0) & ~EPHEMERAL}, self._world.clock.now())
        return found.payload()

    def delete(self, call: Call, app: str, token: str, message: str) -> None:
        self._message(token, message).delete()


def _resource(interaction: Interaction, kind: int) -> dict[str, Any]:
    about: dict[str, Any] = {"id": str(interaction.id), "type": interaction.payload["type"]}
    resource: dict[str, Any] = {"type": kind}
    message = interaction.original
    if message is not None:
        about["response_message_id"] = str(message.id)
        about["response_message_loading"] = message.loading
        about["response_message_ephemeral"] = message.ephemeral
        if kind != LATER_EDIT:
            resource["message"] = message.payload()
    return {"interaction": about, "resource": resource}
