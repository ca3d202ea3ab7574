import asyncio
from playwright.async_api import async_playwright
from tests.behaviour.look import *
import pytest
@pytest.mark.timeout(300)
async def test_shots(world, monkeypatch):
    class Pics:
        def get(self, url, default=None):
            i = url.find("/cards/"); i = i if i >= 0 else url.find("/packs/")
            b = world.partner.picture(url[i:]) if i >= 0 else None
            return ("x.png", b) if b else default
        def __iter__(self): return iter(())
        def __len__(self): return 0
        def items(self): return []
    async with world.env.preview(world.channel, viewers=[world.alice], layout="channel", port=0) as pv:
        pv._explicit_assets = Pics()
        async with async_playwright() as p:
            b = await p.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            page = await b.new_page(viewport={"width": 900, "height": 1300})
            async def shot(name):
                await pv.refresh()
                await page.goto(pv.url); await asyncio.sleep(1.2)
                await page.screenshot(path=f"/tmp/shots/{name}.png")
            await world.alice.slash(world.channel, "packs", search="baseball"); await shot("1packs")
            asked = await world.ask(amount=3); await shot("2confirm")
            await world.press(asked, "confirm"); await shot("3terms")
            r = await world.press(world.message(asked), "agree"); await world.after(1); await shot("4wait")
            for _ in range(60):
                await world.after(0.3)
                if "Card 2 of" in texts(world.message(r.response)): break
            await shot("5reveal")
            await world.after(20); await shot("6list")
            q = await world.press(world.message(r.response), "sell"); await world.after(1); await shot("7ask")
            await world.press(world.message(q.response), "sellnow"); await world.after(5); await shot("8sold")
            o = await world.opened(amount=8); await shot("9many")
            await world.alice.slash(world.channel, "account show"); await shot("10account")
            await b.close()
