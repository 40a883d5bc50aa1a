"""What an expression may ask of its surroundings: instances, clock, language, texts, chance; and how much work it may do."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from forms.errors import FormError
from forms.tree import Node
from forms.xpath_values import Value

if TYPE_CHECKING:
    from forms.xpath_code import Closure

BEIJING = ZoneInfo("Asia/Shanghai")
DEFAULT_BUDGET = 20_000_000
_NOTHING: Mapping[str, str] = MappingProxyType({})


class Environment:
    """The surroundings that the expressions of one session share.

    ``root`` is where absolute paths start; without it, at the root of the tree of the node at hand. ``instances`` maps the id of an
    instance to its root. ``clock`` gives an aware time. ``itext(id)`` gives the value nodes or the text of an itext id in the current
    language. ``choice_name(value, question, node)`` gives a choice's label. ``extra_nodes`` may answer ``instance(id)`` for an id that
    ``instances`` does not hold (a CSV read when first asked for).
    """

    def __init__(
        self,
        root: Node | None = None,
        *,
        instances: Mapping[str, Node] | None = None,
        clock: Callable[[], datetime] | None = None,
        timezone: tzinfo = BEIJING,
        language: str = "",
        itext: Callable[[str], list[Node] | str] | None = None,
        choice_name: Callable[[str, str, Node], str] | None = None,
        extra_nodes: Callable[[str], Node | None] | None = None,
        properties: Mapping[str, str] = _NOTHING,
        variables: Mapping[str, Value] | None = None,
        chance: Callable[[], float] | None = None,
        new_uuid: Callable[[], str] | None = None,
        form_version: str = "",
        budget: int = DEFAULT_BUDGET,
    ) -> None:
        self.root = root
        self.instances: Mapping[str, Node] = {} if instances is None else instances
        self.clock = clock or (lambda: datetime.now(UTC))
        self.timezone = timezone
        self.language = language
        self.itext = itext
        self.choice_name = choice_name
        self.extra_nodes = extra_nodes
        self.properties = properties
        self.variables: Mapping[str, Value] = {} if variables is None else variables
        self.chance = chance or random.SystemRandom().random
        self.new_uuid = new_uuid or (lambda: str(uuid.uuid4()))
        self.form_version = form_version
        self.budget = budget

    def instance(self, identifier: str) -> Node | None:
        """The root of an instance, None where there is none of that id."""
        found = self.instances.get(identifier)
        if found is None and self.extra_nodes is not None:
            return self.extra_nodes(identifier)
        return found


class Context:
    """One evaluation: the context node, its place in the context list, the environment, and the work still allowed.

    ``node`` is also what ``current()`` gives, whatever the depth of predicates.
    """

    __slots__ = ("budget", "env", "node", "position", "size")

    def __init__(self, node: Node, position: int = 1, size: int = 1, env: Environment | None = None) -> None:
        self.node = node
        self.position = position
        self.size = size
        self.env = env or Environment()
        self.budget = self.env.budget

    def spend(self, amount: int) -> None:
        """Count work done. Raises FormError when an evaluation has done too much."""
        self.budget -= amount
        if self.budget < 0:
            raise FormError("表达式计算量太大，已停止。", "xpath-budget")

    def evaluate(self, closure: Closure) -> Value:
        """Run compiled code in this context."""
        return closure(self.node, self.position, self.size, self)
