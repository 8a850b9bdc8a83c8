"""Figures for Prometheus. Nothing about voting is measured by request: when votes arrive must not be kept anywhere.

Counters live in the process; where several processes serve, `PROMETHEUS_MULTIPROC_DIR` names a folder that they share
(`consult serve` makes one), and whichever is asked answers for all.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import cache
from typing import Any

from flask import Flask, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess, values
from prometheus_client.core import GaugeMetricFamily
from werkzeug.wrappers import Response

from consult.service.readiness import Figures
from consult.web import guards

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

#: Chapters whose requests are a voter's: never counted, never timed.
UNWATCHED = frozenset({"voting", "challenges", "papers", "health", "look"})

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Measures:
    """What is counted by request, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "consult_http_requests", "Requests answered", ("route", "method", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "consult_http_request_seconds",
            "From request to answer",
            ("method",),
            buckets=_SECONDS,
            registry=self.registry,
        )


@cache
def _measures() -> Measures:
    """One for the process, however many applications it makes."""
    return Measures()


class _Now:
    """The figures of the database, put beside what was counted."""

    def __init__(self, figures: Figures) -> None:
        self.figures = figures

    def collect(self) -> Iterable[Any]:
        """One family for each figure."""
        found = self.figures
        yield _family("consult_notices_waiting", "Notices not sent, by how they stand", "state", found.notices)
        yield _family("consult_ballots", "Ballots, by state", "state", found.ballots)
        yield GaugeMetricFamily("consult_audit_sequence", "Number of the newest audit event", found.audit_sequence)
        yield GaugeMetricFamily("consult_disk_free_bytes", "Free on the disk of the instance folder", found.free_bytes)
        if found.worker_age is not None:
            yield GaugeMetricFamily(
                "consult_worker_age_seconds", "Since the worker's last sign of life", found.worker_age
            )


def _family(name: str, words: str, label: str, figures: dict[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=(label,))
    for value, number in sorted(figures.items()):
        family.add_metric((value,), number)
    return family


def exposition(figures: Figures) -> bytes:
    """Everything, in Prometheus' text format."""
    registry = CollectorRegistry()
    if values.ValueClass.__name__ == "MmapedValue":
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(_measures().registry)
    registry.register(_Now(figures))
    return bytes(generate_latest(registry))


def init_app(app: Flask) -> None:
    """Count and time requests, only where somebody may read the figures."""
    if not app.config["CONSULT_METRICS_TOKEN"]:
        return

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        if _watched():
            measures = _measures()
            measures.requests.labels(request.endpoint or "none", request.method, response.status_code).inc()
            if "began" in g:
                measures.seconds.labels(request.method).observe(time.perf_counter() - g.began)
        return response


def _watched() -> bool:
    entry = guards.entry_of(current_app, request.endpoint) if request.endpoint else "public"
    return entry != "voter" and request.blueprint not in UNWATCHED
