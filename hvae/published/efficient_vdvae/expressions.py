"""Values of configuration files as Python writes them: literals and plain arithmetic, computed."""

import ast
import itertools
import math
import operator

from hvae.errors import UserError

_OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
_FUNCTIONS = {
    function.__name__: function
    for function in (abs, float, int, len, list, max, min, range, round, sorted, sum, tuple)
}
_LONGEST_TEXT = 10_000  # characters of an expression
_LONGEST_LIST = 10_000  # entries
_LARGEST_NUMBER = 2**64


def evaluate_text(name, text):
    """The value of an expression, or the text itself where it is none.

    Numbers, texts, lists and tuples (which become lists), arithmetic, and calls of functions such
    as `max`, `round` and `int`. Nothing else is executed, and nothing large is made.

    Args:
        name: of the setting, for messages.
        text: e.g. `"[1] * 3 + [max(3, 7)]"`.

    Raises:
        UserError: if an expression cannot be computed, or its value is too large.
    """
    if len(text) > _LONGEST_TEXT:
        raise UserError(f"{name}: must have at most {_LONGEST_TEXT} characters")
    try:
        return _plain(_evaluate(ast.parse(text, mode="eval").body))
    except (SyntaxError, _NoExpression, RecursionError, MemoryError):
        return text
    except (TypeError, ValueError, ArithmeticError) as error:
        raise UserError(f"{name}: cannot be computed ({error}). Received: {text[:80]}") from error


class _NoExpression(Exception):
    """What is written is something else than a value."""


def _evaluate(node):
    if isinstance(node, ast.Constant):
        return _bounded(node.value)
    if isinstance(node, (ast.List, ast.Tuple)):
        return [_evaluate(item) for item in node.elts]
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _apply(type(node.op), _evaluate(node.left), _evaluate(node.right))
    if isinstance(node, ast.UnaryOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_evaluate(node.operand))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        if node.func.id in _FUNCTIONS:
            arguments = [_evaluate(argument) for argument in node.args]
            return _bounded(_FUNCTIONS[node.func.id](*arguments))
    raise _NoExpression


def _apply(kind, left, right):
    """The value of `left kind right`; what would be large is refused before it is made."""
    if kind is ast.Mult:
        for sequence, count in ((left, right), (right, left)):
            if isinstance(sequence, (list, str)) and isinstance(count, int):
                _check_length(len(sequence) * max(0, count))
    if kind is ast.Pow and left and abs(right) * abs(math.log2(abs(left))) > 64.0:
        raise ValueError("a power that is too large")
    return _bounded(_OPERATORS[kind](left, right))


def _bounded(value):
    if isinstance(value, (list, str, range, tuple)):
        _check_length(len(value))
    elif isinstance(value, int) and abs(value) > _LARGEST_NUMBER:
        raise ValueError("a number that is too large")
    return value


def _check_length(length):
    if length > _LONGEST_LIST:
        raise ValueError(f"a list of {length} entries is too long")


def _plain(value, entries=None):
    """Lists for all sequences but text; no complex numbers, and no more entries than allowed."""
    entries = itertools.count(1) if entries is None else entries
    _check_length(next(entries))
    if isinstance(value, (list, range, tuple)):
        return [_plain(item, entries) for item in value]
    if isinstance(value, complex):
        raise ValueError("no real number")
    return value
