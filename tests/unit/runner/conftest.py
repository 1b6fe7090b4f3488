from __future__ import annotations

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Coroutines among the tests (marked ``anyio``) run in asyncio, as the runner does."""
    return "asyncio"
