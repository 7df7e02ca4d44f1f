import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.authoring.mutations import mutations, variables


def mutated(code, kind):
    """What the first node of a kind may become."""
    node = next(node for node in ast.walk(ast.parse(code)) if isinstance(node, kind))
    return {ast.unparse(ast.fix_missing_locations(other)) for other in mutations(node)}


@pytest.mark.parametrize(
    ("code", "kind", "become"),
    [
        ("a + b", ast.BinOp, {"a - b", "a * b", "a / b", "a ** b", "a // b", "a % b", "a", "b"}),
        ("a @ b", ast.BinOp, {"a * b", "a", "b"}),
        ("a | b", ast.BinOp, {"a & b", "a ^ b", "a", "b"}),
        ("a < b", ast.Compare, {"a <= b", "a > b", "a >= b", "a == b", "a != b"}),
        ("a in b", ast.Compare, {"a not in b"}),
        ("a and b", ast.BoolOp, {"a or b", "a", "b"}),
        ("not a", ast.UnaryOp, {"a"}),
        ("-a", ast.UnaryOp, {"a"}),
        ("f(3)", ast.Constant, {"0", "1", "-1", "2", "4"}),
        ("f(0.5)", ast.Constant, {"0.0", "1.0", "-0.5", "0.25", "0.505"}),
        ("f(True)", ast.Constant, {"False"}),
        ("f(a, axis=0)", ast.keyword, {"axis=1", "axis=-1", "axis=None"}),
        ("f(a, b, c)", ast.Call, {"f(b, a, c)", "f(a, c, b)"}),
        ("np.maximum(a, b)", ast.Call, set()),
        ("np.exp(a)", ast.Call, {"a"}),
        ("z.copy()", ast.Call, {"z"}),
        ("f(a, b, keepdims=True)", ast.Call, {"f(b, a, keepdims=True)", "f(a, b)"}),
        ("range(n)", ast.Call, {"range(n + 1)", "range(n - 1)", "n"}),
        ("np.maximum", ast.Attribute, {"np.minimum"}),
        ("np.exp", ast.Attribute, {"np.expm1"}),
        ("x.T", ast.Attribute, {"x"}),
        ("max", ast.Name, {"min"}),
        ("sum", ast.Name, set()),
        ("x[i]", ast.Subscript, {"x[i + 1]", "x[i - 1]"}),
        ("x[:n]", ast.Slice, {"1:n", ":n + 1", ":n - 1"}),
        ("(a, b)", ast.Tuple, {"(a,)", "(b,)", "(b, a)"}),
        ("{'a', 'b'}", ast.Set, {"{'a'}", "{'b'}"}),
        ("x += y", ast.AugAssign, {"x -= y", "x *= y", "x /= y", "x **= y", "x //= y", "x %= y", "x = y", "pass"}),
        ("a if b else c", ast.IfExp, {"a if not b else c"}),
        ("while a: break", ast.Break, {"continue", "pass"}),
    ],
)  # fmt: skip
def test_each_kind_of_code_becomes_what_learners_might_write(code, kind, become):
    assert {text for text in mutated(code, kind) if text != code} >= become


def test_a_variable_is_taken_for_each_other_one():
    node = ast.parse("z", mode="eval").body
    assert {ast.unparse(other) for other in mutations(node, ["y", "z", "dy"])} == {"y", "dy"}


def test_the_variables_of_a_function_are_its_arguments_and_what_it_sets_not_what_a_function_inside_sets():
    (function,) = ast.parse("def f(a, b=1):\n    c = a\n    def g(d):\n        e = d\n    return c").body
    assert variables(function) == ["a", "b", "c"]


EXPRESSIONS = st.recursive(
    st.sampled_from(["a", "b", "1", "2.5", "True", "'text'", "None"]),
    lambda inner: st.one_of(
        st.builds("({} + {})".format, inner, inner),
        st.builds("({} < {})".format, inner, inner),
        st.builds("f({}, axis={})".format, inner, inner),
        st.builds("x[{}:{}]".format, inner, inner),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("({} if {} else not {})".format, inner, inner, inner),
    ),
    max_leaves=8,
)


@settings(derandomize=True, deadline=None)
@given(EXPRESSIONS)
def test_every_mutation_of_an_expression_is_an_expression(text):
    for other in mutations(ast.parse(text, mode="eval").body):
        ast.parse(ast.unparse(other), mode="eval")
