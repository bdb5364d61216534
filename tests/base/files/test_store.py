from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from zhizao.base.files import store
from zhizao.kernel.result import Refused


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=2000))
def test_what_was_put_is_read_under_its_sha256(data: bytes):
    name = store.put(data)
    assert name == hashlib.sha256(data).hexdigest()
    assert store.read(name) == data


def test_the_same_bytes_are_kept_once(media: Path):
    assert store.put(b"plan") == store.put(b"plan")
    assert files_in(media) == [store.path(store.put(b"plan"))]


def test_a_damaged_file_is_refused_and_healed_by_the_same_bytes(media: Path):
    name = store.put(b"plan")
    place = store.path(name)
    place.chmod(0o640)
    place.write_bytes(b"plam")
    for reading in (store.read, store.check):
        with pytest.raises(Refused) as refused:
            reading(name)
        assert refused.value.problems[0].code == "files.corrupt"
    assert store.put(b"plan") == name
    assert store.read(name) == b"plan"


def test_a_missing_file_is_refused_with_a_remedy():
    with pytest.raises(Refused) as refused:
        store.read("0" * 64)
    (problem,) = refused.value.problems
    assert problem.code == "files.lost"
    assert problem.remedy


def test_a_stream_that_breaks_off_leaves_nothing(media: Path):
    def chunks() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store.put_chunks(chunks())
    assert files_in(media) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "ab", "A" * 64, "g" * 64, ""])
def test_only_a_hash_names_a_file(name: str):
    with pytest.raises(ValueError, match="SHA-256"):
        store.path(name)
