"""Compiles each route and each template once in a test run, and not once in each of the thousands of applications of it."""

from __future__ import annotations

from types import CodeType
from typing import Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule


class Compiled(BytecodeCache):
    """Templates as they were compiled, in memory; one whose source changed has another checksum."""

    def __init__(self) -> None:
        self.codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled before, if it was."""
        bucket.code = self.codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled now."""
        if bucket.code is not None:
            self.codes[bucket.key, bucket.checksum] = bucket.code


TEMPLATES = Compiled()


def compile_once() -> None:
    """Keep what is compiled of a rule and of a template for the next application; it takes most of `create_app`.

    A rule's builder depends on its parts, its arguments and its defaults alone, which are the key here.
    """
    compiled: dict[tuple[object, ...], Any] = {}
    compiling, making = Rule._compile_builder, Flask.create_jinja_environment

    def kept(rule: Rule, append_unknown: bool = True) -> Any:
        defaults = repr(sorted((rule.defaults or {}).items()))
        key = (tuple(rule._trace), tuple(sorted(rule.arguments)), defaults, append_unknown)
        if key not in compiled:
            compiled[key] = compiling(rule, append_unknown)
        return compiled[key]

    def made(app: Flask) -> Any:
        environment = making(app)
        environment.bytecode_cache = TEMPLATES
        return environment

    Rule._compile_builder = kept  # type: ignore[method-assign, assignment]
    Flask.create_jinja_environment = made  # type: ignore[method-assign, assignment]
