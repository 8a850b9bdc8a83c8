"""The web server's own log, in our form and without the addresses of those who asked."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger

from consult import config, logs


class AddressFree(Logger):  # type: ignore[misc]
    """gunicorn's log; of a request that could not be read it says why, and not whose it was."""

    def setup(self, cfg: Any) -> None:
        """Set up gunicorn's handlers, and write as the rest of consult does."""
        super().setup(cfg)
        settings = {reading.setting.name: reading.value for reading in config.read_settings()}
        for handler in self.error_log.handlers:
            handler.setFormatter(logs.formatter(settings))

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """A warning, with what stands between `ip=` and the reason left out."""
        if msg.startswith("Invalid request from ip="):
            msg = f"Invalid request: {msg.partition(': ')[2]}"
        super().warning(msg, *args, **kwargs)
