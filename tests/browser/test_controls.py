"""Every explorer in a real JupyterLab, alone: each control by keyboard to both ends and back, its goal, a burst of keys."""

import pytest
from hands import Hands
from playwright.sync_api import expect
from promptness import move_and_measure, slowness

from dlcourse.viz.momentum import AVERAGE
from dlcourse.viz.search import PEAKS

pytestmark = pytest.mark.browser

#: Each explorer with the slider that is moved first, and with what leads to its goal: controls and values, in order.
#: An explorer without such a list has a test of its own.
EXPLORERS = {
    "PerceptronExplorer": ("b", []),
    "ThresholdExplorer": ("threshold", [("threshold", 0.33)]),
    "DescentExplorer": (
        "rate",
        [
            *[("first", "oscillating"), ("second", "slow"), ("third", "diverging"), ("fourth", "good")],
            *[("surface", "Two valleys"), ("start", -2.0), ("rate", 0.3)],
        ],
    ),
    "BackpropExplorer": ("unit", []),
    "ActivationExplorer": ("z", [("activation", "Sigmoid"), ("z", 0.0), ("depth", 10)]),
    "GradientFlowExplorer": ("scale", [("activation", "ReLU"), ("scale", 1.4), ("depth", 30)]),
    "InitializationExplorer": ("gain", [("activation", "ReLU"), ("width", 256), ("depth", 20), ("gain", 1.41)]),
    "MomentumExplorer": (
        "momentum",
        [("momentum", 0.8), ("convention", AVERAGE), ("convert", False), ("rate", 0.225)],
    ),
    "RaceExplorer": ("turn", [("turn", 22)]),
    "BatchNormExplorer": ("e", [("e", 5.5), ("gamma", 2.5), ("beta", 1.5), ("rate", 3.2)]),
    "FitExplorer": ("degree", [("degree", 20), ("patience", 5)]),
    "DropoutExplorer": ("p_hidden", [("convention", "inverted"), ("mask", "End")]),
    "SearchExplorer": (
        "trials",
        [("method", "random"), ("trials", 13), ("schedule", "warm-up, then cosine"), ("peak", float(PEAKS[7]))],
    ),
    "DigitPadExplorer": ("shift", []),
    "PlaygroundExplorer": (
        "step",
        [
            *[("data", "spirals"), ("hidden", "8"), ("activation", "ReLU"), ("start", "He")],
            *[("optimizer", "Adam"), ("rate", 0.03), ("step", "End")],
        ],
    ),
}
KEYS, EVERY = 48, 33  # keys of a burst, and the milliseconds between them: so fast does a keyboard repeat
#: Milliseconds that a picture may be older than the newest key, on a quiet machine.
BEHIND = 200

HEAR = """picture => {
    window.keys = [performance.now()];
    window.painted = [];
    document.addEventListener("keydown", event => window.keys.push(event.timeStamp), true);
    picture.addEventListener("load", () => {
        const when = performance.now();
        const digest = fetch(picture.src).then(file => file.arrayBuffer()).then(file => crypto.subtle.digest("SHA-1", file));
        window.painted.push(digest.then(sum => [when, [...new Uint8Array(sum)].map(x => x.toString(16).padStart(2, "0")).join("")]));
    });
}"""


@pytest.fixture(scope="module", params=EXPLORERS)
def hands(request, alone, lab):
    """An explorer in a notebook of its own, and hands on its controls."""
    name = request.param
    lab.end_kernels()
    lesson = alone(name, f"from dlcourse.viz import {name}\n{name}()", name, "")
    hands = Hands(lesson, name)
    lesson.moves = hands.twin.control[EXPLORERS[name][0]].description
    yield hands
    lesson.page.close()


def test_every_control_goes_to_both_ends_and_back_by_keyboard(hands):
    hands.see("as it begins")
    for name in hands.keyboard_controls:
        start = hands.twin.control[name].value
        for key in ("End", "Home"):
            hands.push(name, key)
            hands.see(f"{name} at {key}")
        hands.move(name, start)
        hands.see(f"{name} back")


def test_a_burst_of_keys_is_followed_at_once_and_to_its_end(hands, bare, measured):
    name = EXPLORERS[hands.name][0]
    shown = hands.path(name, KEYS)
    _, bare_times = move_and_measure(hands.lesson, bare, moves=10)
    limit = BEHIND * slowness(bare_times)
    hands.push(name, "Home")
    hands.see("at the beginning of the burst")
    first = hands.twin.control[name].value
    hands.lesson.picture.evaluate(HEAR)
    for key, _ in shown:
        hands.lesson.press(key)
        hands.lesson.page.wait_for_timeout(EVERY)
    hands.twin.control[name].value = shown[-1][1]
    hands.see("after the burst")
    pressed, painted = hands.lesson.page.evaluate("async () => [window.keys, await Promise.all(window.painted)]")
    ages = ages_of(painted, pressed, [hands.digest(name, value) for value in [first, *(value for _, value in shown)]])
    measured(
        f"{hands.name}: {len(ages)} pictures of {KEYS} keys, the oldest {max(ages):.0f} ms behind (limit {limit:.0f})"
    )
    assert max(ages) <= limit


def ages_of(painted, pressed, digests):
    """How long before each picture was painted the newest key was pressed that it can stem from."""
    return [
        when - max(time for time, of in zip(pressed, digests, strict=True) if of == seen and time <= when)
        for when, seen in painted
    ]


def test_the_goal_is_reached_and_recognised_by_keyboard_alone(hands):
    steps = EXPLORERS[hands.name][1]
    if not steps:
        pytest.skip(f"{hands.name} is led to its goal in a test of its own")
    expect(hands.lesson.status).to_contain_text("Goal:")
    for name, value in steps:
        hands.go(name, value)
    expect(hands.lesson.status).to_contain_text("Goal reached.")
    hands.lesson.take_picture(f"{hands.name}_goal")


def test_the_page_does_not_complain(hands):
    assert hands.lesson.complaints == []
