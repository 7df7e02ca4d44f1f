"""Every place in this process that holds a thing: what the garbage collector knows, as places to put another into.

A C function cannot be changed, so whoever wants it out of reach replaces each reference to it. What holds one and cannot
be changed either (a tuple, a bound method) is rebuilt, and references to that are replaced in turn.
"""

import gc
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from types import CellType, FrameType, FunctionType, MemberDescriptorType, MethodType, ModuleType
from typing import Any, NamedTuple

import numpy as np

#: From the `id` of a thing to what goes in its place.
Swap = dict[int, Any]

#: Containers that the collector may leave out: they are found through what holds them.
UNTRACKED = (dict, tuple, np.ndarray)
#: What may hold a thing and is not touched: code that runs, and modules, whose names are a dictionary of their own.
LEFT_ALONE = (FrameType, ModuleType)
#: Tuples in tuples in tuples: at some depth it is enough.
ROUNDS = 8
HEAP_TYPE, IMMUTABLE_TYPE = 1 << 9, 1 << 8


class Place(NamedTuple):
    """Where a reference stands: `put(new)` replaces it, `put(old)` puts it back.

    Like all tuples here it is taken apart, not asked by name, where a learner's code may have changed its class.
    """

    put: Callable[[Any], Any]
    old: Any
    new: Any


class Scene(NamedTuple):
    """What there is in this process, looked at once."""

    #: What everything refers to: also what the collector itself does not know.
    parts: list[Any]
    #: Containers that the collector has left out, and what they contain in turn.
    unknown: list[Any]
    #: From the `id` of a class's dictionary to the class: only the class itself may change it.
    class_of: dict[int, Any]


def look() -> Scene:
    """The scene as it is now."""
    gc.unfreeze()
    objects = gc.get_objects()
    parts = inner = gc.get_referents(*objects)
    unknown: list[Any] = []
    while inner := left_out(inner):
        unknown += inner
        inner = gc.get_referents(*inner)
        parts += inner
    classes = [thing for thing in objects if issubclass(type(thing), type)]
    class_of = {id(part): thing for thing in classes for part in gc.get_referents(thing) if type(part) is dict}
    return Scene(parts, unknown, class_of)


def holders(scene: Scene, things: Sequence[Any], own: Sequence[Any]) -> list[Any]:
    """Everything but the caller's `own` that refers to one of these things."""
    parts, unknown, class_of = scene
    known = gc.get_referrers(*things)
    looked_for = {id(thing) for thing in things}
    hidden = [holder for holder in unknown if any(id(part) in looked_for for part in parts_of(holder))]
    skip = {id(thing) for thing in (parts, unknown, class_of, things, own, known, *own)}
    found = [holder for holder in (*known, *hidden) if id(holder) not in skip]
    found = [class_of.get(id(holder), holder) for holder in found]
    return [holder for holder in found if not issubclass(type(holder), LEFT_ALONE)]


def left_out(parts: Sequence[Any]) -> list[Any]:
    """The containers among these that the collector does not know, each once; arrays only if they hold objects."""
    unknown = {id(part): part for part in parts if type(part) in UNTRACKED and not gc.is_tracked(part)}
    return [part for part in unknown.values() if type(part) is not np.ndarray or part.dtype.hasobject]


def places_of(
    scene: Scene, things: Sequence[Any], swap: Swap, instead: Callable[[Any], Any], ignore: type
) -> list[Place]:
    """Every place that holds one of these things, with what `swap` puts there; nothing is changed yet.

    `instead` makes what stands for a holder that can neither be changed nor rebuilt, such as a generator at rest; in
    things of the type that it makes, nothing is looked for.
    """
    places: list[Place] = []
    looked_for, all_swaps = list(things), dict(swap)
    rebuilt: list[Any] = []  # stays until the end, so that each id stays its owner's
    own = (things, looked_for, swap, all_swaps, places, rebuilt)
    for _ in range(ROUNDS):
        fresh: Swap = {}
        for holder in holders(scene, looked_for, own):
            if type(holder) is ignore or id(holder) in all_swaps:
                continue
            found = changes(holder, all_swaps)
            if found is None:
                fresh[id(holder)] = rebuild(holder, all_swaps, instead)
                rebuilt.append(holder)
            else:
                places += found
        if not fresh:
            break
        all_swaps |= fresh
        looked_for[:] = rebuilt[-len(fresh) :]
    return places


def parts_of(holder: Any) -> list[Any]:
    """What a thing refers to."""
    if type(holder) is np.ndarray:
        items = list(holder.flat)
        return items if holder.dtype == object else [part for item in items for part in item.tolist()]
    return gc.get_referents(holder)


def changes(holder: Any, swap: Swap) -> list[Place] | None:
    """The places in a holder; None where nothing can be put into it."""
    if type(holder) is np.ndarray and holder.dtype != object:
        return None
    for kind, places in CHANGES.items():
        if issubclass(type(holder), kind):  # `isinstance` would ask the thing itself, which may be a learner's
            return places(holder, swap)
    return in_attributes(holder, swap) or None


def in_dict(holder: dict[Any, Any], swap: Swap) -> list[Place]:
    """The places of values and of keys."""
    values = [
        Place(partial(dict.__setitem__, holder, key), value, swap[id(value)])
        for key, value in list(dict.items(holder))
        if id(value) in swap
    ]
    return values + [Place(renamer(holder, key), key, swap[id(key)]) for key in list(holder) if id(key) in swap]


def renamer(holder: dict[Any, Any], key: Any) -> Callable[[Any], None]:
    """Puts another key in the place of one."""

    def put(other: Any) -> None:
        nonlocal key
        holder[other], key = dict.pop(holder, key), other

    return put


def in_set(holder: set[Any], swap: Swap) -> list[Place]:
    """The members' places."""

    def member(thing: Any) -> Callable[[Any], None]:
        def put(other: Any) -> None:
            nonlocal thing
            holder.discard(thing)
            holder.add(other)
            thing = other

        return put

    return [Place(member(thing), thing, swap[id(thing)]) for thing in list(holder) if id(thing) in swap]


def in_items(holder: Any, swap: Swap) -> list[Place]:
    """The items' places."""
    items = holder.flat if type(holder) is np.ndarray else holder
    put = SETTERS[next(kind for kind in SETTERS if issubclass(type(items), kind))]
    return [Place(partial(put, items, i), item, swap[id(item)]) for i, item in enumerate(items) if id(item) in swap]


def in_cell(holder: CellType, swap: Swap) -> list[Place]:
    """A closure's variable."""
    return [Place(partial(setattr, holder, "cell_contents"), holder.cell_contents, swap[id(holder.cell_contents)])]


def in_function(holder: FunctionType, swap: Swap) -> list[Place]:
    """The defaults of arguments; what else a function holds is a dictionary or a cell."""
    defaults = holder.__defaults__
    return (
        [Place(partial(setattr, holder, "__defaults__"), defaults, swap[id(defaults)])] if id(defaults) in swap else []
    )


def in_partial(holder: "partial[Any]", swap: Swap) -> list[Place]:
    """The function that is called and the arguments it is called with."""
    state = (holder.func, holder.args, holder.keywords, vars(holder))
    new = tuple(swap.get(id(part), part) for part in state)
    return [Place(partial(partial.__setstate__, holder), state, new)]  # type: ignore[attr-defined]


def in_class(holder: type, swap: Swap) -> list[Place]:
    """The attributes of a class that has not been written in C."""
    if not holder.__flags__ & HEAP_TYPE or holder.__flags__ & IMMUTABLE_TYPE:
        return []
    return [
        Place(partial(type.__setattr__, holder, name), value, swap[id(value)])
        for name, value in list(vars(holder).items())
        if id(value) in swap
    ]


def in_attributes(holder: Any, swap: Swap) -> list[Place]:
    """What an object has in its dictionary and in its slots."""
    places = []
    with suppress(Exception):  # it has none, or a class with its own idea of `__dict__`
        places += in_dict(vars(holder), swap)
    for kind in type(holder).__mro__:
        for member in list(vars(kind).values()) if kind.__flags__ & HEAP_TYPE else ():
            with suppress(AttributeError):
                if type(member) is MemberDescriptorType and id(value := member.__get__(holder)) in swap:
                    places.append(Place(partial(member.__set__, holder), value, swap[id(value)]))
    return places


#: How to put an item into a container, whatever its own class makes of it.
SETTERS: dict[type, Callable[..., None]] = {kind: kind.__setitem__ for kind in (list, deque, np.flatiter)}
#: How to change what a holder of some type holds.
CHANGES: dict[type, Callable[[Any, Swap], list[Place]]] = {
    dict: in_dict,
    list: in_items,
    deque: in_items,
    np.ndarray: in_items,
    set: in_set,
    CellType: in_cell,
    FunctionType: in_function,
    partial: in_partial,
    type: in_class,
}


def rebuild(holder: Any, swap: Swap, instead: Callable[[Any], Any]) -> Any:
    """A holder that cannot be changed, made anew."""
    if type(holder) in (tuple, frozenset):
        return type(holder)(swap.get(id(part), part) for part in holder)
    if issubclass(type(holder), tuple) and vars(type(holder)).get("_fields"):
        return tuple.__new__(type(holder), (swap.get(id(part), part) for part in holder))
    if type(holder) is MethodType:
        return MethodType(
            swap.get(id(holder.__func__), holder.__func__), swap.get(id(holder.__self__), holder.__self__)
        )
    return instead(holder)
