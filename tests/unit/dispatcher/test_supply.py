import sys
from types import ModuleType

import httpx
import pytest

from hookline_builtin.encoders import JsonEncoder
from hookline_dispatcher.delivery.rendering import Rendered, Renderer
from hookline_dispatcher.delivery.supply import make_sender
from hookline_dispatcher.sender.guard import Guard
from hookline_dispatcher.sender.model import Answered
from hookline_dispatcher.sender.sender import Sender
from hookline_dispatcher.sender.transport import HttpxSender
from hookline_runtime.settings import SettingsError

from .samples import EVENT, NOW, settings


@pytest.fixture
def factories(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType("operators_own")
    monkeypatch.setitem(sys.modules, "operators_own", module)
    return module


async def test_without_a_transport_it_is_the_suites_own() -> None:
    sender = make_sender(Guard(), "")
    assert isinstance(sender, Sender)
    await sender.aclose()


async def test_a_transport_of_the_operators_own_sends(factories: ModuleType) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(202, stream=httpx.ByteStream(b""))

    factories.make = lambda: httpx.MockTransport(answer)  # type: ignore[attr-defined]  # a module made here
    sender = make_sender(Guard(), "operators_own:make")
    assert isinstance(sender, HttpxSender)
    rendered = Renderer({"application/json": JsonEncoder()}.get).request("msg_1", EVENT, settings(), settings(), NOW)
    assert isinstance(rendered, Rendered)
    sent = await sender.send(rendered.outgoing, timeout=5)
    assert isinstance(sent, Answered)
    assert (sent.status_code, asked[0].headers["webhook-id"]) == (202, "msg_1")
    await sender.aclose()


@pytest.mark.parametrize("name", ["no_such_module_here:make", "operators_own:missing", "operators_own:wrong"])
def test_a_factory_that_does_not_fit_is_told(factories: ModuleType, name: str) -> None:
    factories.wrong = lambda: "not a transport"  # type: ignore[attr-defined]  # a module made here
    with pytest.raises(SettingsError, match="HOOKLINE_DISPATCHER_TRANSPORT"):
        make_sender(Guard(), name)
