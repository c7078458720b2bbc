"""The headers that tell a browser what an answer may do, and what may be done with it."""

from __future__ import annotations

from collections.abc import Mapping

EVERY_ANSWER: Mapping[str, str] = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}
"""What an answer has that says nothing else: nothing that an API answers is ever a page."""


def page_headers(nonce: str) -> dict[str, str]:
    """Headers of a page of the console; styles that it makes itself carry the nonce."""
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": f"'self' 'nonce-{nonce}'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "content-security-policy": "; ".join(f"{name} {sources}" for name, sources in policy.items()),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
    }
