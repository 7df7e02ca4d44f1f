"""A student as the roster names them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """A student: `id` is what grades stand under; `others` are the identifiers that a learning platform knows them by."""

    id: str
    last_name: str = ""
    first_name: str = ""
    email: str = ""
    others: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name to show: the full one where it is known, else the id."""
        return f"{self.first_name} {self.last_name}".strip() or self.id
