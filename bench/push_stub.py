"""A push service that takes everything, in a process of its own: python -m bench.push_stub PORT."""

import sys

from aiohttp import web


async def _take(request: web.Request) -> web.Response:
    await request.read()
    return web.Response(status=201)


if __name__ == "__main__":
    app = web.Application()
    app.router.add_post("/{path:.*}", _take)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
