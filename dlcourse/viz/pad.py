"""A pad to draw on, with a mouse, a finger, a pen or the arrow keys: what was drawn is a control's value, as strokes."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import anywidget
import numpy as np
import numpy.typing as npt
import traitlets

Array = npt.NDArray[np.floating[Any]]
Point: TypeAlias = tuple[float, float]  # across and down, in cells
Stroke: TypeAlias = tuple[Point, ...]

CELLS = 32  # across and down


class Pad(anywidget.AnyWidget):
    """A square of 32 x 32 cells, and the strokes on it: each a list of points (across, down), one point for a dot.

    >>> pad = Pad(value=[[(4, 4), (20, 28)]])
    >>> pad.value += (((16, 16),),)
    >>> pad.value
    (((4.0, 4.0), (20.0, 28.0)), ((16.0, 16.0),))
    >>> pad.value = [[(4, 40)]]
    Traceback (most recent call last):
    traitlets.traitlets.TraitError: a pad got a point (4, 40): expected two numbers from 0 to 32
    """

    value: Any = traitlets.Any(()).tag(sync=True)
    pen = traitlets.Float(4.5).tag(sync=True)  # its width in cells
    description = traitlets.Unicode("drawing pad").tag(sync=True)

    @traitlets.validate("value")
    def strokes(self, proposal: dict[str, Any]) -> tuple[Stroke, ...]:
        """Points on the pad, as plain floats; strokes without a point are left out."""
        return tuple(tuple(on_pad(point) for point in stroke) for stroke in proposal["value"] if len(stroke))

    _esm = """
    const CELLS = 32, SIZE = 288, UNIT = SIZE / CELLS;
    const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const clamp = number => Math.min(CELLS, Math.max(0, Math.round(4 * number) / 4));

    function render({ model, el }) {
      const canvas = document.createElement("canvas"), help = document.createElement("div");
      const news = document.createElement("div");  // what the last key did, read out when it changes
      const sharp = window.devicePixelRatio || 1, pen = canvas.getContext("2d");
      canvas.width = canvas.height = SIZE * sharp;
      Object.assign(canvas.style, {
        width: `${SIZE}px`, height: `${SIZE}px`, border: "1px solid #8A8A8A", background: "white",
        cursor: "crosshair", touchAction: "none", boxSizing: "content-box",
      });
      for (const words of [help, news]) {
        Object.assign(words.style, { width: `${SIZE}px`, minHeight: "16px", fontSize: "12px", lineHeight: "16px" });
      }
      help.textContent = "Arrow keys move (Shift: 4 cells), Space lowers and lifts the pen, Backspace takes back, Delete clears.";
      news.setAttribute("aria-live", "polite");
      canvas.tabIndex = 0;
      canvas.setAttribute("role", "application");
      canvas.setAttribute("aria-label", `${model.get("description")}. ${help.textContent}`);
      let at = [16, 8], down = false, focused = false, stroke = null;

      const say = text => { news.textContent = text; };
      const paint = () => {
        pen.setTransform(UNIT * sharp, 0, 0, UNIT * sharp, 0, 0);
        pen.clearRect(0, 0, CELLS, CELLS);
        pen.strokeStyle = "#E4E4E4";
        pen.lineWidth = 0.08;
        for (let k = 4; k < CELLS; k += 4) {
          pen.beginPath(); pen.moveTo(k, 0); pen.lineTo(k, CELLS); pen.moveTo(0, k); pen.lineTo(CELLS, k); pen.stroke();
        }
        pen.strokeStyle = "#222222";
        pen.lineWidth = model.get("pen");
        pen.lineCap = pen.lineJoin = "round";
        for (const points of model.get("value")) {
          pen.beginPath();
          pen.moveTo(...points[0]);
          for (const point of points) pen.lineTo(...point);
          pen.stroke();
        }
        if (focused) {  // the cursor: a ring that is full while the pen is down
          pen.beginPath();
          pen.arc(...at, 1.1, 0, 2 * Math.PI);
          pen.fillStyle = down ? "#D55E00" : "white";
          pen.strokeStyle = "#D55E00";
          pen.lineWidth = 0.5;
          pen.fill(); pen.stroke();
        }
      };
      const keep = strokes => { model.set("value", strokes); model.save_changes(); paint(); };
      const begin = point => { stroke = [point]; keep([...model.get("value"), stroke]); };
      const draw = point => {
        const kept = model.get("value");
        stroke = [...stroke, point];
        keep([...kept.slice(0, -1), stroke]);
      };
      const lift = () => { down = false; stroke = null; };

      const place = event => {
        const box = canvas.getBoundingClientRect();
        return [event.clientX - box.left - 1, event.clientY - box.top - 1].map(p => clamp(p / (box.width - 2) * CELLS));
      };
      canvas.addEventListener("pointerdown", event => {
        if (event.button !== 0) return;
        event.preventDefault();
        canvas.focus();
        canvas.setPointerCapture(event.pointerId);
        at = place(event);
        down = true;
        say("");
        begin(at);
      });
      canvas.addEventListener("pointermove", event => {
        if (!down || !canvas.hasPointerCapture(event.pointerId)) return;
        const point = place(event), [x, y] = stroke[stroke.length - 1];
        if (Math.hypot(point[0] - x, point[1] - y) < 0.7) return;
        at = point;
        draw(at);
      });
      for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { lift(); paint(); });

      canvas.addEventListener("keydown", event => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.key in ARROWS) {
          const far = event.shiftKey ? 4 : 1, [x, y] = ARROWS[event.key];
          at = [clamp(at[0] + far * x), clamp(at[1] + far * y)];
          if (down) draw(at); else paint();
          say(`Pen ${down ? "down" : "up"} at ${at[0]} across, ${at[1]} down.`);
        } else if (event.key === " ") {
          if (down) { lift(); paint(); } else if (!event.repeat) { down = true; begin(at); }
          say(`Pen ${down ? "down" : "up"} at ${at[0]} across, ${at[1]} down.`);
        } else if (event.key === "Backspace") {
          lift(); keep(model.get("value").slice(0, -1)); say("Last stroke taken back.");
        } else if (event.key === "Delete") {
          lift(); keep([]); say("Pad cleared.");
        } else return;
        event.preventDefault();
        event.stopPropagation();
      });
      canvas.addEventListener("focus", () => { focused = true; paint(); });
      canvas.addEventListener("blur", () => { focused = false; lift(); say(""); paint(); });

      const replaced = () => {  // from Python: a stroke that was being drawn is gone
        const last = model.get("value").at(-1);
        if (stroke && JSON.stringify(last) !== JSON.stringify(stroke)) lift();
        paint();
      };
      model.on("change:value", replaced);
      model.on("change:pen", paint);
      paint();
      el.append(canvas, help, news);
      return () => { model.off("change:value", replaced); model.off("change:pen", paint); };
    }
    export default { render };
    """


def on_pad(point: Iterable[Any]) -> Point:
    """A point as two floats.

    >>> on_pad((4, 28.5))
    (4.0, 28.5)
    """
    try:
        x, y = (float(part) for part in point)
    except (TypeError, ValueError):
        x = y = -1.0
    if not (0 <= x <= CELLS and 0 <= y <= CELLS):
        raise traitlets.TraitError(f"a pad got a point {point}: expected two numbers from 0 to {CELLS}")
    return x, y


def smoothed(points: Iterable[Point], rounds: int = 3) -> Array:
    """A curve along a polyline: each round cuts its corners at a quarter of either side (Chaikin, 1974).   (P, 2) -> (Q, 2)

    >>> smoothed([(0, 0), (4, 0), (4, 4)], rounds=1).tolist()
    [[0.0, 0.0], [3.0, 0.0], [4.0, 1.0], [4.0, 4.0]]
    """
    curve = np.array(list(points), dtype=float)
    for _ in range(rounds if len(curve) > 2 else 0):
        before, after = curve[:-1], curve[1:]
        cut = np.stack([0.75 * before + 0.25 * after, 0.25 * before + 0.75 * after], axis=1).reshape(-1, 2)
        curve = np.vstack([curve[:1], cut[1:-1], curve[-1:]])
    return curve


def placed(strokes: Sequence[Stroke], pen: float) -> list[Array]:
    """The strokes as large as the square allows and in its middle, as the data set's bitmaps are; the pen keeps its width.

    What is small grows to at most three times its size, so that a dot stays small.

    >>> placed([((10.0, 10.0), (12.0, 20.0))], pen=2)[0].tolist()
    [[13.0, 1.0], [19.0, 31.0]]
    """
    if not strokes:
        return []
    points = np.concatenate([np.asarray(stroke) for stroke in strokes])
    low, high = points.min(axis=0), points.max(axis=0)
    growth = min(3.0, (CELLS - pen) / max(1e-9, (high - low).max()))
    return [(np.asarray(stroke) - (low + high) / 2) * growth + CELLS / 2 for stroke in strokes]


def inked(strokes: Sequence[Array], pen: float) -> npt.NDArray[np.bool_]:
    """The cells whose middle a round pen covers on its way along the strokes.   -> (32, 32), rows downwards

    >>> int(inked([np.array([[16.0, 2.0], [16.0, 30.0]])], pen=4).sum())
    124
    """
    if not strokes:
        return np.zeros((CELLS, CELLS), dtype=bool)
    start = np.concatenate([stroke[: max(1, len(stroke) - 1)] for stroke in strokes])
    end = np.concatenate([stroke[min(1, len(stroke) - 1) :] for stroke in strokes])
    along = end - start
    middle = np.arange(CELLS) + 0.5
    x, y = middle[:, np.newaxis] - start[:, 0], middle[:, np.newaxis] - start[:, 1]  # (32, segments)
    # How far along each segment its point nearest to a cell lies, from 0 to 1; row, column, segment.
    length = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip((x * along[:, 0])[np.newaxis] + (y * along[:, 1])[:, np.newaxis], 0, length) / length
    away = (x[np.newaxis] - share * along[:, 0]) ** 2 + (y[:, np.newaxis] - share * along[:, 1]) ** 2
    return np.asarray(away.min(axis=2) <= pen**2 / 4)


def counted(bitmap: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Cells with ink in each block of 4 x 4, as the data set counts them.   (32, 32) -> (8, 8) from 0 to 16

    >>> counted(np.ones((32, 32), dtype=bool))[0].tolist()
    [16, 16, 16, 16, 16, 16, 16, 16]
    """
    blocks = CELLS // 4
    return np.asarray(bitmap.reshape(blocks, 4, blocks, 4).sum(axis=(1, 3)))
