"""Who asks for the page that is being made. It goes along with the request, also into the threads that make pages."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar, copy_context
from typing import Any, TypeVar

from monitor.model.web import UserSettings

Result = TypeVar("Result")

ASKING: ContextVar[UserSettings | None] = ContextVar("asking", default=None)


class Threads(ThreadPoolExecutor):
    """Threads in which the context of the request is there, too."""

    def submit(self, fn: Callable[..., Result], /, *args: Any, **kwargs: Any) -> "Future[Result]":
        return super().submit(copy_context().run, fn, *args, **kwargs)


def asking() -> UserSettings | None:
    """The user who asks; None where the config has no users, or nobody is logged in."""
    return ASKING.get()


def may_change() -> bool:
    """Whether who asks may do all that the page can do. Where the config has no users, everybody may."""
    user = asking()
    return user is None or user.role == "owner"
