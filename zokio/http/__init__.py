"""HTTP/1.1: a server whose handlers are coroutines, and a client.

It needs the extra `http` (`pip install 'zokio[http]'`), which brings llhttp and h11.
"""

from zokio.http.access_log import Access as Access
from zokio.http.access_log import log_access as log_access
from zokio.http.body import RequestBody as RequestBody
from zokio.http.client import Client as Client
from zokio.http.files import File as File
from zokio.http.headers import Headers as Headers
from zokio.http.http_error import HttpError as HttpError
from zokio.http.limits import Limits as Limits
from zokio.http.request import Request as Request
from zokio.http.response import Response as Response
from zokio.http.server import serve as serve
from zokio.http.upgrade import Upgrade as Upgrade
from zokio.http.upgrade import Upgraded as Upgraded

__all__ = [
    "Access",
    "Client",
    "File",
    "Headers",
    "HttpError",
    "Limits",
    "Request",
    "RequestBody",
    "Response",
    "Upgrade",
    "Upgraded",
    "log_access",
    "serve",
]
