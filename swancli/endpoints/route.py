"""An endpoint: its path, the function that answers, and the one that returns the details."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeAlias, TypeVar

if TYPE_CHECKING:
    from swancli.logdir.logdir import Logdir
    from swancli.model import Data

P = ParamSpec("P")
Model = TypeVar("Model", covariant=True)


class Route(Generic[P, Model]):
    """An endpoint: its name, its URL path, the parameters that stand in the path.

    `answer` computes the `data` of the API's answer, `details` its form in `swancli.model`, `depends` adds to a
    Fingerprint the files that the answer is computed from, besides the database.
    """

    __slots__ = ("answer", "depends", "details", "name", "parameters", "path")

    def __init__(
        self,
        name: str,
        path: str,
        parameters: tuple[str, ...],
        answer: Callable[..., Data],
        details: Callable[Concatenate[Logdir, P], Model],
        depends: Callable[..., None] | None = None,
    ) -> None:
        self.name, self.path, self.parameters = name, path, parameters
        self.answer, self.details, self.depends = answer, details, depends


AnyRoute: TypeAlias = "Route[..., Any]"
