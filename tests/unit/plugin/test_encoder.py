"""What counts as an encoder."""

import pickle
from dataclasses import dataclass

import pytest

from hookline_plugin import EncodeError, Payload, encoder_flaw


@dataclass(frozen=True)
class Candidate:
    name: object = "csv"
    media_type: object = "text/csv; charset=utf-8"
    media_types: object = frozenset({"text/csv", "application/csv"})

    def encode(self, payload: Payload) -> bytes:
        return repr(payload).encode()


@dataclass
class WithoutEncode:
    name: str = "csv"
    media_type: str = "text/csv"
    media_types: frozenset[str] = frozenset({"text/csv"})
    encode: object = None


def test_a_good_one_has_no_flaw() -> None:
    assert encoder_flaw(Candidate()) is None


@pytest.mark.parametrize(
    "candidate, flaw",
    [
        (object(), "object is not an encoder: it needs name, media_type, media_types and encode"),
        (None, "NoneType is not an encoder"),
        (WithoutEncode(), "WithoutEncode is not an encoder"),
        (Candidate(name=""), "name must be lower-case"),
        (Candidate(name="CSV"), "name must be lower-case"),
        (Candidate(name="my csv"), "name must be lower-case"),
        (Candidate(name=7), "name must be lower-case"),
        (Candidate(media_type="csv"), "media_type of csv is not a media type"),
        (Candidate(media_type="text/csv\r\nX: y"), "media_type of csv is not a media type"),
        (Candidate(media_type=None), "media_type of csv is not a media type"),
        (Candidate(media_types={"text/csv"}), "must be a frozenset"),
        (Candidate(media_types="text/csv"), "must be a frozenset"),
        (Candidate(media_types=frozenset({"text/csv", "Text/CSV"})), "must be a frozenset"),
        (Candidate(media_types=frozenset({"text/csv", "text/csv;a=b"})), "must be a frozenset"),
        (Candidate(media_types=frozenset({"text/csv", 7})), "must be a frozenset"),
        (Candidate(media_types=frozenset()), "media_types of csv lack text/csv"),
        (Candidate(media_types=frozenset({"application/csv"})), "media_types of csv lack text/csv"),
    ],
)
def test_says_what_is_wrong(candidate: object, flaw: str) -> None:
    assert flaw in (encoder_flaw(candidate) or "")


def test_an_error_travels_between_processes() -> None:
    error = pickle.loads(pickle.dumps(EncodeError("not a finite number", "data.score")))
    assert (error.reason, error.path) == ("not a finite number", "data.score")
