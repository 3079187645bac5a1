"""A simulated server, the models that ask it, and a meter and a throttle that keep what they are told."""

from __future__ import annotations

import functools
import ssl
from collections.abc import AsyncIterator

import openai
import pytest

from tests.model.house import House
from tests.simulators.model import ModelSimulator

# The simulator speaks plain HTTP; reading the system's certificates for each client takes longer than a test.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@pytest.fixture(autouse=True)
def _no_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = functools.partial(openai.DefaultAioHttpClient, verify=NO_TLS)
    monkeypatch.setattr(openai, "DefaultAioHttpClient", quick)


@pytest.fixture
async def server() -> AsyncIterator[ModelSimulator]:
    async with ModelSimulator() as simulator:
        yield simulator


@pytest.fixture(params=["chat", "responses"])
async def house(request: pytest.FixtureRequest, server: ModelSimulator) -> AsyncIterator[House]:
    """The models behind each of the two APIs."""
    made = House(server, openai_api=request.param)
    yield made
    await made.close()
    made.check_bills()


@pytest.fixture
async def chat(server: ModelSimulator) -> AsyncIterator[House]:
    """The models behind Chat Completions, where the API makes no difference."""
    made = House(server)
    yield made
    await made.close()
    made.check_bills()
