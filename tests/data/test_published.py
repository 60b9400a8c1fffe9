import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.object_path import ObjectPath
from data.published import open_published
from data.uploads import upload

ROWS = pa.table({"row": range(300_000), "text": ["barolo", "barbera", "grignolino"] * 100_000})


@pytest.fixture
def file(tmp_path):
    pq.write_table(ROWS, tmp_path / "a.parquet", row_group_size=100_000, write_page_checksum=True)
    return tmp_path / "a.parquet"


def test_a_file_is_read_alike_on_a_disk_and_on_object_storage(file, object_store):
    place = ObjectPath.at(object_store.address) / "a.parquet"
    upload({file: place})
    for each in (file, place):
        with open_published(each) as opened:
            assert opened.read().equals(ROWS)
            assert pa.Table.from_batches(opened.iter_batches(70_000)).equals(ROWS)


def test_a_flipped_bit_is_found(file):
    content = bytearray(file.read_bytes())
    content[1000] ^= 1
    file.write_bytes(content)
    with open_published(file) as opened, pytest.raises(OSError, match="CRC checksum verification failed"):
        opened.read()


def test_what_is_not_there_is_not_opened(tmp_path):
    with pytest.raises(FileNotFoundError), open_published(tmp_path / "none"):
        pass
