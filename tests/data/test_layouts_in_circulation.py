"""The shipped table in every layout that tables of its kind circulate in: always the same 178 rows and truth."""

from __future__ import annotations

import csv
import gzip
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import data
from data.reading import read_chunks, settle_truth
from data.sniffing import sniff
from data.truth import no_rows
from schemas.tables import get_table

TABLE = get_table("wine")
NAMES, *BOTTLES = csv.reader((Path(data.__path__[0]) / "raw" / "wine.csv").read_text().splitlines())
LABEL, *FEATURES = NAMES
TRUTH = [row[0] for row in BOTTLES]
CELLS = [row[1:] for row in BOTTLES]
COUNTS = {"barolo": 59, "grignolino": 71, "barbera": 48}
SHIPPED = np.array(CELLS, dtype=float)
PRETTY = [
    "Alcohol", "Malic acid", "Ash", "Alcalinity of ash", "Magnesium", "Total phenols", "Flavanoids",
    "Nonflavanoid phenols", "Proanthocyanins", "Color intensity", "Hue", "OD280/OD315 of diluted wines", "Proline",
]  # fmt: skip
SKLEARN = [*FEATURES[:11], "od280/od315_of_diluted_wines", "proline"]


def joined(rows, separator=",", end="\n"):
    return end.join(separator.join(row) for row in rows) + end


def labelled(texts, *, first=True, cells=CELLS):
    return [[text, *row] if first else [*row, text] for text, row in zip(texts, cells, strict=True)]


def file(header=NAMES, body=BOTTLES, before=(), after="", separator=",", end="\n"):
    """A text file: lines before the header, the header (None for none), the rows."""
    preamble = "".join(line + end for line in before)
    return preamble + joined([*([header] if header else []), *body], separator, end) + after


def respelt(spell):
    """The truth in other words."""
    return [spell(int(each) - 1) for each in TRUTH]


def each_cell(change, rows=CELLS):
    return [[change(cell) for cell in row] for row in rows]


def comma(cell):
    return cell.replace(".", ",")


def one_hot():
    return [[*row, *("1" if hot == each else "0" for hot in "123")] for row, each in zip(CELLS, TRUTH, strict=True)]


def in_order(order):
    return file([NAMES[at] for at in order], [[row[at] for at in order] for row in BOTTLES])


SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "space": " "}
ENDS = {"lf": "\n", "crlf": "\r\n", "cr": "\r", "crcrlf": "\r\r\n"}
ENCODED = {
    "utf8": lambda text: text.encode(),
    "bom": lambda text: text.encode("utf-8-sig"),
    "utf16": lambda text: text.encode("utf-16"),
    "utf16be-marked": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "utf16le": lambda text: text.encode("utf-16-le"),
    "utf16be": lambda text: text.encode("utf-16-be"),
}
SPELT = {
    "1-3": lambda at: str(at + 1), "0-2": str, "1.0": lambda at: f"{at + 1}.0", "0.0": lambda at: f"{at}.0",
    "class_0": lambda at: f"class_{at}", "wine_1": lambda at: f"wine_{at + 1}", "y1": lambda at: f"y{at + 1}",
    "class 1": lambda at: f"class {at + 1}", "A": lambda at: "ABC"[at], "a": lambda at: "abc"[at],
    "katakana": lambda at: "クラス" + "ABC"[at], "barolo": lambda at: TABLE.class_names[at],
    "Barolo": lambda at: TABLE.class_names[at].title(), "BAROLO": lambda at: TABLE.class_names[at].upper(),
    "quoted": lambda at: f'"{at + 1}"', "padded": lambda at: f" {at + 1} ",
}  # fmt: skip
CALLED = ["class", "Class", "Cultivar", "Type", "Typ", "Wine", "Customer_Segment", "target", "label", "Y", "source",
          "vintages", "wine.class", "CLASS LABEL", "ワイン品種", "y_true", "true_label", "TrueClass", "target_class",
          "class_id", "Wine Type", "Actual", "Cvs", "cls", "variety", "Clase", "Klasse", "Rebsorte",
          "cultivr"]  # fmt: skip
ANONYMOUS = {
    "V1..V14": [f"V{at}" for at in range(1, 15)], "0..13": [str(at) for at in range(14)],
    "1..14": [str(at) for at in range(1, 15)], "Column1..": [f"Column{at}" for at in range(1, 15)],
    "att01..": [f"att{at:02}" for at in range(14)], "class,A1..": ["class", *(f"A{at}" for at in range(1, 14))],
    "label,f1..": ["label", *(f"f{at}" for at in range(1, 14))], "Y,X1..": ["Y", *(f"X{at}" for at in range(1, 14))],
    "Merkmal 1..": [f"Merkmal {at}" for at in range(1, 15)], "列1..": [f"列{at}" for at in range(1, 15)],
    "Feat0.., target": ["target", *(f"Feat{at}" for at in range(13))], "a..n": list("abcdefghijklmn"),
    "Greek a..x": list("αβγδεζηθικλμνξ"), "x, x.1..": ["x", *(f"x.{at}" for at in range(1, 14))],
    "c, dots": ["c", *["."] * 13], "Class,1..13": ["Class", *(str(at) for at in range(1, 14))],
    "blank": [""] * 13 + [" "], "Unnamed": [f"Unnamed: {at}" for at in range(14)], "target": ["target", *[""] * 13],
}  # fmt: skip
COUNTED = {"blank line": "", "blanks": "  ", "count line": "178,13,class_0,class_1,class_2", "13 3": "13 3",
           "padded count": "178,13,class_0,class_1,class_2,,,,,,,,,", "title": "Wine recognition data",
           "comment": "# UCI data set 109", "quoted title": '"Wine, UCI"', "separators": "," * 13,
           "blanks and separators": " , , "}  # fmt: skip
ABOVE = {"types": "class" + ",numeric" * 13, "types, Weka": "nominal" + ",real" * 13, "groups": ",,Acids" + "," * 11,
         "groups, filled": "Sample,Basic,Acids,Basic,Basic" + ",Phenols" * 4 + ",Colour,Colour,Protein,Protein",
         "units": "-,% vol,g/l,g/l,meq/l,mg/l,g/l,g/l,g/l,g/l,AU,-,-,mg/l"}  # fmt: skip
BESIDE = ["prediction", "predicted", "y_pred", "yhat", "predicted class", "cluster", "kmeans_label", "fold", "split",
          "quality", "outlier", "score", "group2", "Origin"]  # fmt: skip
LABORATORY = {
    "brackets": ["Alcohol (% vol)", "Malic acid (g/l)", "Ash (g/l)", "Alcalinity of ash (meq/l)", "Mg (mg/l)",
                 "Total phenols (mg GAE/l)", "Flavanoids (g/l)", "Nonflavanoid phenols (g/l)", "Proanthocyanins (g/l)",
                 "Color intensity (AU)", "Hue (-)", "OD280/OD315 (ratio)", "Proline (mg/l)"],
    "square": [f"{name} [{unit}]" for name, unit in zip(
        PRETTY, ["vol %", *["g L⁻¹"] * 2, "mval/l", "mg/L", *["g/L"] * 4, "a.u.", "1", "1", "mg·L⁻¹"], strict=True)],
    "appended": [f"{name}_{unit}" if unit else name for name, unit in zip(
        FEATURES, ["pct", *["g_l"] * 2, "meq_l", "mg_l", *["g_l"] * 4, "", "", "", "mg_per_l"], strict=True)],
    "commas": [f'"{name}, {unit}"' if unit else name for name, unit in zip(
        PRETTY, ["% vol.", *["g/l"] * 2, "meq/l", "mg/l", *["g/l"] * 4, "AU", "", "", "ppm"], strict=True)],
    "German": ["Alkohol in Vol.-%", "Äpfelsäure in g/l", "Asche in g/l", "Alkalinität der Asche", "Magnesium in mg/l",
               "Gesamtphenole", "Flavonoide", "Nichtflavonoide Phenole", "Proanthocyanidine", "Farbintensität",
               "Farbton", "OD280/OD315", "Prolin in mg/l"],
    "ABV": ["ABV", *FEATURES[1:]], "alcohol content": ["alcohol content", *FEATURES[1:]],
}  # fmt: skip
BROKEN = {
    "one": [f'"{name.replace(" ", chr(10), 1)}"' if name == "Malic acid" else name for name in PRETTY],
    "all": [f'"{name.replace(" ", chr(10))}"' for name in PRETTY],
    "the first": ['"Alco-\nhol"', *PRETTY[1:]],
}
INDEXED = [[str(at), *row] for at, row in enumerate(BOTTLES)]
QUOTED = [[f'"{at + 1}"', *row] for at, row in enumerate(BOTTLES)]
ALL_QUOTED = [[f'"{cell}"' for cell in row] for row in BOTTLES]
ORANGE = [[*PRETTY, "wine"], ["c"] * 13 + ["d"], [""] * 13 + ["class"]]
DECIMAL_COMMA = labelled(TRUTH, cells=each_cell(comma))
SHUFFLED = random.Random(0).sample(range(14), 14)
SPANISH = ["Alcohol", "Ácido málico", "Cenizas", "Alcalinidad de cenizas", "Magnesio", "Fenoles totales", "Flavanoides",
           "Fenoles no flavanoides", "Proantocianinas", "Intensidad color", "Tono", "OD280", "Prolina"]  # fmt: skip
MISSPELT = ["Alchohol", "Malic acd", "Ash", "Alcalinty of ash", "Magnesum", "Total phenol", "Flavanoid",
            "Nonflavanoid phenol", "Proanthocyanin", "Colour intensity", "Hue", "OD280/OD315", "Prolin"]  # fmt: skip

LABELLED = {
    **{f"{name} {end}": file(separator=mark, end=ENDS[end]) for name, mark in SEPARATORS.items() for end in ENDS},
    **{f"{name} {end} {code}": encode(file(header, separator=mark, end=ENDS[end]))
       for code, encode in ENCODED.items() for name, mark in SEPARATORS.items()
       for end, header in zip(ENDS, (NAMES, None) * 2, strict=True)},
    **{f"truth {name} {where}": file(None, labelled(respelt(spell), first=where == "first"))
       for name, spell in SPELT.items() for where in ("first", "last")},
    **{f"label {name} {where}": file([name, *FEATURES] if where == "first" else [*FEATURES, name],
                                     labelled(TRUTH, first=where == "first"))
       for name in CALLED for where in ("first", "last")},
    **{f"header {name}": file(header) for name, header in ANONYMOUS.items()},
    **{f"header {name}, label last": file([*header[1:], header[0]], labelled(TRUTH, first=False))
       for name, header in ANONYMOUS.items() if not name.startswith(("0", "1", "a..", "Greek"))},
    **{f"{name} before the header": file(before=[line]) for name, line in COUNTED.items()},
    **{f"{name}, no header": file(None, before=[line]) for name, line in COUNTED.items()},
    **{f"{kind} above the header": file(["Class", *PRETTY], before=[line]) for kind, line in ABOVE.items()},
    **{f"{name} beside the truth, {order}": file(
        [*FEATURES, name, "target"] if order == "before" else [*FEATURES, "target", name],
        [[*row, at if order == "before" else truth, truth if order == "before" else at]
         for row, truth, at in zip(CELLS, TRUTH, "12" * 89, strict=True)])
       for name in BESIDE for order in ("before", "after")},
    "y_pred before y_true": file(["y_pred", "y_true", *FEATURES], [["1", *row] for row in BOTTLES]),
    "label beside true_label": file(["label", "true_label", *FEATURES], [["2", *row] for row in BOTTLES]),
    "type of no class beside class": file(["type", "class", *FEATURES], [["red", *row] for row in BOTTLES]),
    "class and target that agree": file(["class", "target", *FEATURES],
                                        [[str(int(row[0]) - 1), *row] for row in BOTTLES]),
    **{f"laboratory, {kind}": file(["Class", *names]) for kind, names in LABORATORY.items()},
    **{f"names broken by a line break, {kind}, {end}": file(["Class", *names], end=ENDS[end])
       for kind, names in BROKEN.items() for end in ("lf", "crlf")},
    "names broken, semicolons": file(["Class", *BROKEN["all"]], separator=";"),
    "names broken, label last": file([*BROKEN["all"], "Class"], labelled(TRUTH, first=False)),
    "names one a line": file(None, before=["Wine Class", *PRETTY]),
    "names one a line after a comment": file(None, before=["# the 14 names, then the rows", "Class", *PRETTY]),
    "names one a line, label last": file(None, labelled(TRUTH, first=False), before=[*PRETTY, "Class"]),
    "names one a line, spaces": file(None, before=["Class", *PRETTY], separator=" "),
    "ten lines before the header": file(["Class", *PRETTY], before=[f"Line, {at}" for at in range(10)]),
    "lines of separators after": file(after=("," * 13 + "\n") * 300),
    "lines of separators between": file(body=[each for row in BOTTLES for each in (row, [""] * 14)]),
    "lines of separators, semicolons, CRLF": file(separator=";", end="\r\n", after=(";" * 13 + "\r\n") * 300),
    "lines of quoted blanks": file(body=[*ALL_QUOTED, *[['""'] * 14] * 50]),
    "one-hot labels by class, in alphabetical order": file(
        [*FEATURES, "cultivar_barbera", "cultivar_barolo", "cultivar_grignolino"],
        [[*row, *("1" if hot == each else "0" for hot in "312")] for row, each in zip(CELLS, TRUTH, strict=True)]),
    "three lines before the header": file(before=["Wine", "UCI, 109", ""]),
    "Orange, tabs": file(None, [*ORANGE, *labelled(TRUTH, first=False)], separator="\t"),
    "no last line end": file().rstrip("\n"), "blank lines after": file(after="\n\n\n"),
    "latin-1 header": file(["Tipo", *SPANISH]).encode("latin-1"),
    "windows-1252 title": file(before=["Wine \u2013 UCI"]).encode("cp1252"),
    "decimal comma, semicolons": file(body=DECIMAL_COMMA, separator=";"),
    "decimal comma, semicolons, no header": file(None, DECIMAL_COMMA, separator=";"),
    "decimal comma, tabs": file(body=DECIMAL_COMMA, separator="\t"),
    "decimal comma, quoted, commas": file(body=labelled(TRUTH, cells=each_cell(lambda cell: f'"{cell}"'))),
    "index, named blank": file(["", *NAMES], INDEXED), "index called id": file(["id", *NAMES], INDEXED),
    "index called Unnamed: 0": file(["Unnamed: 0", *NAMES], INDEXED), "index, no header": file(None, INDEXED),
    "R write.csv": file([f'"{name}"' for name in ("", *NAMES)], QUOTED),
    "R write.table": file([f'"{name}"' for name in NAMES], QUOTED, separator=" "),
    "R write.table, tabs": file(NAMES, QUOTED, separator="\t"),
    "R V1..V14": file([f'"V{at}"' for at in range(1, 15)], QUOTED, separator=" "),
    "everything quoted": file([f'"{name}"' for name in NAMES], ALL_QUOTED),
    "everything quoted, no header": file(None, ALL_QUOTED, separator=";"),
    "padded cells": file([f" {name} " for name in NAMES], each_cell(lambda cell: f" {cell} ", BOTTLES)),
    "aligned with blanks": file(body=each_cell(lambda cell: f"{cell:>8}", BOTTLES), separator=" "),
    "floats throughout": file(body=labelled([f"{each}.0" for each in TRUTH],
                                            cells=each_cell(lambda cell: repr(float(cell))))),
    "exponents": file(body=labelled(TRUTH, cells=each_cell(lambda cell: f"{float(cell):.6e}"))),
    "no leading dots": file(body=each_cell(lambda cell: "0" + cell if cell[0] == "." else cell, BOTTLES)),
    "a separator at the end of each row": file(NAMES, [[*row, ""] for row in BOTTLES]),
    "one-hot labels": file([*FEATURES, "c1", "c2", "c3"], one_hot()),
    "one-hot labels, no header": file(None, one_hot()),
    "one-hot labels by name": file([*FEATURES, "class_0", "class_1", "class_2"], one_hot()),
    "shuffled columns": in_order(SHUFFLED), "columns back to front": in_order(range(13, -1, -1)),
    "upper case": file([name.upper() for name in NAMES]), "title case": file(["Class", *PRETTY]),
    "scikit-learn names": file(["target", *SKLEARN]), "camel case": file(["Class", *(
        "".join(map(str.title, name.split("_"))) for name in FEATURES)]),
    "dots": file([name.replace("_", ".") for name in NAMES]),
    "ordinals": file(["Class", *(f"{at}) {name}" for at, name in enumerate(PRETTY, 1))]),
    "misspelt": file(["Class", *MISSPELT]), "Spanish": file(["Tipo", *SPANISH]).encode("utf-16"),
    "rows in another order": file(None, random.Random(1).sample(BOTTLES, 178)),
    "gzip": gzip.compress(file().encode()), "gzip of UTF-16": gzip.compress(file(None).encode("utf-16")),
    "zstd": pa.compress(file().encode(), "zstd", asbytes=True),
    "zstd, no header, CR": pa.compress(file(None, end="\r").encode(), "zstd", asbytes=True),
}  # fmt: skip
UNLABELLED = {
    "names": file(FEATURES, CELLS), "pretty names": file(PRETTY, CELLS), "no header": file(None, CELLS),
    "index": file(["", *FEATURES], [[str(at), *row] for at, row in enumerate(CELLS, 1)]),
    "index, no header": file(None, [[str(at), *row] for at, row in enumerate(CELLS, 1)]),
    "V1..V13": file([f"V{at}" for at in range(1, 14)], CELLS),
    "decimal comma": file(FEATURES, each_cell(comma), separator=";"),
    "decimal comma, no header": file(None, each_cell(comma), separator=";"), "spaces": file(None, CELLS, separator=" "),
    "0..12": file([str(at) for at in range(13)], CELLS), "blank names": file([""] * 13, CELLS),
    "ids in place of labels": file(["wine_id", *FEATURES], [[str(at), *row] for at, row in enumerate(CELLS, 1)]),
    "ids called wine": file(["Wine", *FEATURES], [[str(at), *row] for at, row in enumerate(CELLS, 1)]),
    "one class only": file(["class", *FEATURES], labelled(["1"] * 178)),
    "classes 1 and 2": file(["class", *FEATURES], labelled([str(1 + at % 2) for at in range(178)])),
    "classes 0 and 1": file(["class", *FEATURES], labelled([str(at % 2) for at in range(178)])),
    "a flag, no header": file(None, labelled([str(at % 2) for at in range(178)], first=False)),
    "class 0 only, no header": file(None, labelled(["0"] * 178)),
    **{f"{name}, no truth": file([*FEATURES, name], labelled(TRUTH, first=False)) for name in BESIDE},
    **{f"V1..V13, {name}": file([*(f"V{at}" for at in range(1, 14)), name], labelled(TRUTH, first=False))
       for name in BESIDE},
    "one-hot clusters": file([*FEATURES, "cluster_0", "cluster_1", "cluster_2"], one_hot()),
    "class and target that disagree": file(["class", "target", *FEATURES], [["3", *row] for row in BOTTLES]),
    "two labels that disagree, no header": file(None, [[*row, "3"] for row in BOTTLES]),
    "words for classes": file(["class", *FEATURES], labelled(respelt(lambda at: ["Red", "White", "Sparkling"][at]))),
}  # fmt: skip


def taken(path):
    """The measurements of a file, sorted, its classes counted, and its lines that are no rows."""
    layout = settle_truth(path, sniff(path, TABLE))
    chunks = list(read_chunks(path, layout))
    matrix = np.concatenate([chunk.frame[list(FEATURES)].to_numpy() for chunk in chunks])
    truth = [text for chunk in chunks if "truth" in chunk.frame for text in chunk.frame["truth"].astype(object)]
    places = [layout.truth.index(text) if isinstance(text, str) else -1 for text in truth]
    return matrix, places, [line for chunk in chunks for line in chunk.malformed]


def in_the_shipped_order(matrix):
    keys = {row.tobytes(): at for at, row in enumerate(SHIPPED)}
    return [keys.get(row.tobytes(), -1) for row in matrix]


@pytest.mark.parametrize("layout", LABELLED)
def test_the_layout_changes_neither_measurements_nor_truth(text_file, layout):
    matrix, places, malformed = taken(text_file(LABELLED[layout]))
    rows = in_the_shipped_order(matrix)
    assert sorted(rows) == list(range(178))
    assert [str(place + 1) for place in places] == [TRUTH[row] for row in rows]
    assert Counter(TABLE.class_names[place] for place in places) == COUNTS
    assert malformed == []


@pytest.mark.parametrize("layout", UNLABELLED)
def test_the_layout_of_a_table_without_labels_changes_no_measurement(text_file, layout):
    matrix, places, malformed = taken(text_file(UNLABELLED[layout]))
    assert in_the_shipped_order(matrix) == list(range(178))
    assert set(places) <= {-1}
    assert malformed == []


NO_BOTTLES = [
    "Average,13,2.34,2.37,19.49,99.74,2.3,2.03,.36,1.59,5.06,.96,2.61,746.89",
    "1 Average,13.7,2.01,2.46,17.04,106.3,2.84,2.98,.29,1.9,5.5,1.06,3.16,1115.7",
    "Grand Total,2314,415,421,3470,17754,408,361,64,283,900,170,464,132947",
]


@pytest.mark.parametrize("header", [NAMES, None])
@pytest.mark.parametrize("at", [0, 90, 178])
@pytest.mark.parametrize("line", NO_BOTTLES)
def test_a_row_that_is_called_by_another_word_is_no_bottle(text_file, header, at, line):
    path = text_file(file(header, [*BOTTLES[:at], line.split(","), *BOTTLES[at:]]))
    layout = settle_truth(path, sniff(path, TABLE))
    (chunk,) = read_chunks(path, layout)
    assert np.flatnonzero(no_rows(chunk.frame, layout.truth)).tolist() == [at]
    assert chunk.rows == 179


STRAYS = ["0", "4", "99", "-1", "?", "NA", "", "2.5", "Average"]


@pytest.mark.parametrize("header", [NAMES, None])
@pytest.mark.parametrize("stray", STRAYS)
def test_a_stray_label_is_no_truth_and_takes_none_from_the_others(text_file, header, stray):
    places = taken(text_file(file(header, labelled([*TRUTH[:20], stray, *TRUTH[21:]]))))[1]
    assert [str(place + 1) for place in places] == [*TRUTH[:20], "0", *TRUTH[21:]]


@pytest.mark.parametrize("hole", ["", "?", "NA"])
@pytest.mark.parametrize("header", [NAMES, None])
@pytest.mark.parametrize("every", [9, 6, 5])
def test_what_is_missing_is_not_implausible(text_file, header, every, hole):
    body = [[hole if at % every == 0 and place == 1 + at % 13 else cell for place, cell in enumerate(row)]
            for at, row in enumerate(BOTTLES)]  # fmt: skip
    matrix, places, malformed = taken(text_file(file(header, body)))
    assert np.flatnonzero(np.isnan(matrix).any(axis=1)).tolist() == [*range(0, 178, every)]
    assert [str(place + 1) for place in places] == TRUTH
    assert malformed == []
