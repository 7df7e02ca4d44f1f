"""Exercise 06, vanishing and exploding gradients: what each answer must do, and the mistakes that learners really make."""

from itertools import pairwise

import numpy as np

from dlcourse import functional as F
from dlcourse.checks import Wrong, expect, question
from dlcourse.layers import Linear, Sequential, Tanh

# --- q1: gradient norms ------------------------------------------------------------------------------------------------

q1 = question("q1", "Gradient norms, completed", functions=["gradient_norms"])
#: Three examples; no two lengths are equal, so a wrong transpose shows.
X = np.array([[1.2, -0.6], [0.4, 1.5], [-0.9, 0.7]])
WEIGHTS = [
    np.array([[0.5, -0.8, 0.3, 1.1], [0.9, 0.4, -0.7, 0.2]]),
    np.array([[0.6, -0.3, 0.8, 0.1, -0.9], [1.2, 0.5, -0.4, 0.7, 0.3], [-0.2, 0.9, 0.6, -1.1, 0.4], [0.8, -0.5, 0.2, 0.9, -0.6]]),
    np.array([[0.7, -0.4, 1.0], [-0.9, 0.6, 0.2], [0.3, 1.1, -0.5], [0.8, -0.2, 0.4], [-0.6, 0.5, 0.9]]),
]  # fmt: skip
DELTA = np.array([[0.3, -0.5, 0.2], [-0.4, 0.1, 0.6], [0.7, 0.25, -0.35]])


@q1.check("three layers", points=1.5)
def norms_of_three(student, solution):
    expect(student.gradient_norms(X, WEIGHTS, DELTA)).close_to(solution.gradient_norms(X, WEIGHTS, DELTA))


@q1.check("two layers, and one", each=[("two", 2), ("one", 1)])
def norms_of_fewer(student, solution, case):
    _, count = case
    last = DELTA @ np.array([[0.5, -1.0, 0.2, 0.6, 0.9], [0.7, 0.3, -0.8, 0.4, -0.2], [0.1, 0.6, 0.9, -0.5, 0.8]])
    delta = last if count == 2 else last[:, :4]
    expect(student.gradient_norms(X, WEIGHTS[:count], delta)).close_to(
        solution.gradient_norms(X, WEIGHTS[:count], delta)
    )


@q1.check("deeper networks, other widths", points=1.5, hidden=True, each=[4, 7])
def norms_elsewhere(student, solution, case, rng):
    widths = rng.integers(2, 6, case + 1)
    weights = [rng.normal(0, 0.8, (n, m)) for n, m in pairwise(widths)]
    x, delta = rng.normal(size=(6, widths[0])), rng.normal(size=(6, widths[-1]))
    expect(student.gradient_norms(x, weights, delta)).close_to(solution.gradient_norms(x, weights, delta))


def walk_back(x, weights, delta, *, slope=lambda a: 1 - np.square(a), bend=np.tanh, size=np.linalg.norm, forward=False):
    """Norms of all dW, with one thing that can be wrong."""
    kept = [x]
    for w in weights[:-1]:
        kept.append(bend(np.dot(kept[-1], w)))
    found = []
    for a, w in reversed(list(zip(kept, weights, strict=True))):
        found.insert(len(found) if forward else 0, size(np.dot(a.T, delta)))
        delta = slope(a) * np.dot(delta, w.T)
    return np.array(found)


@q1.mistake("The norms stand in the order in which you found them, last layer first. Turn the list round at the end.")
def last_layer_first(x, weights, delta):
    return walk_back(x, weights, delta, forward=True)


@q1.mistake("The slope of tanh is missing on the way back: only the weights are multiplied.")
def slope_forgotten(x, weights, delta):
    return walk_back(x, weights, delta, slope=np.ones_like)


@q1.mistake("Your slope is 1 - x, as some notes print it. The output of tanh has to be squared.")
def slope_unsquared(x, weights, delta):
    return walk_back(x, weights, delta, slope=lambda a: 1 - a)


@q1.mistake("You apply tanh once more in the slope: x_in is the output of a tanh already.")
def tanh_twice(x, weights, delta):
    return walk_back(x, weights, delta, slope=lambda a: 1 - np.tanh(a) ** 2)


@q1.mistake("Your slope is x (1 - x), which belongs to the sigmoid.")
def slope_of_sigmoid(x, weights, delta):
    return walk_back(x, weights, delta, slope=lambda a: a * (1 - a))


@q1.mistake("The inputs of the later layers are weighted sums: tanh is missing on the way forward.")
def tanh_forgotten(x, weights, delta):
    return walk_back(x, weights, delta, bend=lambda z: z)


@q1.mistake("These are sums of squares. A norm is the root of such a sum.")
def root_forgotten(x, weights, delta):
    return walk_back(x, weights, delta, size=lambda g: np.sum(g**2))


@q1.mistake("You add up absolute values. The norm asked for is the root of the sum of squares.")
def absolute_values(x, weights, delta):
    return walk_back(x, weights, delta, size=lambda g: np.sum(np.abs(g)))


@q1.mistake("This is the largest singular value of dW, what `np.linalg.norm(dW, 2)` gives. Leave the 2 out.")
def largest_stretch(x, weights, delta):
    return walk_back(x, weights, delta, size=lambda g: np.linalg.norm(g, 2))


@q1.mistake(
    "These are the norms of the deltas. Asked for are those of the weights' gradients, x transposed times delta."
)
def norms_of_deltas(x, weights, delta):
    kept = [x]
    for w in weights[:-1]:
        kept.append(np.tanh(np.dot(kept[-1], w)))
    found = [np.linalg.norm(delta)]
    for a, w in list(zip(kept, weights, strict=True))[:0:-1]:
        delta = (1 - a**2) * np.dot(delta, w.T)
        found.append(np.linalg.norm(delta))
    return np.array(found[::-1])


@q1.alternative
def norms_by_the_library(x, weights, delta):
    dice = np.random.default_rng(17)
    layers = [layer for w in weights for layer in (Linear(*w.shape, bias=False, rng=dice), Tanh())][:-1]
    net = Sequential(*layers)
    for p, w in zip(net.parameters(), weights, strict=True):
        p.value = w
    net(x)
    net.backward(delta)
    return np.array([np.sqrt(np.vdot(p.grad, p.grad)) for p in net.parameters()])


@q1.alternative
def norms_by_recursion(x, weights, delta):
    def below(a, left):
        """The norms of the layers that are left, and the gradient of their input."""
        w, *rest = left
        if rest:
            out = np.tanh(a @ w)
            found, d_out = below(out, rest)
            error = d_out / np.cosh(np.arctanh(out)) ** 2
        else:
            found, error = [], delta
        return [np.sqrt(np.einsum("nd,nm,kd,km->", a, error, a, error)), *found], error @ w.T

    return np.array(below(x, weights)[0])


q1.equivalent(
    "gradient_norms: strict=True -> strict=False",
    "gradient_norms: zip(inputs[::-1], weights[::-1], strict=True) -> zip(inputs[::-1], weights[::-1])",
    because="There is one input a layer; strict only guards against a slip.",
)


# --- q2: a bound -------------------------------------------------------------------------------------------------------

q2 = question("q2", "What can be left of delta", functions=["delta_bounds"], values=["layers_needed"])


@q2.check("four layers", each=[("slope 0.25", 0.25), ("slope 0.8", 0.8)])
def bounds_of_four(student, solution, case):
    _, slope = case
    weights = [*WEIGHTS, np.array([[1.3, -0.4], [0.6, 2.1], [-0.8, 0.5]])]
    expect(student.delta_bounds(weights, slope)).close_to(solution.delta_bounds(weights, slope))


@q2.check("one layer")
def bound_of_one(student, solution):
    expect(student.delta_bounds(WEIGHTS[:1], 0.25)).close_to(solution.delta_bounds(WEIGHTS[:1], 0.25))


@q2.check("the prediction layers_needed")
def prediction_of_depth(student, solution):
    count = student.layers_needed
    if isinstance(count, bool) or not isinstance(count, int | float):
        raise Wrong("write a whole number")
    if count != solution.layers_needed:
        raise Wrong(f"not {count:g}: what is the factor of one layer, and how many factors are there between L layers?")


@q2.check("other networks", hidden=True, each=[3, 6])
def bounds_elsewhere(student, solution, case, rng):
    widths = rng.integers(2, 7, case + 1)
    weights = [rng.normal(size=(n, m)) for n, m in pairwise(widths)]
    slope = rng.uniform(0.1, 1)
    expect(student.delta_bounds(weights, slope)).close_to(solution.delta_bounds(weights, slope))


def bounds_by(weights, factor):
    """The bounds, from the factor of a matrix."""
    found = [1.0]
    for w in list(weights[1:])[::-1]:
        found.insert(0, found[0] * factor(w))
    return np.array(found)


@q2.mistake(
    "You take the root of the sum of squares, `np.linalg.norm(W)`. That is a bound as well, but a looser one: the most by "
    "which W can stretch is `np.linalg.norm(W, 2)`.",
    of="delta_bounds",
)
def frobenius_for_stretch(weights, slope):
    return bounds_by(weights, lambda w: slope * np.linalg.norm(w))


@q2.mistake("You take the largest entry of W. A matrix can stretch by more than that.", of="delta_bounds")
def entry_for_stretch(weights, slope):
    return bounds_by(weights, lambda w: slope * np.max(np.abs(w)))


@q2.mistake("The slope is missing: delta meets the weights *and* the activation.", of="delta_bounds")
def bound_without_slope(weights, slope):
    return bounds_by(weights, lambda w: np.linalg.norm(w, 2))


@q2.mistake("The weights are missing: this is a product of slopes alone.", of="delta_bounds")
def bound_without_weights(weights, slope):
    return bounds_by(weights, lambda w: slope)


@q2.mistake("The bounds stand in the order in which you found them. The first layer belongs first.", of="delta_bounds")
def bounds_last_first(weights, slope):
    return bounds_by(weights, lambda w: slope * np.linalg.norm(w, 2))[::-1]


@q2.mistake(
    "You multiply from the first layer on. Delta comes from the last: there the product begins, with 1.",
    of="delta_bounds",
)
def bounds_from_the_front(weights, slope):
    return np.cumprod([1.0, *(slope * np.linalg.norm(w, 2) for w in weights[:-1])])


@q2.mistake(
    "One factor too many: W_1 stands before the first delta, and no delta passes through it on its way to layer 1.",
    of="delta_bounds",
)
def first_weights_counted(weights, slope):
    return np.array([np.prod([slope * np.linalg.norm(w, 2) for w in weights[i:]]) for i in range(len(weights))])


@q2.mistake(
    "There is one entry too many: L deltas, L entries. W_1 stands before the first delta and plays no part.",
    of="delta_bounds",
)
def an_entry_too_many(weights, slope):
    return np.array([np.prod([slope * np.linalg.norm(w, 2) for w in weights[i:]]) for i in range(len(weights) + 1)])


@q2.mistake(
    "Each entry is the factor of one layer. What is left of delta is the *product* of all factors behind it.",
    of="delta_bounds",
)
def factors_not_multiplied(weights, slope):
    return np.array([*(slope * np.linalg.norm(w, 2) for w in weights[1:]), 1.0])


@q2.mistake(
    "That is the number of factors. Between L layers there are L - 1 of them, so one more layer is needed.",
    of="layers_needed",
)
def factors_counted():
    return 16


@q2.mistake(
    "You counted slopes alone. The weights stretch by 1.6 in every layer: the factor is larger.", of="layers_needed"
)
def slopes_alone():
    return 11


@q2.mistake(
    "Rounded down, and factors counted instead of layers. Check: is the bound below 1e-6 there?", of="layers_needed"
)
def rounded_down():
    return 15


@q2.alternative(of="delta_bounds")
def bounds_by_logarithms(weights, slope):
    logs = np.array([np.log(slope) + np.log(np.linalg.svd(w, compute_uv=False)[0]) for w in weights])
    return np.exp(np.append(np.cumsum(logs[1:][::-1])[::-1], 0.0))


@q2.alternative(of="delta_bounds")
def bounds_by_eigenvalues(weights, slope):
    stretch = [slope * float(np.sqrt(np.linalg.eigvalsh(w.T @ w)[-1])) for w in weights]
    return np.array([np.prod(stretch[i + 1 :]) for i in range(len(weights))])


@q2.alternative(of="layers_needed")
def depth_by_logarithms():
    return float(1 + np.ceil(np.log(1e-6) / np.log(0.4)))


# --- q3: clip by value -------------------------------------------------------------------------------------------------

q3 = question(
    "q3",
    "Clip by value",
    functions=["clip_by_value", "turned"],
    forbid=["dlcourse.clip_grad_value_"],
)
#: Three arrays; some entries are clipped at each end, some not, and one lies on the limit.
GRADIENTS = [
    np.array([[3.0, -0.5, 1.25], [-4.0, 0.8, -1.5]]),
    np.array([0.4, -2.0, 6.0, 1.1]),
    np.array([[0.9], [-1.7]]),
]
OTHERS = [np.array([[1.0, 0.7, -2.0], [-1.5, 0.3, 0.6]]), np.array([2.5, -0.2, 0.9, 1.4]), np.array([[-0.6], [0.5]])]


@q3.check("clipped")
def values_clipped(student, solution):
    expect(student.clip_by_value(GRADIENTS, 1.25)).close_to(solution.clip_by_value(GRADIENTS, 1.25))


@q3.check("the angle between two gradients", each=["acute", "obtuse"])
def angle_of_two(student, solution, case):
    after = OTHERS if case == "acute" else [-1.5 * OTHERS[0], 0.3 * OTHERS[1], OTHERS[2]]
    expect(student.turned(GRADIENTS, after)).close_to(solution.turned(GRADIENTS, after))


@q3.check("no angle between a gradient and a shorter one", no_overflow=True)
def angle_of_none(student):
    for k in range(1, 31):  # among so many, rounding pushes some cosines above 1
        g = [np.sin(np.arange(1.0, 4.0) * k), np.cos(np.arange(2.0) + k)[:, np.newaxis]]
        shorter = [part / (k + 2.0) for part in g]
        expect(student.turned(g, shorter)).close_to(0.0, atol=1e-4)


@q3.check("other gradients", hidden=True, each=["clipped", "angle"])
def value_elsewhere(student, solution, case, rng):
    g = [rng.normal(size=shape) for shape in ((4, 3), (3,), (3, 2))]
    limit = rng.uniform(0.2, 1)
    if case == "clipped":
        expect(student.clip_by_value(g, limit)).close_to(solution.clip_by_value(g, limit))
    else:
        after = [np.clip(part, -limit, limit) for part in g]
        expect(student.turned(g, after)).close_to(solution.turned(g, after))


@q3.mistake(
    "You limit from above alone. A large negative entry is as long as a large positive one.", of="clip_by_value"
)
def clipped_above_alone(gradients, limit):
    return [np.where(g > limit, limit, g) for g in gradients]


@q3.mistake(
    "Clipped entries all became the positive limit: a gradient of -4 now points upward. Keep the sign.",
    of="clip_by_value",
)
def sign_lost(gradients, limit):
    return [np.where(np.abs(g) > limit, limit, g) for g in gradients]


@q3.mistake("Entries beyond the limit became 0. Clipping sets them to the limit.", of="clip_by_value")
def set_to_zero(gradients, limit):
    return [np.where(np.abs(g) > limit, 0.0, g) for g in gradients]


@q3.mistake("Every entry became as large as the limit. Entries within the limits stay as they are.", of="clip_by_value")
def all_at_the_limit(gradients, limit):
    return [np.sign(g) * limit for g in gradients]


@q3.mistake(
    "You shorten each array as a whole. That is clipping by norm; by value, each entry is on its own.",
    of="clip_by_value",
)
def shortened_as_a_whole(gradients, limit):
    return [g * min(1.0, limit / np.linalg.norm(g)) for g in gradients]


@q3.mistake("Your angle is in radians. Asked for are degrees.", of="turned")
def in_radians(before, after):
    a, b = np.hstack([np.ravel(g) for g in before]), np.hstack([np.ravel(g) for g in after])
    return np.arccos(min(np.dot(a, b) / np.sqrt(np.dot(a, a) * np.dot(b, b)), 1.0))


@q3.mistake("This is the cosine. The angle is its arccos, in degrees.", of="turned")
def cosine_for_angle(before, after):
    a, b = np.hstack([np.ravel(g) for g in before]), np.hstack([np.ravel(g) for g in after])
    return np.dot(a, b) / np.sqrt(np.dot(a, a) * np.dot(b, b))


@q3.mistake(
    "You averaged the angles of the single arrays. Each list is one long vector: join first, then compute.", of="turned"
)
def mean_of_angles(before, after):
    angles = []
    for g, h in zip(before, after, strict=True):
        cosine = np.sum(g * h) / np.linalg.norm(g) / np.linalg.norm(h)
        angles.append(np.degrees(np.arccos(min(cosine, 1.0))))
    return float(np.mean(angles))


@q3.mistake("Only the first array of each list counts in your angle. Join all of them.", of="turned")
def first_array_alone(before, after):
    a, b = np.ravel(before[0]), np.ravel(after[0])
    return np.degrees(np.arccos(min(np.dot(a, b) / np.sqrt(np.dot(a, a) * np.dot(b, b)), 1.0)))


@q3.mistake(
    "You take the absolute value of the cosine, so an angle above 90 degrees comes out as its mirror image below.",
    of="turned",
)
def never_obtuse(before, after):
    a, b = np.hstack([np.ravel(g) for g in before]), np.hstack([np.ravel(g) for g in after])
    return np.degrees(np.arccos(min(abs(np.dot(a, b)) / np.sqrt(np.dot(a, a) * np.dot(b, b)), 1.0)))


@q3.mistake(
    "Parallel gradients give NaN: rounding pushes the cosine a hair above 1, and there is no such angle. Limit it.",
    of="turned",
)
def cosine_not_limited(before, after):
    a, b = np.concatenate([np.ravel(g) for g in before]), np.concatenate([np.ravel(g) for g in after])
    return np.degrees(np.arccos(np.dot(a, b) / np.linalg.norm(a) / np.linalg.norm(b)))


@q3.alternative(of="clip_by_value")
def by_clip(gradients, limit):
    return tuple(np.clip(g, -limit, limit) for g in gradients)


@q3.alternative(of="clip_by_value")
def by_sign(gradients, limit):
    return [np.where(np.abs(g) > limit, limit * np.sign(g), g) for g in gradients]


@q3.alternative(of="turned")
def by_half_angles(before, after):
    a, b = (np.array([entry for g in gradients for entry in g.ravel()]) for gradients in (before, after))
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    return 360 / np.pi * np.arctan2(np.linalg.norm(a - b), np.linalg.norm(a + b))


@q3.alternative(of="turned")
def by_sums(before, after):
    along = sum(np.vdot(g, h) for g, h in zip(before, after, strict=True))
    sizes = [np.sqrt(sum(np.vdot(g, g) for g in gradients)) for gradients in (before, after)]
    return float(np.arccos(np.clip(along / sizes[0] / sizes[1], -1, 1)) * 180 / np.pi)


q3.equivalent(
    "turned: (a, b) -> (b, a)",
    "turned: (before, after) -> (after, before)",
    because="The angle from a to b is the angle from b to a.",
)


# --- q4: clip by global norm -------------------------------------------------------------------------------------------

q4 = question("q4", "Clip by global norm", functions=["clip_by_norm"], forbid=["dlcourse.clip_grad_norm_"])
SHORT = [0.05 * g for g in GRADIENTS]  # their norm is 0.45
TINY = [4e-7 * g for g in GRADIENTS]  # 3.6e-6: here the 1e-6 shows


def judge(student, solution, gradients, max_norm, atol=None):
    """Compare the norm, then the clipped gradients."""
    clipped, norm = expect(student.clip_by_norm(gradients, max_norm)).parts(2)
    right, right_norm = solution.clip_by_norm(gradients, max_norm)
    expect(norm).close_to(right_norm, atol=atol, because="this is the norm that you return")
    expect(clipped).close_to(right, atol=atol)


@q4.check("a gradient that is too long")
def too_long(student, solution):
    judge(student, solution, GRADIENTS, 2.5)


@q4.check("a gradient that is short enough")
def short_enough(student, solution):
    judge(student, solution, SHORT, 2.5)


@q4.check("PyTorch's 1e-6")
def tiny(student, solution):
    judge(student, solution, TINY, 1.5e-6, atol=1e-13)


@q4.check("all gradients 0", no_overflow=True)
def nothing_to_clip(student, solution):
    judge(student, solution, [np.zeros((2, 3)), np.zeros(2), np.zeros((2, 1))], 1.0)


@q4.check("other gradients", hidden=True, no_overflow=True, each=["long", "short"])
def norm_elsewhere(student, solution, case, rng):
    g = [rng.normal(size=shape) for shape in ((5, 3), (3,), (3, 2), (2,))]
    judge(student, solution, g, rng.uniform(0.3, 2) if case == "long" else rng.uniform(10, 20))


def length(gradients):
    """The norm of all gradients together."""
    return float(np.linalg.norm([np.linalg.norm(g) for g in gradients]))


@q4.mistake("Short gradients are made longer. PyTorch takes a coefficient above 1 as 1: clipping only ever shortens.")
def lengthened(gradients, max_norm):
    size = length(gradients)
    return [g * (max_norm / (size + 1e-6)) for g in gradients], size


@q4.mistake(
    "Each array is shortened by its own norm, so their common direction is lost. *Global* means one norm for all."
)
def array_by_array(gradients, max_norm):
    return [g * min(1.0, max_norm / (np.linalg.norm(g) + 1e-6)) for g in gradients], length(gradients)


@q4.mistake("The gradients are right, and the norm is missing: return both, `return clipped, norm`.")
def norm_not_returned(gradients, max_norm):
    return [g * min(1.0, max_norm / (length(gradients) + 1e-6)) for g in gradients]


@q4.mistake("You return the norm after clipping. PyTorch returns the norm as it was before: that is what one logs.")
def norm_after(gradients, max_norm):
    size = length(gradients)
    new = [g * min(1.0, max_norm / (size + 1e-6)) for g in gradients]
    return new, length(new)


@q4.mistake("The 1e-6 of PyTorch is missing in the denominator. It shows where the norm itself is tiny.")
def eps_forgotten(gradients, max_norm):
    size = length(gradients)
    return [g * (max_norm / size if size > max_norm else 1.0) for g in gradients], size


@q4.mistake(
    "You add 1e-6 to the norm that you return as well. It belongs into the denominator of the coefficient alone."
)
def eps_in_the_norm(gradients, max_norm):
    size = length(gradients) + 1e-6
    return [g * min(1.0, max_norm / size) for g in gradients], size


@q4.mistake("Your norm lacks the root: it is the sum of squares.")
def norm_squared(gradients, max_norm):
    size = length(gradients) ** 2
    return [g * min(1.0, max_norm / (size + 1e-6)) for g in gradients], size


@q4.mistake("Your norm is the sum of the arrays' norms. Add their squares, and take the root of that.")
def norms_added(gradients, max_norm):
    size = float(sum(np.linalg.norm(g) for g in gradients))
    return [g * min(1.0, max_norm / (size + 1e-6)) for g in gradients], size


@q4.mistake("Your norm is the largest of the arrays' norms. All arrays together are one vector.")
def largest_norm(gradients, max_norm):
    size = float(max(np.linalg.norm(g) for g in gradients))
    return [g * min(1.0, max_norm / (size + 1e-6)) for g in gradients], size


@q4.mistake("You clip by value here. By norm, all entries are multiplied by one and the same coefficient.")
def clipped_by_value(gradients, max_norm):
    return [np.clip(g, -max_norm, max_norm) for g in gradients], length(gradients)


@q4.mistake("Your coefficient is upside down: a norm of twice max_norm asks for a half.")
def upside_down(gradients, max_norm):
    size = length(gradients)
    return [g * max(1.0, (size + 1e-6) / max_norm) for g in gradients], size


@q4.alternative
def by_one_vector(gradients, max_norm):
    g = np.concatenate([part.ravel() for part in gradients])
    size = np.linalg.norm(g)
    if size + 1e-6 > max_norm:
        g = max_norm * g / (size + 1e-6)
    ends = np.cumsum([part.size for part in gradients])[:-1]
    pieces = np.split(g, ends)
    return tuple(piece.reshape(part.shape) for piece, part in zip(pieces, gradients, strict=True)), size


@q4.alternative
def by_division(gradients, max_norm):
    size = float(np.hypot.reduce([np.sqrt(np.vdot(g, g)) for g in gradients]))
    divisor = max(1.0, (size + 1e-6) / max_norm)
    return [g / divisor for g in gradients], size


# --- q5: a residual block ----------------------------------------------------------------------------------------------

q5 = question(
    "q5",
    "A residual block",
    functions=["residual", "residual_backward"],
    forbid=["dlcourse.Residual"],
)
#: Four examples, three numbers, two hidden units.
X_BLOCK = np.array([[1.1, -0.4, 0.7], [0.3, 0.9, -1.2], [-0.8, 0.5, 0.2], [0.6, -1.0, -0.3]])
BLOCK = (
    np.array([[0.5, -0.7], [0.9, 0.3], [-0.4, 1.2]]),
    np.array([0.2, -0.35]),
    np.array([[0.8, -0.6, 1.1], [0.4, 0.7, -0.9]]),
    np.array([0.15, -0.25, 0.4]),
)
DY_BLOCK = np.array([[0.6, -0.9, 0.3], [1.2, 0.4, -0.7], [-0.5, 0.8, 1.4], [0.35, -1.3, 0.25]])
PARTS = [("dx", 0), ("dW1", 1), ("db1", 2), ("dW2", 3), ("db2", 4)]


def sent_back(who, x, block, dy):
    """What residual_backward answers, from the cache that its own forward left."""
    _, cache = expect(who.residual(x, *block)).parts(2)
    return expect(who.residual_backward(dy, cache)).parts(5)


@q5.check("the value y")
def block_value(student, solution):
    y, _ = expect(student.residual(X_BLOCK, *BLOCK)).parts(2)
    expect(y).close_to(solution.residual(X_BLOCK, *BLOCK)[0])


@q5.check("the gradients", points=2.5, each=PARTS)
def block_gradients(student, solution, case):
    _, part = case
    got = sent_back(student, X_BLOCK, BLOCK, DY_BLOCK)
    expect(got[part]).close_to(sent_back(solution, X_BLOCK, BLOCK, DY_BLOCK)[part])


@q5.check("other blocks, a batch of one among them", points=1.5, hidden=True, each=[1, 5])
def block_elsewhere(student, solution, case, rng):
    x, dy = rng.normal(size=(2, case, 4))
    block = tuple(rng.normal(size=shape) for shape in ((4, 6), 6, (6, 4), 4))
    y, _ = expect(student.residual(x, *block)).parts(2)
    expect(y).close_to(solution.residual(x, *block)[0])
    expect(sent_back(student, x, block, dy)).close_to(sent_back(solution, x, block, dy))


def block_back(dy, cache, *, around=1.0, slope=lambda a: 1 - np.square(a), add=np.sum, skipped=0.0):
    """The way back through a block, with one thing that can be wrong."""
    x, a, first, second = cache
    error = slope(a) * (np.dot(dy, second.T) + skipped)
    d_in = around * dy + np.dot(error, first.T)
    return d_in, np.dot(x.T, error), add(error, axis=0), np.dot(a.T, dy), add(dy, axis=0)


@q5.mistake("The way around is missing: y is x plus what the layers make of it.", of="residual")
def plain_layers(x, W1, b1, W2, b2):
    a = np.tanh(np.dot(x, W1) + b1)
    return np.dot(a, W2) + b2, (x, a, W1, W2)


@q5.mistake(
    "You bend after the second layer as well. In this block tanh stands between the layers only.", of="residual"
)
def bent_twice(x, W1, b1, W2, b2):
    a = np.tanh(np.dot(x, W1) + b1)
    return x + np.tanh(np.dot(a, W2) + b2), (x, a, W1, W2)


@q5.mistake("The way around is a product in your block. It should be a sum.", of="residual")
def multiplied(x, W1, b1, W2, b2):
    a = np.tanh(np.dot(x, W1) + b1)
    return x * (np.dot(a, W2) + b2), (x, a, W1, W2)


@q5.mistake("The biases are missing.", of="residual")
def without_biases(x, W1, b1, W2, b2):
    a = np.tanh(np.dot(x, W1))
    return x + np.dot(a, W2), (x, a, W1, W2)


@q5.mistake(
    "Your dx lacks the way around: x reaches y by two paths, and one of them passes dy on unchanged.",
    of="residual_backward",
)
def through_alone(dy, cache):
    return block_back(dy, cache, around=0.0)


@q5.mistake(
    "Your dx is dy alone. The path through the layers counts too: over paths, slopes add.", of="residual_backward"
)
def around_alone(dy, cache):
    return (dy, *block_back(dy, cache)[1:])


@q5.mistake(
    "Your dx is a product of both paths. Along a path slopes multiply; over paths they add.", of="residual_backward"
)
def paths_multiplied(dy, cache):
    d_in, *rest = block_back(dy, cache, around=0.0)
    return (dy * d_in, *rest)


@q5.mistake(
    "Your dx is x plus something. What comes around the layers on the way back is dy: the gradient, not the value.",
    of="residual_backward",
)
def value_for_gradient(dy, cache):
    d_in, *rest = block_back(dy, cache, around=0.0)
    return (cache[0] + d_in, *rest)


@q5.mistake("The slope of tanh is missing between the two layers.", of="residual_backward")
def block_without_slope(dy, cache):
    return block_back(dy, cache, slope=np.ones_like)


@q5.mistake("Your slope is 1 - h, without the square.", of="residual_backward")
def block_slope_unsquared(dy, cache):
    return block_back(dy, cache, slope=lambda a: 1 - a)


@q5.mistake(
    "Your biases' gradients are means. They add up the rows; dy already carries every 1/N.", of="residual_backward"
)
def block_biases_averaged(dy, cache):
    return block_back(dy, cache, add=np.mean)


@q5.mistake(
    "You add dy to itself at the wrong place: around goes from y to x, not into the hidden layer.",
    of="residual_backward",
)
def around_into_the_hidden(dy, cache):
    return block_back(dy, cache, skipped=dy.sum(axis=1, keepdims=True))


@q5.alternative(of=("residual", "residual_backward"))
def block_by_the_library():
    def forward(x, W1, b1, W2, b2):
        z, keep1 = F.linear(x, W1, b1)
        a, keep_tanh = F.tanh(z)
        f, keep2 = F.linear(a, W2, b2)
        return f + x, (keep1, keep_tanh, keep2)

    def back(dy, cache):
        keep1, keep_tanh, keep2 = cache
        da, d_second, d_bias2 = F.linear_backward(dy, keep2)
        d_in, d_first, d_bias1 = F.linear_backward(F.tanh_backward(da, keep_tanh), keep1)
        return d_in + dy, d_first, d_bias1, d_second, d_bias2

    return forward, back


@q5.alternative(of="residual_backward")
def block_by_einsum(dy, cache):
    x, a, first, second = cache
    error = np.einsum("nd,hd,nh->nh", dy, second, (1 - a) * (1 + a))
    d_in = np.einsum("nh,dh->nd", error, first) + dy
    sums = [np.einsum("nh->h", error), np.einsum("nd->d", dy)]
    return d_in, np.einsum("nd,nh->dh", x, error), sums[0], np.einsum("nh,nd->hd", a, dy), sums[1]


# --- q6: back through an unrolled network ------------------------------------------------------------------------------

q6 = question("q6", "Back through an unrolled network", functions=["factors"], values=["fates"])
WORDS = ("vanishes", "stays", "explodes")
MATRICES = {
    "three by three": (np.array([[0.6, -0.9, 0.4], [0.7, 0.3, -0.5], [0.2, 1.1, 0.8]]), np.array([1.5, -0.7, 0.4]), 5),
    "it grows first": (np.array([[0.7, 3.0], [0.0, 0.6]]), np.array([0.2, 1.6]), 8),
    "no step at all": (np.array([[0.7, 3.0], [0.0, 0.6]]), np.array([0.2, 1.6]), 0),
}


@q6.check("three networks", points=2, each=list(MATRICES))
def factors_of_three(student, solution, case):
    expect(student.factors(*MATRICES[case])).close_to(solution.factors(*MATRICES[case]))


@q6.check("the five fates")
def five_fates(student, solution):
    words = student.fates
    if not isinstance(words, tuple | list) or len(words) != 5 or not all(word in WORDS for word in words):
        raise Wrong(f"write a list of five words, each one of {', '.join(WORDS)}")
    hits = sum(word == right for word, right in zip(words, solution.fates, strict=True))
    if hits < 5:
        raise Wrong(f"{hits} of the five are right")


@q6.check("other matrices", hidden=True, each=[2, 4])
def factors_elsewhere(student, solution, case, rng):
    given = (rng.normal(0, 0.8, (case, case)), rng.normal(size=case), int(rng.integers(3, 9)))
    expect(student.factors(*given)).close_to(solution.factors(*given))


def travel(W, delta, steps, by):
    """Norms of a delta on its way, relative to the first."""
    sizes = [np.linalg.norm(delta)]
    for k in range(1, steps + 1):
        sizes.append(np.linalg.norm(by(delta, k)))
    return np.array(sizes) / sizes[0]


@q6.mistake(
    "You multiply by W. That is the way forward; going back, a row is multiplied by the transpose.", of="factors"
)
def forward_in_time(W, delta, steps):
    return travel(W, delta, steps, lambda d, k: np.dot(d, np.linalg.matrix_power(W, k)))


@q6.mistake(
    "Your factor is a power of the spectral radius. That is where it tends in the end; the delta itself can do otherwise "
    "before.",
    of="factors",
)
def radius_to_the_power(W, delta, steps):
    return np.max(np.abs(np.linalg.eigvals(W))) ** np.arange(steps + 1)


@q6.mistake(
    "Your factor is a power of the largest singular value: the most that could be. Follow the delta that is given.",
    of="factors",
)
def stretch_to_the_power(W, delta, steps):
    return np.linalg.norm(W, 2) ** np.arange(steps + 1)


@q6.mistake("These are norms. Divide by the norm at the start.", of="factors")
def not_divided(W, delta, steps):
    return np.linalg.norm(delta) * travel(W, delta, steps, lambda d, k: np.dot(np.linalg.matrix_power(W, k), d))


@q6.mistake("The entry for 0 steps is missing: the answer has steps + 1 entries and begins with 1.", of="factors")
def start_missing(W, delta, steps):
    return travel(W, delta, steps, lambda d, k: np.dot(np.linalg.matrix_power(W, k), d))[1:]


@q6.mistake("One step too few: after the start there are `steps` more entries.", of="factors")
def a_step_too_few(W, delta, steps):
    return travel(W, delta, max(steps - 1, 0), lambda d, k: np.dot(np.linalg.matrix_power(W, k), d))


@q6.mistake(
    "Each entry compares a delta with the one a step before. Compare every one with the delta at the start.",
    of="factors",
)
def step_by_step(W, delta, steps):
    path = travel(W, delta, steps, lambda d, k: np.dot(np.linalg.matrix_power(W, k), d))
    return np.append(1.0, path[1:] / path[:-1])


@q6.mistake("`W**k` raises every entry to a power. Going k steps means k matrix products.", of="factors")
def powers_of_entries(W, delta, steps):
    return travel(W, delta, steps, lambda d, k: np.dot(W**k, d))


@q6.mistake(
    "You went by the largest singular value, how far one step can stretch. In the end the eigenvalues decide: a stretch "
    "need not repeat itself.",
    of="fates",
)
def by_singular_values():
    return ["explodes", "explodes", "stays", "explodes", "vanishes"]


@q6.mistake(
    "You went by the largest entry. Entries below 1 can add up, and a large one may never be met again.", of="fates"
)
def by_entries():
    return ["explodes", "explodes", "vanishes", "vanishes", "vanishes"]


@q6.mistake("You went by the diagonal. That is right for triangular matrices alone.", of="fates")
def by_the_diagonal():
    return ["vanishes"] * 5


@q6.mistake(
    "You went by the determinant. It tells how areas change: one direction may grow while another dies.", of="fates"
)
def by_the_determinant():
    return ["vanishes", "explodes", "stays", "vanishes", "vanishes"]


@q6.mistake(
    "You took the real part of complex eigenvalues. What counts is the absolute value, the root of the sum of both "
    "squares.",
    of="fates",
)
def by_the_real_part():
    return ["vanishes", "explodes", "vanishes", "explodes", "vanishes"]


@q6.alternative(of="factors")
def by_matrix_powers(W, delta, steps):
    powers = [np.linalg.matrix_power(W, k) for k in range(steps + 1)]
    return np.array([np.linalg.norm(power @ delta) / np.linalg.norm(delta) for power in powers])


@q6.alternative(of="factors")
def by_one_recurrence(W, delta, steps):
    path = np.empty((steps + 1, delta.size))
    path[0] = delta / np.sqrt(np.vdot(delta, delta))
    for k in range(steps):
        path[k + 1] = np.einsum("ij,j->i", W, path[k])
    return np.sqrt(np.square(path).sum(axis=1))


@q6.alternative(of="fates")
def by_eigenvalues():
    words = []
    given = (
        [[0.9, 7.0], [0.0, 0.8]],
        [[0.0, 2.0], [0.6, 0.0]],
        [[0.6, 0.8], [-0.8, 0.6]],
        [[0.6, 0.6], [0.6, 0.6]],
        [[0.5, 0.7], [-0.7, 0.5]],
    )
    for matrix in given:
        radius = np.abs(np.linalg.eigvals(np.array(matrix))).max()
        words.append(WORDS[1 + int(np.sign(np.round(radius - 1, 9)))])
    return tuple(words)


q6.equivalent(
    "factors: np.array(norms) -> norms",
    because="norms[0] is a NumPy number: dividing a list by it makes an array of the list.",
)


# --- q7: back through time ---------------------------------------------------------------------------------------------

q7 = question("q7", "Repair the way back through time", functions=["through_time"])
#: Four moments of two numbers each, three units; the matrix is not symmetric.
X_TIME = np.array([[0.9, -0.5], [0.3, 1.2], [-0.7, 0.4], [1.1, 0.6]])
IN_TIME = np.array([[0.5, -0.8, 0.3], [0.4, 0.7, -0.6]])
W_TIME = np.array([[0.6, 0.9, -0.3], [-0.5, 0.4, 0.8], [0.7, -0.2, 0.5]])
DH_TIME = np.array([1.3, -0.6, 0.8])


@q7.check("two steps", each=[("dW_in", 0), ("dW", 1)])
def two_steps(student, solution, case):
    _, part = case
    given = (X_TIME[:2], IN_TIME, W_TIME, DH_TIME)
    got = expect(student.through_time(*given)).parts(2)
    expect(got[part]).close_to(solution.through_time(*given)[part])


@q7.check("four steps", points=2, each=[("dW_in", 0), ("dW", 1)])
def four_steps(student, solution, case):
    _, part = case
    given = (X_TIME, IN_TIME, W_TIME, DH_TIME)
    got = expect(student.through_time(*given)).parts(2)
    expect(got[part]).close_to(solution.through_time(*given)[part])


@q7.check("longer sequences, other sizes", hidden=True, each=[3, 9])
def steps_elsewhere(student, solution, case, rng):
    given = tuple(rng.normal(0, 0.7, shape) for shape in ((case, 3), (3, 4), (4, 4), 4))
    expect(student.through_time(*given)).close_to(solution.through_time(*given))


def back_through(x, W_in, W, dh, *, adds=True, slopes=True, turned=True, state=0):
    """The way back through time, with some of its bugs; state takes the slope from an earlier or later state."""
    states = [np.zeros(len(W))]
    for x_t in x:
        states.append(np.tanh(np.dot(x_t, W_in) + np.dot(states[-1], W)))
    first, second, arriving = np.zeros(np.shape(W_in)), np.zeros(np.shape(W)), dh
    for t in reversed(range(len(x))):
        slope = 1 - np.square(states[min(t + 1 + state, len(x))]) if slopes or t == len(x) - 1 else 1.0
        error = slope * arriving
        first = adds * first + np.outer(x[t], error)
        second = adds * second + np.outer(states[t], error)
        arriving = np.dot(W, error) if turned else np.dot(error, W)
    return first, second


@q7.mistake("Nothing is repaired yet. Begin with the gradients: what happens to the ones of the step before?")
def as_given(x, W_in, W, dh):
    return back_through(x, W_in, W, dh, adds=False, slopes=False, turned=False)


@q7.mistake("The gradients add up now. Two bugs remain: the slope of tanh at every step, and which way round W stands.")
def sums_repaired(x, W_in, W, dh):
    return back_through(x, W_in, W, dh, slopes=False, turned=False)


@q7.mistake(
    "Every step has its slope now. Two bugs remain: the gradients are overwritten, and W stands the wrong way round."
)
def slopes_repaired(x, W_in, W, dh):
    return back_through(x, W_in, W, dh, adds=False, turned=False)


@q7.mistake(
    "The transpose is right now. Two bugs remain: the gradients are overwritten, and tanh has a slope at every step."
)
def transpose_repaired(x, W_in, W, dh):
    return back_through(x, W_in, W, dh, adds=False, slopes=False)


@q7.mistake("One bug remains: the gradients hold the contribution of the first moment alone. Each step adds its own.")
def sums_left(x, W_in, W, dh):
    return back_through(x, W_in, W, dh, adds=False)


@q7.mistake("One bug remains: only the last step has its slope. Each delta needs the slope of tanh at its own step.")
def slopes_left(x, W_in, W, dh):
    return back_through(x, W_in, W, dh, slopes=False)


@q7.mistake("One bug remains: going back, delta meets the transpose of W.")
def transpose_left(x, W_in, W, dh):
    return back_through(x, W_in, W, dh, turned=False)


@q7.mistake("Your slope is taken from the state before, h[t - 1]. The delta of step t belongs to h[t].")
def slope_a_step_early(x, W_in, W, dh):
    return back_through(x, W_in, W, dh, state=-1)


@q7.mistake("Your slope is taken a step too late: what arrives at step t - 1 needs the slope of h[t - 1], not of h[t].")
def slope_a_step_late(x, W_in, W, dh):
    return back_through(x, W_in, W, dh, state=1)


@q7.alternative
def time_by_the_library(x, W_in, W, dh):
    _, cache = F.rnn(x[np.newaxis], W_in, W, np.zeros(len(W)))
    arriving = np.zeros((1, len(x), len(W)))
    arriving[0, -1] = dh
    _, first, second, *_ = F.rnn_backward(arriving, cache)
    return first, second


@q7.alternative
def time_by_stacks(x, W_in, W, dh):
    states = np.zeros((len(x) + 1, len(W)))
    for t in range(len(x)):
        states[t + 1] = np.tanh(x[t] @ W_in + states[t] @ W)
    errors = np.zeros((len(x), len(W)))
    arriving = dh
    for t in range(len(x) - 1, -1, -1):
        errors[t] = arriving * (1 - states[t + 1]) * (1 + states[t + 1])
        arriving = W @ errors[t]
    return x.T @ errors, states[:-1].T @ errors
