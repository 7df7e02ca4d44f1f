"""Ten digits by three hands, as the polylines that a pen would follow: for those who cannot or need not draw."""

from functools import cache

from dlcourse.viz.pad import Stroke, smoothed

HANDS = ("upright", "slanted", "loose")
#: A row per digit, a column per hand. Strokes are parted by a bar, points are "across,down"; curves are smoothed, and a point
#: that stands twice is a corner.
TABLE = (
    (
        "16,3 10,4 6,10 6,22 10,29 16,29 22,25 23,16 22,8 16,3",
        "19,3 12,4 6,14 6,24 10,29 15,28 21,19 23,9 19,3",
        "18,5 12,3 6,8 5,20 9,28 16,30 23,25 24,14 21,7 15,4",
    ),
    (
        "7,11 17,3 17,3 17,29",
        "9,13 20,3 20,3 14,29",
        "10,9 16,3 16,3 16,29 16,29 | 9,29 23,29",
    ),
    (
        "7,9 9,3 19,2 22,9 17,17 7,29 7,29 24,29",
        "10,8 13,2 22,3 22,10 15,18 5,29 5,29 22,28",
        "7,7 13,2 21,4 21,12 14,20 7,28 7,28 11,25 17,29 25,27",
    ),
    (
        "7,5 14,2 22,5 21,12 13,15 13,15 21,17 23,24 18,30 10,29 6,26",
        "10,4 17,2 24,5 22,12 14,15 14,15 21,18 20,26 13,30 5,27",
        "7,3 22,3 22,3 13,13 13,13 22,15 23,25 16,30 6,27",
    ),
    (
        "13,3 5,20 5,20 24,20 | 18,12 18,30",
        "15,3 5,18 5,18 23,18 | 20,9 15,30",
        "10,3 6,12 8,18 16,18 23,15 | 20,4 18,17 15,30",
    ),
    (
        "22,3 9,3 9,3 8,14 8,14 15,12 22,16 22,24 16,30 7,28",
        "24,3 12,3 12,3 9,14 9,14 17,13 20,20 16,28 6,29",
        "21,4 10,3 10,3 7,12 12,14 20,17 21,25 14,30 6,27",
    ),
    (
        "17,2 9,9 6,20 9,29 17,30 22,24 19,17 12,17 7,23",
        "20,2 11,10 6,21 9,29 16,30 21,23 17,17 10,19 7,24",
        "15,2 8,12 7,25 13,31 21,27 20,19 13,18 8,24",
    ),
    (
        "6,3 23,3 23,3 13,30 | 9,17 22,17",
        "9,4 24,3 24,3 18,13 12,30 | 9,17 23,16",
        "7,6 12,3 22,4 22,4 17,14 13,30 | 10,16 22,16",
    ),
    (
        "15,15 8,11 10,3 18,2 22,8 15,15 8,20 7,27 15,31 22,27 21,20 15,15",
        "22,5 16,2 11,6 14,13 19,20 17,28 10,30 7,24 12,17 20,11 22,5",
        "21,6 14,2 8,7 13,14 21,21 20,29 11,30 8,23 14,16 21,11 21,6",
    ),
    (
        "22,8 17,2 9,4 8,12 14,16 21,13 22,8 22,8 22,20 18,29 9,29",
        "23,7 17,2 10,6 10,14 16,16 22,11 23,7 23,7 19,20 13,30",
        "21,9 16,3 9,5 8,13 14,16 20,13 21,5 21,5 22,20 20,30",
    ),
)


@cache
def drawing(digit: int, hand: str) -> tuple[Stroke, ...]:
    """The strokes of a stored digit, smoothed.

    >>> [len(stroke) for stroke in drawing(7, "upright")], len(drawing(1, "slanted"))
    ([10, 2], 1)
    """
    strokes = []
    for polyline in TABLE[digit][HANDS.index(hand)].split("|"):
        corners = [(float(across), float(down)) for across, down in (pair.split(",") for pair in polyline.split())]
        strokes.append(tuple((x, y) for x, y in smoothed(corners, rounds=2).round(2).tolist()))
    return tuple(strokes)
