"""Lists of which a page shows a few: each thing is made when it is looked at."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, Generic, TypeVar, overload

Key = TypeVar("Key")
Thing = TypeVar("Thing")


class Made(Sequence[Thing], Generic[Key, Thing]):
    """A sequence that holds as many keys, and makes of each what it stands for."""

    def __init__(self, keys: Sequence[Key]):
        self.keys = keys

    @abstractmethod
    def make(self, key: Key) -> Thing: ...

    def __len__(self) -> int:
        return len(self.keys)

    @overload
    def __getitem__(self, at: int) -> Thing: ...
    @overload
    def __getitem__(self, at: slice) -> list[Thing]: ...
    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return [self.make(key) for key in self.keys[at]]
        return self.make(self.keys[at])
