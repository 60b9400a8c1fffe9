import hashlib
import io
import json
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest

from models.codec import decode, encode, seal
from models.errors import ModelError
from nn.label_sets import ByMass

HEADER = "{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}"
SCALE = {"descr": "'<f8'", "shape": "(13,)"}


@pytest.fixture(scope="module")
def files(classifier):
    return encode(classifier, {})


@pytest.fixture(scope="module")
def members(files):
    with zipfile.ZipFile(io.BytesIO(files["weights.npz"])) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(members, method=zipfile.ZIP_STORED):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in members if isinstance(members, list) else members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def npy(array):
    packed = io.BytesIO()
    np.save(packed, array, allow_pickle=True)
    return packed.getvalue()


def raw_npy(header, data=bytes(13 * 8)):
    text = header.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data


def sealed(files, weights, /, **changes):
    """These weights with a model.json that carries their own right hash."""
    described = json.loads(files["model.json"])
    del described["sha256"]
    described |= {"files": {"weights.npz": hashlib.sha256(weights).hexdigest()}} | changes
    return {"weights.npz": weights, "model.json": seal(described)}


def described(files, /, **changes):
    return sealed(files, files["weights.npz"], **changes)


def assert_refused(files, match):
    with pytest.raises(ModelError, match=match):
        decode(files)


def test_what_is_sealed_without_a_change_is_read(files, members):
    decode(sealed(files, zipped(members)))
    decode(sealed(files, zipped(members | {"scale.npy": raw_npy(HEADER.format(**SCALE), np.ones(13).tobytes())})))


def test_an_array_of_objects_is_refused_and_never_unpickled(files, members):
    class Bomb:
        def __reduce__(self):
            return pytest.fail, ("unpickled",)

    hostile = npy(np.array([Bomb()], dtype=object))
    assert_refused(sealed(files, zipped(members | {"mean.npy": hostile})), "^mean: |^weights.npz: ")


def test_a_bare_pickle_as_member_is_refused(files, members):
    assert_refused(sealed(files, zipped(members | {"mean.npy": b"\x80\x04N."})), "^mean: |^weights.npz: ")


@pytest.mark.parametrize("dtype", ["f4", "i8", ">f8", "c16", "U2", "?", "M8[s]", "f8,f8"])
def test_an_array_of_another_type_is_refused(files, members, dtype):
    hostile = npy(np.ones(13).astype("f8").astype(np.dtype(dtype)))
    assert_refused(sealed(files, zipped(members | {"scale.npy": hostile})), r"^scale: ")


@pytest.mark.parametrize("shape", [(), (12,), (14,), (13, 1), (1, 13), (0,)])
def test_an_array_of_another_shape_is_refused(files, members, shape):
    hostile = npy(np.ones(shape))
    assert_refused(sealed(files, zipped(members | {"scale.npy": hostile})), "^scale: expected .*; found")


def test_weights_turned_on_their_side_are_refused(files, members):
    hostile = npy(np.ones((8, 13)))
    assert_refused(sealed(files, zipped(members | {"weight_1.npy": hostile})), "^weight_1: expected .*; found")


@pytest.mark.parametrize("name", ["mean", "scale", "weight_2", "bias_3"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_not_finite_is_refused(files, members, name, value):
    array = np.load(io.BytesIO(members[f"{name}.npy"]))
    array.flat[-1] = value
    assert_refused(sealed(files, zipped(members | {f"{name}.npy": npy(array)})), f"^{name}: expected finite numbers")


@pytest.mark.parametrize("value", [0.0, -0.0, -1.0])
def test_a_scale_that_is_not_positive_is_refused(files, members, value):
    hostile = npy(np.r_[np.ones(12), value])
    assert_refused(sealed(files, zipped(members | {"scale.npy": hostile})), "^scale: a standard deviation")


def test_mean_and_scale_with_their_names_swapped_are_refused(files, members):
    swapped = zipped(members | {"mean.npy": members["scale.npy"], "scale.npy": members["mean.npy"]})
    assert_refused(files | {"weights.npz": swapped}, "^weights.npz: not the file that was saved")
    assert_refused(sealed(files, swapped), "^scale: ")  # given away by a mean that is no standard deviation


@pytest.mark.parametrize("extra", ["weight_4.npy", "notes.txt", "../escape.npy", "mean"])
def test_an_extra_member_is_refused(files, members, extra):
    assert_refused(sealed(files, zipped(members | {extra: members["mean.npy"]})), "^weights.npz: expected .*; found")


@pytest.mark.parametrize("name", ["mean", "weight_1", "bias_3"])
def test_a_missing_member_is_refused(files, members, name):
    left = {each: content for each, content in members.items() if each != f"{name}.npy"}
    assert_refused(sealed(files, zipped(left)), f"^weights.npz: expected .*{name}.*; found")


def test_a_member_that_is_there_twice_is_refused(files, members):
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = zipped([*members.items(), ("mean.npy", members["mean.npy"])])
    assert_refused(sealed(files, twice), "^weights.npz: expected .*; found")


HUGE_SHAPES = [f"({1 << 34},)", f"({1 << 40},)", f"({10**30},)", f"({1 << 32}, {1 << 32})", "(-1,)"]


@pytest.mark.parametrize("shape", HUGE_SHAPES)
def test_a_huge_declared_shape_is_refused(files, members, shape):
    hostile = raw_npy(HEADER.format(**SCALE | {"shape": shape}))
    assert_refused(sealed(files, zipped(members | {"scale.npy": hostile})), "^scale: |^weights.npz: ")


def test_a_huge_declared_shape_is_refused_before_memory_is_taken_for_it(files, members):
    header = HEADER.format(**SCALE | {"shape": f"({1 << 28},)"})
    hostile = sealed(files, zipped(members | {"scale.npy": raw_npy(header)}))
    tracemalloc.start()
    try:
        assert_refused(hostile, "^scale: |^weights.npz: ")
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


HEADERS = {
    "an open bracket": "(",
    "no dictionary": "[]",
    "nested too deeply": "[" * 100 + "]" * 100,
    "a code": "__import__('os').abort()",
    "no type": HEADER.format(**SCALE | {"descr": "None"}),
    "a type that is no type": HEADER.format(**SCALE | {"descr": "'a,,b'"}),
    "a tuple of one": HEADER.format(**SCALE | {"descr": "('<f8',)"}),
    "a field without a type": HEADER.format(**SCALE | {"descr": "[('a',)]"}),
    "a bool as length": HEADER.format(**SCALE | {"shape": "(True,)"}),
    "a float as length": HEADER.format(**SCALE | {"shape": "(13.0,)"}),
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_a_header_that_is_no_header_is_refused(files, members, header):
    hostile = raw_npy(header, np.ones(13).tobytes())
    assert_refused(sealed(files, zipped(members | {"scale.npy": hostile})), "^scale: |^weights.npz: ")


@pytest.mark.parametrize("length", [0, 5, 8, 40, 128, 231])
def test_a_member_cut_short_is_refused(files, members, length):
    hostile = zipped(members | {"scale.npy": members["scale.npy"][:length]})
    assert_refused(sealed(files, hostile), "^scale: |^weights.npz: ")


@pytest.fixture(scope="module")
def bomb(members):
    return zipped(members | {"mean.npy": bytes(64 << 20)}, zipfile.ZIP_DEFLATED)


def claiming(bomb, size):
    """The bomb, its directory now giving mean.npy this size."""
    entry = bomb.index(b"mean.npy", bomb.index(b"PK\x01\x02")) - 46
    return bomb[: entry + 24] + struct.pack("<I", size) + bomb[entry + 28 :]


@pytest.mark.parametrize("claimed", [64 << 20, 232, 128])
def test_a_small_file_that_swells_is_refused_and_never_swells(files, bomb, claimed):
    hostile = sealed(files, claiming(bomb, claimed))
    tracemalloc.start()
    try:
        assert_refused(hostile, "^mean: |^weights.npz: ")
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("weights", [b"", b"PK\x03\x04", b"not a zip at all", bytes(1000), b"PK\x05\x06" + bytes(18)])
def test_what_is_no_zip_is_refused(files, weights):
    assert_refused(sealed(files, weights), "^weights.npz: ")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_zip_cut_short_is_refused(files, share):
    weights = files["weights.npz"]
    assert_refused(sealed(files, weights[: int(share * len(weights))]), "^weights.npz: ")


METHODS = {
    "stored": zipfile.ZIP_STORED,
    "deflate": zipfile.ZIP_DEFLATED,
    "bzip2": zipfile.ZIP_BZIP2,
    "lzma": zipfile.ZIP_LZMA,
}


@pytest.mark.parametrize("offset", [0, 4, 20])
@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_packed_bytes_that_make_no_sense_are_refused(files, members, method, offset):
    packed = bytearray(zipped(members, method))
    start = packed.index(b"mean.npy") + len(b"mean.npy") + offset
    packed[start : start + 40] = b"\xff" * 40
    assert_refused(sealed(files, bytes(packed)), "^mean: |^weights.npz: ")


def test_a_sha256_that_is_off_is_refused_before_anything_is_parsed(files):
    assert_refused(files | {"weights.npz": b"not a zip"}, "^weights.npz: not the file that was saved; expected sha256")


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"null", b"7", b"\xff\xfe\xfd", b'"text"', b"{}"])
def test_model_json_that_is_no_description_is_refused(files, text):
    assert_refused(files | {"model.json": text}, "^model.json: ")


def test_model_json_nested_too_deeply_is_refused(files):
    assert_refused(files | {"model.json": b"[" * 100_000}, "^model.json: ")


@pytest.mark.parametrize("name", ["format", "features", "classes", "sizes", "files", "notes"])
def test_a_description_without_one_of_its_parts_is_refused(files, name):
    left = {each: value for each, value in json.loads(files["model.json"]).items() if each != name}
    assert_refused(files | {"model.json": json.dumps(left).encode()}, f"^model.json: .*{name}")


@pytest.mark.parametrize("number", [0, 4, -1, "1", 1.0, True, None, [1]])
def test_another_format_is_refused_with_its_number(files, number):
    assert_refused(described(files, format=number), "^model.json: formats 1, 2, 3 are read here; found .*release")


GOOD = {"level": 0.98, "alarm": 0.02, "rows": 4}
NO_CONFORMAL = {
    "the limit of another format": (2, GOOD | {"threshold": 0.3}),
    "the limit of this format called as in the other": (1, GOOD | {"mass": 0.98}),
    "no limit": (2, GOOD),
    "a mass above 1": (2, GOOD | {"mass": 1.5}),
    "a mass below 0": (2, GOOD | {"mass": -0.1}),
    "a mass that is no number": (2, GOOD | {"mass": "0.98"}),
    "a whole number as mass": (2, GOOD | {"mass": 1}),
    "a mass in a list": (2, GOOD | {"mass": [0.98]}),
    "no mass": (2, GOOD | {"mass": None}),
    "two limits": (2, GOOD | {"mass": 0.98, "threshold": 0.3}),
    "no rows": (2, GOOD | {"mass": 0.98, "rows": 0}),
    "a list": (2, [0.98, 0.02]),
    "a text": (2, "mass"),
}


@pytest.mark.parametrize(("number", "said"), NO_CONFORMAL.values(), ids=NO_CONFORMAL)
def test_a_conformal_part_that_is_not_of_its_kind_is_refused(conformed, number, said):
    files = encode(conformed(ByMass(0.98)), {})
    assert_refused(described(files, format=number, conformal=said), "^model.json: ")


@pytest.mark.parametrize("mass", ["NaN", "Infinity", "1e999"])
def test_a_mass_that_is_not_finite_is_refused(conformed, mass):
    files = encode(conformed(ByMass(0.98)), {})
    hostile = files["model.json"].replace(b'"mass": 0.98', f'"mass": {mass}'.encode())
    assert hostile != files["model.json"]
    assert_refused(files | {"model.json": hostile}, "^model.json: ")


NO_SIZES = [[], [13], [13, 0, 3], [13, -8, 3], [13.0, 8, 5, 3], ["13", "3"], None, [1 << 70, 3], 13, "13"]


@pytest.mark.parametrize("sizes", NO_SIZES)
def test_sizes_that_are_no_sizes_are_refused(files, sizes):
    assert_refused(described(files, sizes=sizes), "^model.json: ")


@pytest.mark.parametrize("sizes", [[13, 8, 3], [13, 5, 5, 3], [12, 8, 5, 3], [65535, 65535, 65535]])
def test_sizes_that_are_not_those_of_the_arrays_are_refused(files, sizes):
    assert_refused(described(files, sizes=sizes), "expected .*; found")


NO_FEATURES = ["abcdefghijklm", dict.fromkeys("abcdefghijklm", 0), [1] * 13, [None] * 13, 13, None]


@pytest.mark.parametrize("features", NO_FEATURES)
def test_features_that_are_no_list_of_names_are_refused(files, features):
    assert_refused(described(files, features=features), "^model.json: ")


@pytest.mark.parametrize(("name", "count"), [("features", 12), ("features", 14), ("classes", 2), ("classes", 4)])
def test_too_few_or_too_many_names_are_refused(files, name, count):
    names = [f"name {index}" for index in range(count)]
    assert_refused(described(files, **{name: names}), f"^{name}: .*found {count}")


@pytest.mark.parametrize("hashes", [{}, [], {"weights.npz": None}, {"other.npz": "00"}, None, ["weights.npz"]])
def test_hashes_that_do_not_cover_the_weights_are_refused(files, hashes):
    assert_refused(described(files, files=hashes), "^model.json: |^other.npz: ")
