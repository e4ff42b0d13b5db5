"""Documents that do not fit: what is wrong is said in words, never in those of a library."""

import datetime
from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from casaudit.validation import first_mistake, in_words


def _even(number: int) -> int:
    if number % 2:
        raise ValueError("is odd")
    return number


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    text: str = "x"


class Form(Inner):
    number: int = 1
    share: float = 0.5
    holds: bool = True
    day: datetime.date | None = None
    when: Annotated[datetime.datetime | None, Field(strict=False)] = None
    names: Annotated[list[str], Field(min_length=2, max_length=3)] = Field(["a", "b"])
    title: Annotated[str, Field(min_length=1)] = "a"
    word: Annotated[str, Field(min_length=2, max_length=3)] = "ab"
    code: Annotated[str, Field(pattern="^[A-Z]$")] = "A"
    side: Literal["left", "right"] = "left"
    most: Annotated[int, Field(ge=2, lt=5)] = 2
    least: Annotated[int, Field(gt=2, le=5)] = 3
    even: Annotated[int, AfterValidator(_even)] = 2
    inner: Inner | None = None
    keys: dict[str, str] = Field(default_factory=dict)
    needed: str


MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "a missing key": ({"needed": ...}, "needed: is missing"),
    "an unknown key": ({"nedeed": "x"}, "nedeed: is not a known key"),
    "an unknown key below": ({"inner": {"txt": "x"}}, "inner.txt: is not a known key"),
    "a number as text": ({"text": 1}, "text: must be text"),
    "text as a number": ({"number": "x"}, "number: must be a whole number"),
    "a part of a number": ({"number": 1.5}, "number: must be a whole number"),
    "text as a share": ({"share": "x"}, "share: must be a number"),
    "text as a truth": ({"holds": "x"}, "holds: must be true or false"),
    "no day": ({"day": "x"}, "day: must be a day such as 2026-12-31"),
    "no time": ({"when": "x"}, "when: must be a time such as 2026-12-31T12:00:00Z"),
    "no list": ({"names": "x"}, "names: must be a list"),
    "no keys": ({"keys": "x"}, "keys: must be keys with values"),
    "no keys of a model": ({"inner": "x"}, "inner: must be keys with values"),
    "a short list": ({"names": ["x"]}, "names: must have at least 2 entries"),
    "a long list": ({"names": ["x"] * 4}, "names: must have at most 3 entries"),
    "a short text": ({"word": "x"}, "word: must have at least 2 characters"),
    "a long text": ({"word": "xxxx"}, "word: must have at most 3 characters"),
    "nothing": ({"title": ""}, "title: must not be empty"),
    "another form": ({"code": "1"}, "code: must have the form ^[A-Z]$"),
    "another value": ({"side": "up"}, "side: must be 'left' or 'right'"),
    "less": ({"most": 1}, "most: must be at least 2"),
    "as much": ({"most": 5}, "most: must be less than 5"),
    "as little": ({"least": 2}, "least: must be more than 2"),
    "more": ({"least": 6}, "least: must be at most 5"),
    "a check of our own": ({"even": 3}, "even: is odd"),
}
LIBRARY = ("Input should", "Value error", "Extra inputs", "Field required", "String should")


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_in_words(name: str) -> None:
    change, told = MISTAKES[name]
    document = {key: each for key, each in {"needed": "x", **change}.items() if each is not ...}
    with pytest.raises(ValidationError) as caught:
        Form.model_validate(document)
    assert first_mistake(caught.value) == told


@pytest.mark.parametrize("raw", [b"{", b"[]", b"12"])
def test_a_document_that_is_none_is_told_in_words(raw: bytes) -> None:
    with pytest.raises(ValidationError) as caught:
        Form.model_validate_json(raw)
    told = first_mistake(caught.value)
    assert told.startswith("document: ")
    assert not any(each in told for each in LIBRARY)


def test_what_nobody_thought_of_is_told_by_the_library() -> None:
    odd: Any = {"type": "uuid_type", "loc": ("id",), "msg": "UUID input should be", "input": 1}
    assert in_words(odd) == "does not fit: UUID input should be"
