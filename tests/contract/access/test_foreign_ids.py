"""What another account has is as absent as what nobody has, in every place of every request where its id may stand."""

from __future__ import annotations

import grpc
import pytest
from google.protobuf import text_format
from google.protobuf.descriptor import MethodDescriptor
from hookline.event.v1 import options_pb2

from tests.contract.access.asking import NOBODY, Has, Slot, base, filled, put, slots
from tests.contract.access.served import METHODS, access_of, named
from tests.contract.access.two_accounts import Outcome, Two

pytestmark = pytest.mark.asyncio(loop_scope="session")
Code = grpc.StatusCode
FOR_ACCOUNTS = (options_pb2.ACCESS_READ, options_pb2.ACCESS_PUBLISH, options_pb2.ACCESS_MANAGE)
EVERY = [
    pytest.param(method, slot, id=f"{named(method)}-{slot.path}")
    for method in METHODS
    if access_of(method) in FOR_ACCOUNTS
    for slot in slots(method)
]
ABOUT_MANY = ("List", "Watch", "Batch", "RedeliverSince")
"""RPCs about all that an account has, or that an object or a batch has: an id narrows that down to nothing."""
ANSWERS_ANYHOW = ("EraseObject", "UpdateForm-form.object_type_id")
"""The first answers how much it erased; to the other the type of an existing form is no news."""
OPAQUE = ("seconds:", "nanos:", "resume_token:", "next_page_token:")


async def ask(two: Two, method: MethodDescriptor, slot: Slot, having: Has) -> Outcome:
    """What the first account is answered about one of these."""
    request = base(method)
    value = having.value(method, slot.name)
    refers = "." in slot.path and slot.name != "id"
    if refers and method.name.startswith("Update"):
        put(request, f"{slot.path.partition('.')[0]}.id", two.first.number)
    if refers and "validate_only" in method.input_type.fields_by_name:
        request.validate_only = True  # so that what is taken gets no other number the second time
    put(request, slot.path, value)
    came = await two.outcome(method, filled(request), two.first_key)
    return Outcome(came.code, came.text.replace(str(value), "N"), came.reason, came.fields, came.answer)


def shown(outcome: Outcome, having: Has, method: MethodDescriptor, slot: Slot) -> str:
    text = text_format.MessageToString(outcome.answer) if outcome.answer is not None else ""
    lines = (line for line in text.splitlines() if not line.strip().startswith(OPAQUE))
    return "\n".join(lines).replace(str(having.value(method, slot.name)), "N")


def expected(method: MethodDescriptor, slot: Slot) -> tuple[grpc.StatusCode, ...]:
    """How a request about what is not there may end."""
    refers = "." in slot.path and slot.name != "id"
    if f"{method.name}-{slot.path}".startswith(ANSWERS_ANYHOW):
        return (Code.OK,)
    if method.name.startswith(ABOUT_MANY):
        return (Code.OK, Code.NOT_FOUND)
    if refers and slot.path.startswith("campaign."):
        return (Code.OK, Code.FAILED_PRECONDITION)  # a draft may hold flaws, and is not published with them
    return (Code.INVALID_ARGUMENT,) if refers else (Code.NOT_FOUND,)


@pytest.mark.parametrize(("method", "slot"), EVERY)
async def test_it_is_as_absent_as_any_and_stays_as_it_is(two: Two, method: MethodDescriptor, slot: Slot) -> None:
    before = two.rows(two.second_id)
    theirs, nobodys = await ask(two, method, slot, two.second), await ask(two, method, slot, NOBODY)
    assert (theirs.code, theirs.text, theirs.reason, theirs.fields) == (
        nobodys.code,
        nobodys.text,
        nobodys.reason,
        nobodys.fields,
    )
    assert shown(theirs, two.second, method, slot) == shown(nobodys, NOBODY, method, slot)
    assert two.rows(two.second_id) == before
    assert theirs.code in expected(method, slot)


@pytest.mark.parametrize(("method", "slot"), EVERY)
async def test_it_is_there_for_its_own_account(two: Two, method: MethodDescriptor, slot: Slot) -> None:
    """Without which the other test would prove nothing."""
    if access_of(method) != options_pb2.ACCESS_READ:
        return
    request = base(method)
    put(request, slot.path, two.second.value(method, slot.name))
    assert (await two.outcome(method, filled(request), two.second_key)).code is not Code.NOT_FOUND
