"""The former home of `hookline_runtime.egress.allow`, for importers that have not moved yet."""

from hookline_runtime.egress.allow import parse_allow

__all__ = ["parse_allow"]
