"""The framing: blocks, fragments, checksums, what a killed writer leaves, and reading on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from swancli.logdir.records import damage
from swancli.logdir.records import reader as records
from swancli.logdir.records.reader import RecordReader, RecordSeeker
from tests.support.record_files import BLOCK_BYTES, MAGIC, fragment, framed


def read(path: Path, data: bytes) -> tuple[list[bytes], RecordReader]:
    """The payloads of a file with these bytes, and its reader."""
    path.write_bytes(data)
    reader = RecordReader(str(path.parent.resolve()), str(path))
    return [payload for _, payload in reader.poll()], reader


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run-x.swanlab"


@pytest.mark.parametrize("size", [0, 1, 6])
def test_a_file_shorter_than_its_header_holds_nothing_yet_and_is_not_damaged(path: Path, size: int) -> None:
    found, reader = read(path, framed([])[:size])
    assert found == []
    assert not reader.damage.damaged
    assert reader.damage.unfinished == 0


@pytest.mark.parametrize("gap", range(9))
def test_the_end_of_a_block_is_filled_or_holds_an_empty_first_fragment(path: Path, gap: int) -> None:
    # `gap` bytes are left in the block behind the first record: under 7 are skipped, 7 hold a bare header.
    written = [b"x" * (BLOCK_BYTES - 7 - 7 - gap), b"second", b"third"]
    found, reader = read(path, framed(written))
    assert found == written
    assert not reader.damage.damaged


def test_records_larger_than_blocks_and_than_a_chunk_are_put_together(path: Path) -> None:
    written = [os.urandom(3 * BLOCK_BYTES), b"small", os.urandom(10 * records.CHUNK_BYTES // 8), b"", b"end"]
    found, reader = read(path, framed(written))
    assert found == written
    assert not reader.damage.damaged
    assert reader.damage.unfinished == 0


def test_offsets_lead_back_to_the_records_in_any_order(path: Path) -> None:
    written = [bytes([n]) * (n * 997) for n in range(120)]
    path.write_bytes(framed(written))
    root = str(path.parent.resolve())
    offsets = [offset for offset, _ in RecordReader(root, str(path)).poll()]
    with RecordSeeker(root, str(path)) as seeker:
        order = [n * 37 % 120 for n in range(120)]
        assert [seeker.payload(offsets[n]) for n in order] == [written[n] for n in order]
        assert seeker.payload(1 << 40) is None


def test_a_header_without_its_payload_is_an_unfinished_record_not_damage(path: Path) -> None:
    found, reader = read(path, framed([b"one"]) + fragment(1, b"a payload that never came")[:7])
    assert found == [b"one"]
    assert not reader.damage.damaged
    assert reader.damage.unfinished == 7


def test_a_record_without_its_last_fragments_is_unfinished_not_damage(path: Path) -> None:
    whole = framed([b"one", b"y" * 3 * BLOCK_BYTES])
    found, reader = read(path, whole[: 2 * BLOCK_BYTES])
    assert found == [b"one"]
    assert not reader.damage.damaged
    assert reader.damage.unfinished == 2 * BLOCK_BYTES - len(framed([b"one"]))


def test_reading_goes_on_where_it_stopped_at_every_length_of_a_growing_file(path: Path) -> None:
    written = [b"first", b"z" * (2 * BLOCK_BYTES), b"", b"last"]
    whole = framed(written)
    path.write_bytes(b"")
    reader = RecordReader(str(path.parent.resolve()), str(path))
    found: list[bytes] = []
    cuts = [*range(40), *range(BLOCK_BYTES - 9, BLOCK_BYTES + 9), *range(len(whole) - 40, len(whole) + 1)]
    for cut in cuts:
        path.write_bytes(whole[:cut])
        found += [payload for _, payload in reader.poll()]
        assert not reader.damage.damaged
    assert found == written
    assert reader.damage.unfinished == 0


def test_a_reader_left_in_the_middle_goes_on_with_the_next_record(path: Path) -> None:
    path.write_bytes(framed([b"one", b"two", b"three"]))
    reader = RecordReader(str(path.parent.resolve()), str(path))
    first = reader.poll()
    assert next(first)[1] == b"one"
    first.close()
    assert [payload for _, payload in reader.poll()] == [b"two", b"three"]


def test_a_flipped_bit_costs_one_record(path: Path) -> None:
    data = bytearray(framed([b"one", b"two", b"three"]))
    data[data.index(b"two")] ^= 1
    found, reader = read(path, bytes(data))
    assert found == [b"one", b"three"]
    assert reader.damage.sentence() == f"10 bytes at byte {7 + 10} can't be read (a bad checksum)"


def test_a_wrong_length_costs_one_record(path: Path) -> None:
    data = bytearray(framed([b"one", b"two", b"three"]))
    data[data.index(b"two") - 3] ^= 0x41
    found, reader = read(path, bytes(data))
    assert found == [b"one", b"three"]
    assert reader.damage.places == 1


def test_a_ruined_block_is_left_at_the_next_one(path: Path) -> None:
    written = [bytes([65 + n]) * 3000 for n in range(40)]
    data = bytearray(framed(written))
    data[BLOCK_BYTES : 2 * BLOCK_BYTES] = os.urandom(BLOCK_BYTES)
    found, reader = read(path, bytes(data))
    assert [w for w in written if w in found] == found
    assert len(found) >= len(written) - 12
    assert found[-1] == written[-1]
    assert reader.damage.damaged
    assert reader.damage.bytes >= BLOCK_BYTES


def test_a_lost_middle_of_a_record_is_said_and_what_follows_is_kept(path: Path) -> None:
    data = bytearray(framed([b"one", b"y" * 3 * BLOCK_BYTES, b"two"]))
    data[BLOCK_BYTES + 100] ^= 1
    found, reader = read(path, bytes(data))
    assert found == [b"one", b"two"]
    assert reader.damage.damaged
    assert reader.damage.bytes > 2 * BLOCK_BYTES


def test_zeros_up_to_the_end_are_named_as_such(path: Path) -> None:
    found, reader = read(path, framed([b"one", b"two"]) + bytes(100_000))
    assert found == [b"one", b"two"]
    assert reader.damage.zeros == 100_000
    assert reader.damage.sentence() == "the file ends in 100000 bytes of zeros"


def test_zeros_inside_a_file_cost_what_they_cover(path: Path) -> None:
    written = [bytes([65 + n]) * 3000 for n in range(40)]
    data = bytearray(framed(written))
    data[BLOCK_BYTES : 3 * BLOCK_BYTES] = bytes(2 * BLOCK_BYTES)
    found, reader = read(path, bytes(data))
    assert found[0] == written[0]
    assert found[-1] == written[-1]
    assert set(found) < set(written)
    assert reader.damage.bytes >= 2 * BLOCK_BYTES
    assert "(zeros)" in reader.damage.sentence()


def test_a_huge_hole_is_jumped_over(path: Path) -> None:
    path.write_bytes(framed([b"one"]))
    os.truncate(path, 1 << 40)
    reader = RecordReader(str(path.parent.resolve()), str(path))
    assert [payload for _, payload in reader.poll()] == [b"one"]
    assert reader.damage.zeros == (1 << 40) - 17


def test_an_unknown_fragment_type_costs_one_fragment(path: Path) -> None:
    data = framed([b"one"]) + fragment(9, b"what") + fragment(1, b"two")
    found, reader = read(path, data)
    assert found == [b"one", b"two"]
    assert reader.damage.places == 1


def test_fragments_without_a_beginning_are_dropped(path: Path) -> None:
    data = MAGIC + b"\2" + fragment(3, b"mid") + fragment(4, b"end") + fragment(1, b"one")
    found, reader = read(path, data)
    assert found == [b"one"]
    assert reader.damage.bytes == 20


def test_a_damaged_file_header_does_not_hide_the_records(path: Path) -> None:
    found, reader = read(path, b"????????"[:7] + framed([b"one"])[7:])
    assert found == [b"one"]
    assert reader.damage.sentence() == "the file header is damaged"


def test_a_file_of_another_kind_is_left_after_its_first_chunk(path: Path) -> None:
    found, reader = read(path, b"SQLite format 3\0" * 100_000)
    assert found == []
    assert reader.damage.sentence() == "not a record file"


def test_a_record_above_the_limit_is_passed_over(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MAX_RECORD_BYTES", 100_000)
    found, reader = read(path, framed([b"one", b"y" * 100_001, b"two"]))
    assert found == [b"one", b"two"]
    assert "a record of more than 100000 bytes" in reader.damage.sentence()


def test_many_damaged_places_are_counted_and_only_some_listed(path: Path) -> None:
    data = bytearray(framed([b"good", b"baad"] * 100))
    at = data.find(b"baad")
    while at >= 0:
        data[at] ^= 1
        at = data.find(b"baad", at)
    found, reader = read(path, bytes(data))
    assert found == [b"good"] * 100
    assert reader.damage.places == 99
    assert len(reader.damage.regions) == damage.MAX_LISTED_REGIONS
    said = "1089 bytes in 99 places, the first at byte 18 can't be read (a bad checksum); the last 11 bytes"
    assert reader.damage.sentence() == f"{said} can't be read (a bad checksum)"


def test_a_bad_end_of_a_live_file_is_looked_at_again_when_it_has_grown(path: Path) -> None:
    whole = framed([b"one", b"two", b"three"])
    torn = bytearray(whole)
    torn[whole.index(b"two") : whole.index(b"two") + 3] = b"\0\0\0"
    path.write_bytes(bytes(torn[: whole.index(b"three") - 7]))
    reader = RecordReader(str(path.parent.resolve()), str(path))
    assert [payload for _, payload in reader.poll()] == [b"one"]
    assert reader.damage.damaged
    path.write_bytes(whole)
    assert [payload for _, payload in reader.poll()] == [b"two", b"three"]
    assert not reader.damage.damaged


def test_a_fifo_and_a_link_to_the_outside_are_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside.swanlab"
    outside.write_bytes(framed([b"secret"]))
    folder = (tmp_path / "run").resolve()
    folder.mkdir()
    os.mkfifo(folder / "fifo")
    (folder / "link").symlink_to(outside)
    (folder / "own").write_bytes(framed([b"own"]))
    (folder / "inner").symlink_to("own")
    for name in ("fifo", "link"):
        with pytest.raises(OSError, match=name):
            list(RecordReader(str(folder), str(folder / name)).poll())
    assert [payload for _, payload in RecordReader(str(folder), str(folder / "inner")).poll()] == [b"own"]
