"""What the two dialects say differently."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.ext.asyncio import AsyncConnection

_INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert(conn: AsyncConnection, table: Table) -> Any:
    """INSERT with ON CONFLICT, in the connection's dialect."""
    return _INSERT[conn.dialect.name](table)
