"""A simulated platform with very many conversations, in a process of its own.

`run_bulk_centre.py 1000000 2026-10-01 31`: so many, from this day on, over so many days. Prints how to reach it as one
line of JSON, with the names of the bot's settings, and serves until its standard input ends. `BulkCentre` of the same
arguments tells whoever reads it what there is to be found.
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, date, datetime

from aiohttp import web

from bot.demo.centre_bulk import BulkCentre
from bot.demo.genesys_log import RequestLog
from bot.demo.genesys_options import Options
from bot.demo.genesys_server import genesys_app
from bot.demo.world import CLIENT_ID, CLIENT_SECRET, HOST


async def main(size: int, start: date, days: int) -> None:
    app = genesys_app(
        BulkCentre(size, start=start, days=days),
        now=lambda: datetime.now(UTC),
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        options=Options(rate_limit=1_000_000),
        log=RequestLog(keep=100),
    )
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    url = f"http://{HOST}:{runner.addresses[0][1]}"
    environment = {
        "GENESYS_API_URL": url,
        "GENESYS_LOGIN_URL": url,
        "GENESYS_CLIENT_ID": CLIENT_ID,
        "GENESYS_CLIENT_SECRET": CLIENT_SECRET,
    }
    print(json.dumps(environment), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


asyncio.run(main(int(sys.argv[1]), date.fromisoformat(sys.argv[2]), int(sys.argv[3])))
