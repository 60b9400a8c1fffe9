"""The wine table: thirteen measurements of one bottle, and the cultivar it was made from.

UCI Machine Learning Repository, data set 109 (Aeberhard and Forina, 1992, doi 10.24432/C5PC7J). The source documents no
units; where a quantity is a ratio, or can only be one thing, the unit is given. The bounds are what is plausible for a
wine, wider than what the 178 bottles show, and tight enough to turn away shifted, scaled or mistyped columns.
"""

from __future__ import annotations

from pathlib import Path

import pandera.pandas as pa

from schemas.table import Table

UNDOCUMENTED = {"unit": None}
RATIO = {"unit": "ratio"}


class Wine(pa.DataFrameModel):
    """One row a bottle."""

    alcohol: float = pa.Field(
        ge=5, le=25, title="Alcohol", description="alcohol content", metadata={"unit": "% by volume"}
    )
    malic_acid: float = pa.Field(
        gt=0, le=10, title="Malic acid", description="the sharp acid of unripe grapes", metadata=UNDOCUMENTED
    )
    ash: float = pa.Field(
        ge=0.5,
        le=5,
        title="Ash",
        description="what mineral matter remains when the wine is burnt",
        metadata=UNDOCUMENTED,
    )
    alcalinity_of_ash: float = pa.Field(
        ge=5, le=50, title="Alcalinity of ash", description="how much acid the ash neutralizes", metadata=UNDOCUMENTED
    )
    magnesium: float = pa.Field(
        ge=30, le=300, title="Magnesium", description="magnesium content, a whole number", metadata=UNDOCUMENTED
    )
    total_phenols: float = pa.Field(
        gt=0, le=10, title="Total phenols", description="all phenolic compounds", metadata=UNDOCUMENTED
    )
    flavanoids: float = pa.Field(
        gt=0, le=10, title="Flavanoids", description="flavonoids; may exceed total phenols", metadata=UNDOCUMENTED
    )
    nonflavanoid_phenols: float = pa.Field(
        gt=0, le=2, title="Nonflavanoid phenols", description="phenols that are not flavonoids", metadata=UNDOCUMENTED
    )
    proanthocyanins: float = pa.Field(
        gt=0, le=10, title="Proanthocyanins", description="the tannins of skins and seeds", metadata=UNDOCUMENTED
    )
    color_intensity: float = pa.Field(
        gt=0, le=20, title="Color intensity", description="how deep the colour is", metadata=UNDOCUMENTED
    )
    hue: float = pa.Field(ge=0.1, le=3, title="Hue", description="the tint of the colour", metadata=RATIO)
    od280_od315: float = pa.Field(
        ge=0.5,
        le=6,
        title="OD280/OD315 of diluted wines",
        description="absorbance at 280 nm over that at 315 nm: the protein content",
        metadata=RATIO,
    )
    proline: float = pa.Field(
        ge=50, le=3000, title="Proline", description="the amino acid proline, a whole number", metadata=UNDOCUMENTED
    )


TABLE = Table(
    name="wine",
    model=Wine,
    label="cultivar",
    classes={1: "barolo", 2: "grignolino", 3: "barbera"},
    spellings={
        "alcohol": (
            "abv",
            "alcohol by volume",
            "alcohol content",
            "alcohol strength",
            "alcol",
            "alcool",
            "alkohol",
            "アルコール度数",
        ),
        "malic_acid": ("malic", "acido malico", "acide malique", "apfelsäure", "äpfelsäure", "リンゴ酸"),
        "ash": ("asche", "cendres", "cenizas", "cenere", "灰分"),
        "alcalinity_of_ash": (
            "alcalinity",
            "alcash",
            "ash alkalinity",
            "alkalinity of ash",
            "alcalinidad de cenizas",
            "alcalinité des cendres",
            "alkalinität der asche",
            "alcalinità della cenere",
            "灰分のアルカリ度",
        ),
        "magnesium": ("mg", "magnesio", "magnésium", "マグネシウム"),
        "total_phenols": (
            "phenols",
            "tot. phenols",
            "fenoles totales",
            "fenoli totali",
            "gesamtphenole",
            "phénols totaux",
            "総フェノール",
        ),
        "flavanoids": ("flavonoids", "flav", "flavanoides", "flavonoidi", "flavonoide", "flavonoïdes", "フラバノイド"),
        "nonflavanoid_phenols": (
            "nonflavanoid",
            "nonflavanoids",
            "nonflavonoid phenols",
            "nonflav",
            "nonflav phenols",
            "fenoles no flavanoides",
            "fenoli non flavonoidi",
            "nichtflavonoide phenole",
            "phénols non flavonoïdes",
            "非フラバノイドフェノール",
        ),
        "proanthocyanins": (
            "proa",
            "proanth",
            "proantocianinas",
            "proantocianidine",
            "proanthocyanidins",
            "proanthocyanidine",
            "プロアントシアニン",
        ),
        "color_intensity": (
            "color",
            "col. int.",
            "intensidad color",
            "colour",
            "colour intensity",
            "farbintensität",
            "intensità del colore",
            "intensité de la couleur",
            "色の濃さ",
        ),
        "hue": ("col. hue", "farbton", "nuance", "teinte", "tono", "tinta", "色相"),
        "od280_od315": (
            "od",
            "od280",
            "od ratio",
            "od diluted wines",
            "od280/od315 of diluted wines",
            "od280 over od315 of diluted wines",
            "od280/od315 dilution",
            "0d280/0d315 of diluted wines",
            "od280/od315 di vini diluiti",
            "od of diluted wines",
            "diluted wines",
            "protein concentration",
        ),
        "proline": ("prolin", "prolina", "プロリン"),
        "cultivar": (
            "cv",
            "cvs",
            "cultivars",
            "customer segment",
            "grape",
            "grape variety",
            "kultivar",
            "rebsorte",
            "source",
            "tipo",
            "typ",
            "type",
            "varietal",
            "variety",
            "vintages",
            "wine",
            "wine class",
            "wine cultivar",
            "wine type",
            "ワイン品種",
        ),
    },
    usual_units={
        "alcohol": "% vol",
        "malic_acid": "g/l",
        "ash": "g/l",
        "alcalinity_of_ash": "meq/l",
        "magnesium": "mg/l",
        "total_phenols": "g/l",
        "flavanoids": "g/l",
        "nonflavanoid_phenols": "g/l",
        "proanthocyanins": "g/l",
        "proline": "mg/l",
    },
    lookalikes={
        "the wine quality table": ("fixed acidity", "volatile acidity", "citric acid", "residual sugar", "sulphates"),
    },
    shipped=Path(__file__).parents[2] / "data" / "raw" / "wine.csv",
    class_spellings={"barolo": ("a", "クラスa"), "grignolino": ("b", "クラスb"), "barbera": ("c", "クラスc")},
)
