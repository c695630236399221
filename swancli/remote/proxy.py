"""The proxy of a dashboard, as the environment says: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY."""

from __future__ import annotations

from urllib.parse import urlsplit

from swancli.remote.address import Address


def proxy_for(address: Address) -> str | None:
    """The URL of the proxy for an address, which may hold a password; None for this machine."""
    if address.loopback:
        return None
    from urllib.request import getproxies, proxy_bypass

    proxies = getproxies()
    found = proxies.get("https" if address.secure else "http") or proxies.get("all")
    if not found or proxy_bypass(address.base.partition("://")[2].partition("/")[0]):
        return None
    return found if "://" in found else f"http://{found}"


def without_credentials(proxy: str) -> str:
    """A proxy's URL for messages: scheme, host and port."""
    try:
        parts = urlsplit(proxy)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "of the environment"
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}{f':{port}' if port else ''}"
