"""URLs with merge fields, in host, path and query; or one that stands for a whole URL at the start.

A value in the host adds letters, digits, hyphens and dots, and the whole is read as a host again. In path and query
everything but letters, digits, `-`, `.`, `_` and `~` is percent-encoded, so a value adds neither segments nor
parameters; a path segment that a receiver could take for `.` or `..` is refused. A bracket behind text in the name of
a query parameter (`?data[email]=`) stands for itself, as in form-encoded data, and so does a host with a colon in it,
an IPv6 address. A fragment is dropped.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import category
from urllib.parse import quote, unquote

from hookline_plugin.encoder import Payload
from hookline_plugin.merging import Part, joined, scan_between, without_surrogates
from hookline_plugin.template import Merge, Names
from hookline_runtime.egress.endpoint import Endpoint
from hookline_runtime.egress.url import DEFAULT_PORTS, MAX_URL, ParsedUrl, UrlRefused, parse_url
from hookline_runtime.webhook.filling import fill, merges_of
from hookline_runtime.webhook.refusals import RenderRefused

MAX_RENDERED_URL = 8_192
"""Characters of a rendered URL."""

_MAX_HOST = 253
_IPV6 = re.compile(r"[A-Za-z]+://\[[^\]\r\n]*:[^\]\r\n]*\]")
_KEY = re.compile(r"(?<=[?&])[^\[\]?&=#]+(?:\[[^\[\]?&=#]*\])+(?==)")
_ORIGIN = re.compile(r"[A-Za-z]+://[^/?#]*")
_SCHEME = re.compile(r"[A-Za-z]+://")
_is_rest = re.compile(r"(?:[/?][!\"$-\[\]-~]*)?").fullmatch  # visible ASCII but for # and the backslash
_open_escape = re.compile(r"%[0-9A-Fa-f]?\Z").search
_CUT = re.compile(r"[/?#]")
# Some receivers decode before they take a path apart, at backslashes too, and cut a segment at blanks or a semicolon.
_climbs = re.compile(r"(?:\A|[/\\])[\x00-\x20]*\.{1,2}[\x00-\x20]*(?:[;/\\]|\Z)").search
_HARMLESS = "a"


@dataclass(frozen=True, slots=True)
class UrlTemplate:
    """A URL that was parsed: scheme and authority, or the merge field in their place, and what stands behind them.

    `endpoint` is where it leads, with a harmless name in place of a host that is merged.
    """

    origin: tuple[Part, ...]
    rest: tuple[Part, ...]
    merges: tuple[Merge, ...]
    merged_segments: frozenset[int]
    endpoint: Endpoint | None

    def render(self, values: Payload, query: str = "") -> str:
        """Give the URL in ASCII, as `parse_rendered` reads it; `query` is encoded already and stands at its end.

        Raises RenderRefused.
        """
        rest = fill(self.rest, values, _encoded, MAX_RENDERED_URL)
        self._check_steps(rest)
        if isinstance(self.origin[0], Merge):
            url = _below(fill(self.origin, values, str, MAX_URL), rest)
        else:
            url = fill(self.origin, values, _host_part, MAX_URL) + rest
        if query:
            url = _with_query(url, query)
        try:
            return _written(parse_rendered(url))
        except UrlRefused as refused:
            raise RenderRefused(str(refused)) from None

    def _check_steps(self, rest: str) -> None:
        """Look at the segments that values are part of: the author's own may be what they are."""
        segments = rest.partition("?")[0].split("/")
        if any(_climbs(unquote(segments[number])) for number in self.merged_segments):
            raise RenderRefused("the URL would climb in its path: a value makes a segment . or ..")


def parse_url_template(text: str, names: Names) -> UrlTemplate:
    """Parse a URL; whatever the values, it must be one.

    Raises TemplateError for a merge field that is wrong, UrlRefused for all else.
    """
    if len(text) > MAX_URL:
        raise UrlRefused(f"must be no longer than {MAX_URL} characters")
    parts = tuple(_before_fragment(joined(_scan(without_surrogates(text), names))))
    merges = merges_of(parts)
    if parts and isinstance(parts[0], Merge):
        origin, rest = parts[:1], _rest_of_whole(parts[1:])
        endpoint = None
        if parts[0].default:
            parse_url(parts[0].default)
    else:
        origin, rest = _split(parts)
        endpoint = _checked_origin(origin)
    parse_url("http://a" + _sample(rest))
    return UrlTemplate(origin, tuple(_canonical(rest)), merges, frozenset(_merged_segments(rest)), endpoint)


def parse_rendered(url: str) -> ParsedUrl:
    """Read a rendered URL, which may be longer than one that is written, as `parse_url` reads any.

    Raises UrlRefused, also for what is not percent-encoded yet.
    """
    if len(url) > MAX_RENDERED_URL:
        raise UrlRefused(f"must be no longer than {MAX_RENDERED_URL} characters with its values")
    match = _ORIGIN.match(url)
    if match is None:
        raise UrlRefused("must be an absolute http or https URL")
    rest = url[match.end() :]
    if not _is_rest(rest):
        raise UrlRefused("must be percent-encoded")
    return ParsedUrl(parse_url(match[0]).endpoint, (rest if rest.startswith("/") else "/" + rest).encode("ascii"))


def _scan(text: str, names: Names) -> Iterator[Part]:
    """Read brackets as what they are where they stand."""
    at = 0
    address = _IPV6.match(text)
    if address is not None:
        yield address[0]
        at = address.end()
    for key in _KEY.finditer(text, text.index("?", at) if "?" in text[at:] else len(text)):
        yield from scan_between(text, names, at, key.start())
        yield key[0]
        at = key.end()
    yield from scan_between(text, names, at, len(text))


def _before_fragment(parts: tuple[Part, ...]) -> Iterator[Part]:
    for part in parts:
        if isinstance(part, str) and "#" in part:
            yield from filter(None, [part.partition("#")[0]])
            return
        yield part


def _split(parts: tuple[Part, ...]) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Cut behind the authority."""
    scheme = _SCHEME.match(parts[0]) if parts and isinstance(parts[0], str) else None
    if scheme is None:
        raise UrlRefused("must be an absolute http or https URL")
    for number, part in enumerate(parts):
        if isinstance(part, str):
            cut = _CUT.search(part, 0 if number else scheme.end())
            if cut is not None:
                before, behind = part[: cut.start()], part[cut.start() :]
                return (*parts[:number], *filter(None, [before])), (behind, *parts[number + 1 :])
    return parts, ()


def _checked_origin(origin: tuple[Part, ...]) -> Endpoint:
    """Read the origin with a harmless name for every merge field, and give where that leads."""
    text = str(origin[0])
    for part in origin[1:]:
        if isinstance(part, Merge):
            if ":" in _SCHEME.sub("", text, count=1):
                raise UrlRefused("must hold no merge field in its user info or port, or behind an IPv6 address")
            _check_default(part)
            text += _HARMLESS
        else:
            text += part
    endpoint = parse_url(text).endpoint
    return endpoint if len(origin) == 1 else endpoint._replace(host=_HARMLESS)


def _check_default(merge: Merge) -> None:
    try:
        _host_part(merge.default)
    except RenderRefused:
        raise UrlRefused("must have a host of letters, digits, hyphens and dots, in defaults, too") from None


def _rest_of_whole(rest: tuple[Part, ...]) -> tuple[Part, ...]:
    if rest and (isinstance(rest[0], Merge) or not rest[0].startswith(("/", "?"))):
        raise UrlRefused("that starts with a merge field, which is a whole URL, must go on with / or ? if at all")
    return rest


def _sample(parts: tuple[Part, ...]) -> str:
    return "".join(_HARMLESS if isinstance(part, Merge) else part for part in parts)


def _canonical(rest: tuple[Part, ...]) -> Iterator[Part]:
    """Percent-encode the literals as they will be sent; what the values are encoded to stays as it is."""
    for number, part in enumerate(rest, 1):
        if isinstance(part, Merge):
            yield part
            continue
        if number < len(rest) and _open_escape(part):  # what follows a literal is a merge field
            raise UrlRefused("must have two hexadecimal digits behind every %, no merge field")
        begins = part.startswith(("/", "?"))
        target = parse_url(f"http://a{part}" if begins else f"http://a/{part}").target.decode("ascii")
        yield target if part.startswith("/") else target[1:]


def _merged_segments(rest: tuple[Part, ...]) -> Iterator[int]:
    """Give the numbers of the path segments that merge fields stand in; the first is what stands before a slash."""
    number = 0
    for part in rest:
        if isinstance(part, Merge):
            yield number
        else:
            path, query, _ = part.partition("?")
            number += path.count("/")
            if query:
                return


def _encoded(value: str) -> str:
    return quote(value, safe="")


def _host_part(value: str) -> str:
    if len(value) > _MAX_HOST or not all(map(_is_of_host, value)):
        raise RenderRefused("a value in the URL's host holds more than letters, digits, hyphens and dots, or too much")
    return value


def _is_of_host(character: str) -> bool:
    if character.isascii():
        return character.isalnum() or character in "-."
    # Marks belong to the letters of many scripts; what of all this a host may hold is for the parser to say.
    return category(character)[0] in "LM" or category(character) == "Nd"


def _below(whole: str, rest: str) -> str:
    """Put what was written behind a whole URL in its place; a path goes on, a query adds parameters."""
    try:
        url = _written(parse_url(whole))
    except UrlRefused as refused:
        raise RenderRefused(str(refused)) from None
    if rest.startswith("/"):
        if "?" in url:
            raise RenderRefused("the URL goes on with a path behind a value that has a query")
        return url.removesuffix("/") + rest
    return _with_query(url, rest[1:]) if rest else url


def _with_query(url: str, query: str) -> str:
    if "?" not in url:
        return f"{url}?{query}"
    return url + query if url.endswith(("?", "&")) else f"{url}&{query}"


def _written(parsed: ParsedUrl) -> str:
    scheme, host, port = parsed.endpoint
    shown = f"[{host}]" if ":" in host else host
    origin = f"{scheme}://{shown}" if port == DEFAULT_PORTS[scheme] else f"{scheme}://{shown}:{port}"
    return origin + parsed.target.decode("ascii")
