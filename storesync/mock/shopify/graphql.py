"""Runs a GraphQL body: real parsing and validation, Shopify's costs, its bucket of points, its errors."""

import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
    build_schema,
    execute_sync,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    parse,
    validate,
)
from graphql.language import FragmentSpreadNode, IntValueNode, VariableNode

from storesync.mock.server import Row

# https://shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits, plan Standard.
BUCKET, POINTS_PER_SECOND, MOST_FOR_A_QUERY = 2000, 100, 1000
OF_A_MUTATION, OF_A_CONNECTION = 10, 2
LIMITS = "https://shopify.dev/api/usage/rate-limits"

SCHEMA = build_schema((Path(__file__).parent / "schema.graphql").read_text())


@lru_cache(maxsize=256)
def read(query: str) -> DocumentNode:
    """The document. Raises GraphQLError for the first thing that is wrong with it."""
    document = parse(query)
    for error in validate(SCHEMA, document):
        raise error
    return document


class Bucket:
    """The points that one app has left at one shop."""

    def __init__(self) -> None:
        self.left, self.at = float(BUCKET), time.monotonic()

    def fill(self) -> None:
        now = time.monotonic()
        self.left, self.at = min(self.left + (now - self.at) * POINTS_PER_SECOND, BUCKET), now

    def cost(self, requested: int, actual: int | None) -> Row:
        """What an answer tells of its price."""
        status = {
            "maximumAvailable": float(BUCKET),
            "currentlyAvailable": int(self.left),
            "restoreRate": float(POINTS_PER_SECOND),
        }
        return {"cost": {"requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": status}}


def run(body: Row, *, bucket: Bucket, root: Any) -> Row:
    """The answer, whose status is 200 whatever went wrong."""
    query, variables = body.get("query"), body.get("variables") or {}
    if not isinstance(query, str) or not isinstance(variables, dict):
        return {"errors": {"query": "Required parameter missing or invalid"}}
    try:
        document = read(query)
        operation = operation_in(document, body.get("operationName"))
    except GraphQLError as wrong:
        return {"errors": [wrong.formatted]}
    requested = Pricing(document, variables).of(operation)
    bucket.fill()
    if requested > MOST_FOR_A_QUERY:
        return {"errors": [too_dear(requested)]}
    if requested > bucket.left:
        error = {"message": "Throttled", "extensions": {"code": "THROTTLED", "documentation": LIMITS}}
        return {"errors": [error], "extensions": bucket.cost(requested, None)}
    result = execute_sync(
        SCHEMA, document, root, None, variables, operation_name=body.get("operationName")
    )  # fmt: skip
    actual = Pricing(document, variables).of(operation, result.data)
    bucket.left -= actual
    answer: Row = {"data": result.data, "extensions": bucket.cost(requested, actual)}
    return {"errors": [error.formatted for error in result.errors], **answer} if result.errors else answer


def operation_in(document: DocumentNode, name: Any) -> OperationDefinitionNode:
    """The one that is meant. Raises GraphQLError."""
    found = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    named = [each for each in found if not name or (each.name and each.name.value == name)]
    if len(named) != 1:
        raise GraphQLError("An operation name is required")
    return named[0]


def too_dear(cost: int) -> Row:
    message = f"Query cost is {cost}, which exceeds the single query max cost limit ({MOST_FOR_A_QUERY})."
    more = {"code": "MAX_COST_EXCEEDED", "cost": cost, "maxCost": MOST_FOR_A_QUERY, "documentation": LIMITS}
    return {"message": message, "extensions": more}


@dataclass
class Pricing:
    """What a document costs: an object 1 point, a connection 2 and its nodes, a mutation 10, leaves nothing."""

    document: DocumentNode
    variables: Row

    def of(self, operation: OperationDefinitionNode, data: Any = ...) -> int:
        """Before it runs (no `data`) the most that it may cost, and then what it did."""
        variables = operation.variable_definitions or ()
        self.defaults = {each.variable.name.value: each.default_value for each in variables}
        root = SCHEMA.get_root_type(operation.operation)
        if operation.operation.value == "mutation":
            return OF_A_MUTATION * len(self.fields(operation.selection_set, root))
        return self.selected(operation.selection_set, root, data) if data is not None else 0

    def fields(self, selections: SelectionSetNode | None, of: Any) -> list[tuple[FieldNode, Any]]:
        """The fields of a selection and the types that have them, those of its fragments too."""
        found: list[tuple[FieldNode, Any]] = []
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                found.append((node, of))
                continue
            fragment: Any = self.fragment(node.name.value) if isinstance(node, FragmentSpreadNode) else node
            condition = fragment.type_condition
            found += self.fields(fragment.selection_set, SCHEMA.type_map[condition.name.value] if condition else of)
        return found

    def fragment(self, name: str) -> FragmentDefinitionNode:
        fragments = [each for each in self.document.definitions if isinstance(each, FragmentDefinitionNode)]
        return next(each for each in fragments if each.name.value == name)

    def selected(self, selections: SelectionSetNode | None, of: Any, data: Any) -> int:
        return sum(self.field(node, of_node, data) for node, of_node in self.fields(selections, of))

    def field(self, node: FieldNode, of: Any, data: Any) -> int:
        """A field's own points and those below it."""
        definition, value = of.fields.get(node.name.value), ... if data is ... else data.get(key_of(node))
        if definition is None or is_leaf_type(get_named_type(definition.type)) or value is None:
            return 0
        named: Any = get_named_type(definition.type)
        if named.name.endswith("Connection"):
            return OF_A_CONNECTION + self.connection(node, named, value)
        if not is_list_type(get_nullable_type(definition.type)):
            return 1 + self.selected(node.selection_set, named, value)
        rows = [...] * self.size(node) if value is ... else [row for row in value if row is not None]
        return sum(1 + self.selected(node.selection_set, named, row) for row in rows)

    def connection(self, node: FieldNode, of: Any, value: Any) -> int:
        """Its nodes, be they asked for by `nodes` or by `edges`."""
        cost = 0
        for each, _ in self.fields(node.selection_set, of):
            if each.name.value not in ("nodes", "edges"):
                continue
            inner, inner_type = each.selection_set, get_named_type(of.fields[each.name.value].type)
            rows = [...] * self.size(node) if value is ... else value[key_of(each)]
            if each.name.value == "nodes":
                cost = max(cost, sum(1 + self.selected(inner, inner_type, row) for row in rows))
            else:
                cost = max(cost, sum(self.selected(inner, inner_type, row) for row in rows))
        return cost

    def size(self, node: FieldNode) -> int:
        """How many rows a field asks for."""
        for argument in node.arguments or ():
            value: Any = argument.value
            if argument.name.value in ("first", "last", "ids", "names"):
                if isinstance(value, VariableNode):
                    value = self.variables.get(value.name.value, self.defaults.get(value.name.value))
                if isinstance(value, IntValueNode):
                    return int(value.value)
                if isinstance(value, int):
                    return value
                rows = value if isinstance(value, list) else getattr(value, "values", ())
                return len(rows)
        return 1


def key_of(node: FieldNode) -> str:
    """Under which name the answer has it."""
    return node.alias.value if node.alias else node.name.value
