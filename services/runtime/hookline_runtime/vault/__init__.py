"""Secrets at rest: sealed before they are written to disk, opened where they are used. Nothing here does I/O.

A sealed secret is an envelope (``envelope``) under one of several keys (``keys``); a ``Vault`` seals under the first
and opens under any. Without keys it leaves everything in clear, so that callers need not tell the two apart. What is
stored is of the type ``Kept``, whichever it is, and never shown. ``renewing`` brings it up to the first key.
"""
