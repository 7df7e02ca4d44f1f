"""An explorer's controls, moved by keyboard on the page and, beside it, on a twin in this process: both must show the same."""

import base64
import hashlib
from typing import Any

import ipywidgets as widgets
import pytest
from playwright.sync_api import TimeoutError

from dlcourse import viz
from dlcourse.viz.explorer import Explorer

#: The picture on the page is, byte for byte, the one whose base64 text is given.
SHOWS = """async ([picture, wanted]) => {
    const bytes = new Uint8Array(await (await fetch(picture.src)).arrayBuffer());
    let text = "";
    for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
    return btoa(text) === wanted;
}"""
MENUS = (widgets.Dropdown,)
SLIDERS = (widgets.IntSlider, widgets.FloatSlider, widgets.SelectionSlider)


class Hands:
    """What a learner does at the keyboard to the explorer of a lesson."""

    def __init__(self, lesson: Any, explorer: str):
        self.lesson, self.name = lesson, explorer
        self.twin: Explorer = getattr(viz, explorer)()

    @property
    def keyboard_controls(self) -> list[str]:
        """The controls that have ends: menus, sliders, boxes to tick."""
        return [
            name
            for name, control in self.twin.control.items()
            if isinstance(control, (*MENUS, *SLIDERS, widgets.Checkbox))
        ]

    def move(self, name: str, value: Any) -> None:
        """Bring a control to a value, step by step, on the page and on the twin."""
        control = self.twin.control[name]
        if isinstance(control, widgets.Checkbox):
            self.tick(name, value)
            return
        self.focus(control)
        steps = place_of(control, value) - place_of(control, control.value)
        forward, back = ("ArrowDown", "ArrowUp") if isinstance(control, MENUS) else ("ArrowRight", "ArrowLeft")
        self.lesson.press(forward if steps > 0 else back, abs(steps))
        control.value = value

    def go(self, name: str, value: Any) -> None:
        """`move`, or to an end where the value is a key's name."""
        if value in ("Home", "End"):
            self.push(name, value)
        else:
            self.move(name, value)

    def push(self, name: str, key: str) -> None:
        """To one end: with Home or End, or with Space where there are but two."""
        control = self.twin.control[name]
        if isinstance(control, widgets.Checkbox):
            self.tick(name, key == "End")
            return
        self.focus(control)
        self.lesson.press(key)
        control.value = ends_of(control)[key]

    def tick(self, name: str, value: bool) -> None:
        """Press Space on a box unless it is as it should be."""
        control = self.twin.control[name]
        if control.value != value:
            self.lesson.explorer.get_by_role("checkbox", name=control.description).focus()
            self.lesson.press("Space")
            control.value = value

    def focus(self, control: Any) -> None:
        """Give the keyboard to a menu or a slider."""
        if isinstance(control, MENUS):
            self.lesson.explorer.get_by_label(control.description, exact=True).focus()
        else:
            self.lesson.slider(control.description).focus()

    def path(self, name: str, keys: int) -> list[tuple[str, Any]]:
        """To and fro along a slider from its lower end: each key, and the value that it leads to."""
        values = values_of(self.twin.control[name])
        there_and_back = [*values[1:], *values[-2::-1]]
        directions = ["ArrowRight"] * (len(values) - 1) + ["ArrowLeft"] * (len(values) - 1)
        whole = list(zip(directions, there_and_back, strict=True))
        return (whole * (1 + keys // len(whole)))[:keys]

    def digest(self, name: str, value: Any) -> str:
        """What tells the picture at a value from all others."""
        self.twin.control[name].value = value
        return hashlib.sha1(self.twin.picture.value).hexdigest()

    def see(self, when: str) -> None:
        """Wait until the page shows the picture of the twin; fail if it never does."""
        wanted = base64.b64encode(self.twin.picture.value).decode()
        try:
            self.lesson.page.wait_for_function(
                SHOWS, arg=[self.lesson.picture.element_handle(), wanted], timeout=10_000
            )
        except TimeoutError:
            pytest.fail(
                f"{self.name}, {when}: the page says {self.lesson.explorer.inner_text()!r}, the twin {self.twin.words!r}"
            )


def place_of(control: Any, value: Any) -> int:
    """How many steps from its lower end a control is at a value."""
    if isinstance(control, (*MENUS, widgets.SelectionSlider)):
        return values_of(control).index(value)
    return round((value - control.min) / control.step)


def values_of(control: Any) -> list[Any]:
    """All values of a menu or slider, in order."""
    if isinstance(control, (*MENUS, widgets.SelectionSlider)):
        return [option[1] if isinstance(option, tuple) else option for option in control.options]
    return [control.min + i * control.step for i in range(1 + round((control.max - control.min) / control.step))]


def ends_of(control: Any) -> dict[str, Any]:
    """The values at both ends, by the key that leads there."""
    values = values_of(control)
    return {"Home": values[0], "End": values[-1]}
