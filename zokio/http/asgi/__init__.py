"""ASGI 3 on the HTTP server: `zokio.run(asgi.serve(app, host, port))`.

The application runs on zokio. One that needs asyncio's loop cannot, and is told so.
"""

from zokio.http.asgi.lifespan import LifespanError as LifespanError
from zokio.http.asgi.server import serve as serve

__all__ = ["LifespanError", "serve"]
