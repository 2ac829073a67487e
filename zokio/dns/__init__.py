"""Names to addresses, with a cache: `Resolver`, and `lookup` for the runtime's own."""

from zokio.dns.lookup import lookup as lookup
from zokio.dns.resolver import Resolver as Resolver

__all__ = ["Resolver", "lookup"]
