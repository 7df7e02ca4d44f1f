"""How fast an explorer answers, in milliseconds from a key to the painted picture, beside a slider that does nothing."""

from statistics import median, quantiles

MOVES, ROUNDS = 40, 3
#: Milliseconds from a key to the painted picture: the middle one and the slowest of twenty.
AIM = (80, 100)
#: What the middle one takes on a quiet machine of two cores when a callback only hands over a picture that is ready. While
#: that takes longer, the machine is busy with something else, and the aim is as much longer.
QUIET = 35

WATCH = """picture => {
    const watching = "moves" in window;
    window.moves = [];
    if (watching) return;
    document.addEventListener("keydown", event => { window.pressed = event.timeStamp; }, true);
    picture.addEventListener("load", () => {
        const began = window.pressed;
        requestAnimationFrame(() => window.moves.push(performance.now() - began));
    });
}"""


class Round:
    """Times of an explorer, and beside each the time of the bare slider on the same machine in the same second."""

    def __init__(self, times, bare_times):
        self.half, self.most = median(times), quantiles(times, n=20)[-1]
        self.bare = median(bare_times)
        self.slowness = slowness(bare_times)
        self.fast_enough = self.half <= AIM[0] * self.slowness and self.most <= AIM[1] * self.slowness

    def __str__(self):
        half, most = (aim * self.slowness for aim in AIM)
        return (
            f"key to painted picture, {MOVES} moves: median {self.half:.0f} ms (limit {half:.0f}), p95 {self.most:.0f} ms "
            f"(limit {most:.0f}); a picture that is ready: median {self.bare:.0f} ms"
        )


def move_and_measure(*lessons, moves=MOVES):
    """Move each once, in turn, so that what slows one down slows the others as well."""
    for lesson in lessons:
        lesson.picture.evaluate(WATCH)
        lesson.slider(lesson.moves).focus()
    for move in range(moves):
        for lesson in lessons:
            lesson.press("ArrowLeft" if move % 2 else "ArrowRight")
            lesson.page.wait_for_function("done => window.moves.length > done", arg=move)
    return [lesson.page.evaluate("window.moves") for lesson in lessons]


def slowness(bare_times):
    """How many times slower than when it is quiet the machine is."""
    return max(1, median(bare_times) / QUIET)
