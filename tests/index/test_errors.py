from __future__ import annotations

import inspect

import index.errors
from index.errors import InputRejected, NotFound, ReadoutError, StoreFull, StoreUnavailable, VersionGone

ALL = [found for _, found in inspect.getmembers(index.errors, inspect.isclass) if issubclass(found, ReadoutError)]


def test_every_error_is_a_readout_error_with_a_code_of_its_own() -> None:
    defined = [found for _, found in inspect.getmembers(index.errors, inspect.isclass) if issubclass(found, Exception)]
    assert set(defined) == set(ALL)
    codes = [found.code for found in ALL]
    assert len(set(codes)) == len(codes)


def test_the_tree_in_the_docstring_names_every_error() -> None:
    assert [found.__name__ for found in ALL if found.__name__ not in str(index.errors.__doc__)] == []


def test_a_caller_who_catches_the_general_error_also_gets_the_particular_one() -> None:
    assert issubclass(VersionGone, NotFound)
    assert issubclass(StoreFull, StoreUnavailable)
    assert not issubclass(NotFound, InputRejected)


def test_no_error_shadows_the_builtin_index_error() -> None:
    assert not hasattr(index.errors, "IndexError")
