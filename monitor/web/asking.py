"""Who asks for the page that is being made. It goes along with the request, also into the threads that make pages."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar, copy_context
from typing import Any, TypeVar

from monitor.model.web import UserSettings

Result = TypeVar("Result")

ASKING: ContextVar[UserSettings | None] = ContextVar("asking", default=None)

NOBODY = UserSettings(name="")
"""Who asks where there are users and nobody is logged in: somebody who may do nothing."""


class Threads(ThreadPoolExecutor):
    """Threads in which the context of the request is there, too."""

    def submit(self, fn: Callable[..., Result], /, *args: Any, **kwargs: Any) -> "Future[Result]":
        return super().submit(copy_context().run, fn, *args, **kwargs)


def asking() -> UserSettings | None:
    """The user who asks; None where the config has no users, or nobody is logged in."""
    user = ASKING.get()
    return None if user is NOBODY else user


def may_change() -> bool:
    """Whether who asks may do all that the page can do. Where the config has no users, everybody may."""
    user = ASKING.get()
    return user is None or user.role == "owner"
