"""The URLs that the sender takes: those of `hookline_runtime.egress.url`, which the registry accepts too."""

from hookline_runtime.egress.url import ParsedUrl, UrlRefused, parse_url

__all__ = ["ParsedUrl", "UrlRefused", "parse_url"]
