"""The web server's own log, without the addresses of those who asked."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger


class AddressFree(Logger):  # type: ignore[misc]
    """gunicorn's log; of a request that could not be read it says why, and not whose it was."""

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """A warning, with what stands between `ip=` and the reason left out."""
        if msg.startswith("Invalid request from ip="):
            msg = f"Invalid request: {msg.partition(': ')[2]}"
        super().warning(msg, *args, **kwargs)
