"""The migrations make the schema of `bot/store/tables`, word for word, on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from alembic import command
from sqlalchemy import Connection, select, text

from bot.domain.purchase import STEPS
from bot.store.engine import Store
from bot.store.migrate import config, revisions, upgrade
from bot.store.tables import metadata, purchase_steps

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PARTS = {
    "columns": """
        SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "comments": """
        SELECT relname, obj_description(oid) FROM pg_class WHERE relnamespace = 'public'::regnamespace""",
}


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """One of its own, since its schema is taken apart."""
    return request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "new_pg_url")


async def alembic(store: Store, step: Callable[..., Any], *args: str) -> None:
    def run(connection: Connection) -> None:
        chosen = config()
        chosen.attributes["connection"] = connection
        step(chosen, *args)

    async with store.write() as conn:
        await conn.run_sync(run)


async def schema(store: Store) -> dict[str, set[tuple[Any, ...]]]:
    """All that the database itself says of its tables, but Alembic's own."""
    if store.is_sqlite:
        async with store.read() as conn:
            rows = await conn.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
            return {name: {tuple(sorted(clauses(sql)))} for name, sql in rows if name != "alembic_version"}
    found: dict[str, set[tuple[Any, ...]]] = {}
    async with store.read() as conn:
        for part, query in PARTS.items():
            rows = await conn.execute(text(query))
            found[part] = {tuple(row) for row in rows if "alembic_version" not in str(row[0])}
            found[part] -= {row for row in found[part] if "alembic_version" in str(row)}
    return found


def clauses(sql: str) -> list[str]:
    """The columns and constraints of a CREATE, whose order doesn't matter."""
    parts: list[str] = []
    depth = start = 0
    body = sql.rstrip().removesuffix(")")
    for at, char in enumerate(body):
        depth += (char == "(") - (char == ")")
        if depth == 1 and char in "(,":
            parts.append(body[start:at])
            start = at + 1
    return [" ".join(part.split()) for part in (*parts, body[start:])]


async def steps(store: Store) -> set[tuple[str, str]]:
    async with store.read() as conn:
        return {(before, after) for before, after in await conn.execute(select(purchase_steps))}


async def test_up_and_down_and_up_again(store: Store):
    await alembic(store, command.check)
    await alembic(store, command.downgrade, "base")
    assert (await revisions(store))[0] is None
    await upgrade(store)
    await alembic(store, command.check)
    current, newest = await revisions(store)
    assert current == newest is not None
    assert await steps(store) == {(str(before), str(after)) for before, after in STEPS}


async def test_down_takes_everything_away(store: Store):
    await alembic(store, command.downgrade, "base")
    left = await schema(store)
    assert left == ({} if store.is_sqlite else {part: set() for part in PARTS})


async def test_steps_are_the_domains(store: Store):
    assert await steps(store) == {(str(before), str(after)) for before, after in STEPS}


async def make(store: Store) -> None:
    async with store.write() as conn:
        await conn.run_sync(metadata.create_all)


async def test_word_for_word(store: Store, tmp_path: Path):
    migrated = await schema(store)
    if store.is_sqlite:
        made = Store.open(f"sqlite+aiosqlite:///{tmp_path / 'made.db'}", sync="OFF")
        await make(made)
        expected = await schema(made)
        await made.close()
    else:
        await alembic(store, command.downgrade, "base")
        await make(store)
        expected = await schema(store)
    assert len(expected) >= len(PARTS)
    assert migrated == expected


@pytest.mark.parametrize("drift", ["CHECK (total >= 1)", "UNIQUE (session_id)"])
async def test_the_comparison_sees_a_constraint(store: Store, drift: str):
    before = await schema(store)
    if store.is_sqlite:
        async with store.write() as conn:
            await conn.execute(text(f"CREATE TABLE other (total BIGINT, session_id TEXT, {drift})"))
        assert drift in str(await schema(store))
    else:
        async with store.write() as conn:
            await conn.execute(text(f"ALTER TABLE purchases ADD {drift}"))
        assert await schema(store) != before


async def test_a_table_without_migration_is_noticed(store: Store):
    async with store.write() as conn:
        await conn.execute(text("CREATE TABLE stray (id BIGINT)"))
    with pytest.raises(Exception, match="New upgrade operations detected"):
        await alembic(store, command.check)
