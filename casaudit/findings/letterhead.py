"""What the reports for people bear at their head beside the name of the organisation."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letterhead:
    """A title, such as a customer's name, and a logo as a ``data:`` address; empty where none."""

    title: str = ""
    logo: str = ""
