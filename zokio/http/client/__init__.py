"""The HTTP client: see `client.py`."""

from zokio.http.client.client import Call as Call
from zokio.http.client.client import Client as Client
from zokio.http.client.limits import Limits as Limits
from zokio.http.client.limits import Timeouts as Timeouts
from zokio.http.client.response import Response as Response

__all__ = ["Call", "Client", "Limits", "Response", "Timeouts"]
