"""The file with which its owner masks again, or finds out what a name of a masked report means."""

import json
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from casaudit.canonical_json import canonical
from casaudit.errors import UsageError

SCHEMA: Literal["casaudit/mask-key/1"] = "casaudit/mask-key/1"


class KeyFile(BaseModel):
    """The secret and what it was used for.

    Attributes:
        key: 32 bytes in hexadecimal digits.
        words: replacement by word, in lower case; international names as A-labels.
        names: name of an object as it was, by what stands for it.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    schema_: Literal["casaudit/mask-key/1"] = Field(default=SCHEMA, alias="schema")
    key: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    words: dict[str, str]
    names: dict[str, str]

    def dumps(self) -> bytes:
        """Write it as it stands in its file."""
        return canonical(self.model_dump(by_alias=True))


def load_key_file(data: bytes, name: str) -> KeyFile:
    """Read a key file.

    Raises:
        UsageError: it is none; no value of it is repeated.
    """
    try:
        return KeyFile.model_validate(json.loads(data))
    except (ValidationError, ValueError, RecursionError):
        raise UsageError(name, "is not a key file of casaudit mask") from None
