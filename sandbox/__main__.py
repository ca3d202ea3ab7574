"""`python -m sandbox`: the local Partner API alone, on loopback, until Ctrl-C."""

from __future__ import annotations

import contextlib
from typing import Annotated, Literal

import typer

KEYS = {"sandbox": "sandbox-anything", "production": "any-other-key"}


app = typer.Typer(add_completion=False)


@app.command()
def main(
    *,
    port: Annotated[int, typer.Option(help="Loopback port; 0 takes a free one.", min=0, max=65535)] = 8799,
    temperament: Annotated[
        Literal["sandbox", "production"], typer.Option(help="How the partner behaves, whatever the prefix and key.")
    ] = "sandbox",
    seed: Annotated[int, typer.Option(help="The same seed pulls the same cards.")] = 0,
    settle: Annotated[float, typer.Option(help="Production: seconds from order to cards.", min=0)] = 6.0,
    hold: Annotated[float, typer.Option(help="Production: how long a status call is held, seconds.", min=0)] = 6.0,
    fault_rate: Annotated[float, typer.Option(help="Share of calls that go wrong at random.", min=0, max=1)] = 0.0,
) -> None:
    """Serves the Partner API on this machine. Nothing is bought, and nothing leaves it."""
    import uvicorn

    from sandbox.partner import Sandbox
    from sandbox.server import HOST, config, listen

    with listen(port) as sock:
        url = f"http://{HOST}:{sock.getsockname()[1]}"
        sandbox = Sandbox(temperament=temperament, seed=seed, settle=settle, hold=hold, public_url=url)
        sandbox.faults.rate = fault_rate
        typer.echo(f"The local Partner API ({temperament} temperament) is at {url}/_/api/v1, its packs at:")
        typer.echo(f"  curl -H 'X-API-Key: {KEYS['sandbox']}' {url}/_/api/v1/vm/available")
        typer.echo("For the bot, in .env:")
        typer.echo(f"  PARTNER_API_URL={url}/_\n  PARTNER_API_KEY={KEYS['sandbox']}")
        typer.echo("Ctrl-C ends it.")
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config(sandbox)).run(sockets=[sock])


if __name__ == "__main__":
    app(prog_name="python -m sandbox")
