"""What holds for every test: quiet logs, and none of the machine's own settings."""

import logging

import pytest
import structlog


@pytest.fixture(autouse=True)
def _quiet_logs() -> None:
    structlog.configure(
        processors=[structlog.processors.KeyValueRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL),
    )


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NEWS_MONITOR_CONFIG", "CREDENTIALS_DIRECTORY", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
