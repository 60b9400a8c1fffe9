"""Our labelling as one query of DuckDB: the network, label sets and, where asked, the Mahalanobis typicality."""

import numpy as np

from schemas.pandera_schema import schema_of
from schemas.tables import get_table

TABLE = get_table("wine")
NAMES, CLASSES, IDS = list(TABLE.features), list(TABLE.class_names), list(TABLE.class_ids)
OPEN = {name for name in NAMES if any(check.name == "greater_than" for check in schema_of(TABLE).columns[name].checks)}


def labels_sql(version, source, *, typicality):
    """A query for the columns that we publish, of a Parquet file; without typicality it reviews by label sets alone."""
    conformal = version.classifier.conformal
    named = "case {0} " + " ".join(f"when {at} then '{name}'" for at, name in zip(IDS, CLASSES, strict=True)) + " end"
    likelier = [[f"if(p{one} > p{at}, p{one}, 0)" for one in range(3) if one != at] for at in range(3)]
    belongs = [f"{' + '.join(before)} <= {float(conformal.sets.mass)!r}" for before in likelier]
    sets = ", ".join(f"case when {holds} then '{name}' end" for holds, name in zip(belongs, CLASSES, strict=True))
    several = " + ".join(f"({holds})::int" for holds in belongs) + " > 1"
    best = "greatest(p0, p1, p2)"
    index = f"case when p0 = {best} then {IDS[0]} when p1 = {best} then {IDS[1]} else {IDS[2]} end"
    inner = f"select *, {index} as label_id from ({network(version, rows(version, source, typicality=typicality))})"
    shares = ", ".join(f"p{at}::float as p_{name}" for at, name in enumerate(CLASSES))
    if typicality:
        inner = f"select *, {share_sql(exact(conformal.usual))} as share from ({inner})"
    return (
        f"select '{source.name}' as source, row, null::varchar as id, {named.format('label_id')} as label, "
        f"label_id::int as label_id, {best}::float as confidence, {shares}, concat_ws('|', {sets}) as label_set, "
        + ("share::float as typicality, " if typicality else "")
        + f"{several}{f' or share <= {float(conformal.alarm)!r}' if typicality else ''} as review, "
        f"{named.format('cultivar')} as truth, {version.number}::int as model_version from ({inner})"
    )


def exact(values):
    """Parameters as double precision, in which a version may hold rounded ones."""
    return np.asarray(values, dtype=float)


def affine(weights, bias, inputs):
    """A sum of products; the whitening is a triangle, and what is 0 is left out."""
    pairs = zip(exact(weights).tolist(), inputs, strict=True)
    return " + ".join([*(f"({weight!r}) * {name}" for weight, name in pairs if weight), f"({float(bias)!r})"])


def rows(version, source, *, typicality):
    """Rows within the bounds, with their distance where it is asked for."""
    bounds = " and ".join(
        f"isfinite({name}) and {name} {'>' if name in OPEN else '>='} {low} and {name} <= {high}"
        for name, (low, high) in TABLE.bounds.items()
    )
    query = f"select file_row_number as row, * from read_parquet('{source}', file_row_number = true) where {bounds}"
    if not typicality:
        return query
    space = version.classifier.conformal.space
    turned = zip(exact(space.whitening).T, space.origin, strict=True)
    points = [f"{affine(weights, each, NAMES)} as z{at}" for at, (weights, each) in enumerate(turned)]
    names = [f"z{at}" for at in range(len(points))]
    length = " + ".join(f"{name} * {name}" for name in names)
    nearest = ", ".join(affine(-2 * center, np.square(center).sum(), names) for center in exact(space.centers))
    return f"select *, {length} + least({nearest}) as distance from (select *, {', '.join(points)} from ({query}))"


def network(version, query):
    """The probabilities p0, p1, p2 of rows: the standardizer folded into the first layer."""
    network, standardizer = version.classifier.network, version.classifier.standardizer
    first = exact(network.weights[0]) / exact(standardizer.scale)[:, None]
    weights = [first, *network.weights[1:]]
    biases = [network.biases[0] - exact(standardizer.mean) @ first, *network.biases[1:]]
    kept = "row, cultivar" + (", distance" if " as distance " in query else "")
    inputs = NAMES
    for layer, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        sums = [affine(column, each, inputs) for column, each in zip(weight.T, bias, strict=True)]
        inputs = [f"a{layer}_{at}" for at in range(len(sums))]
        apply = "exp" if layer == len(weights) - 1 else "tanh"  # the sums of a trained network are far from overflow
        outputs = ", ".join(f"{apply}({each}) as {name}" for each, name in zip(sums, inputs, strict=True))
        query = f"select {kept}, {outputs} from ({query})"
    shares = ", ".join(f"{name} / ({' + '.join(inputs)}) as p{at}" for at, name in enumerate(inputs))
    return f"select {kept}, {shares} from ({query})"


def share_sql(usual):
    """The share of held-out distances that are not below a row's: a search by halves in nested cases."""
    total = len(usual) + 1

    def halves(low, high):
        """How many of the ascending distances are not below, where between low and high of them are."""
        if low == high:
            return repr((total - low) / total)
        middle = (low + high) // 2
        left, right = halves(low, middle), halves(middle + 1, high)
        return f"case when distance <= {usual[middle].item()!r} then {left} else {right} end"

    return halves(0, len(usual))
