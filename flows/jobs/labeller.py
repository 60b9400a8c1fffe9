"""The labeller: one chunk of rows in; its labels, its rejects and what is counted of them out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from data.cells import shortened
from data.truth import class_indices, no_rows
from flows.jobs.set_texts import sets_as_text
from flows.jobs.tally import Tally
from models.errors import ModelError
from nn.fingerprints import fingerprint
from nn.metrics import judge, likeliest
from nn.sample import Sample
from schemas.checking import check_rows
from schemas.conformity import check_rows as check_rows_of_labels
from schemas.results import labels_schema, rejects_schema

if TYPE_CHECKING:
    from data.chunks import Chunk
    from data.layouts import Layout
    from models.store import Version
    from nn.drift import Reference
    from schemas.checking import Checked
    from schemas.table import Table


@dataclass(frozen=True, eq=False)
class Trust:
    """How far the labels of n rows can be trusted: sets (n, k), typicality (n,), and whether to look (n,)."""

    sets: np.ndarray[Any, Any]
    typicality: np.ndarray[Any, Any]
    review: np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Labeller:
    """A version and the one source whose rows it labels."""

    table: Table
    version: Version
    source: str
    layout: Layout
    reference: Reference

    def __call__(self, chunk: Chunk) -> tuple[pa.Table, pa.Table, Tally, np.ndarray[Any, Any]]:
        """Labels of the rows that meet the table, rejects of the others, the counts of both, and fingerprints."""
        checked = self.checked(chunk)
        valid = checked.valid
        x = checked.matrix()
        probabilities = self.version.classifier.predict_proba(x)
        truth, unknown = class_indices(valid, self.layout.truth)
        labels = likeliest(probabilities)
        trust = self._trust(x, probabilities)
        prints = fingerprint(x)
        judged = judge(probabilities, truth, labels)
        seen = np.flatnonzero(self.reference.seen(prints)) if judged.count else np.empty(0, dtype=np.intp)
        unseen = judged - judge(probabilities[seen], truth[seen], labels[seen]) if len(seen) else judged
        tally = Tally(
            rows=chunk.rows,
            labelled=len(valid),
            rejected=checked.rejects["row"].nunique() + len(chunk.malformed),
            reject_counts=Counter(zip(checked.rejects["column"], checked.rejects["rule"], strict=True))
            + Counter((None, rule) for _, rule, _ in chunk.malformed),
            label_counts=np.bincount(labels, minlength=len(self.table.classes)),
            confidence=float(probabilities.max(axis=1).sum(dtype=float)),
            judged=judged,
            unseen=unseen,
            review=int(trust.review.sum()),
            several=int((trust.sets.sum(axis=1) > 1).sum()),
            spread=self.reference.spread(x),
            unknown_truth=unknown,
            sample=Sample.of(valid.index.to_numpy(), x),
        )
        published = self._labels(valid, probabilities, labels, truth, trust)
        self._check(published)
        return published, self._rejects(chunk, checked.rejects), tally, prints

    def checked(self, chunk: Chunk) -> Checked:
        """The rows that meet the table, and the rejects of the others."""
        others = no_rows(chunk.frame, self.layout.truth)
        return check_rows(self.table, chunk.frame, no_rows=others, as_it_stood=chunk.as_it_stood)

    def _trust(self, x: np.ndarray[Any, Any], probabilities: np.ndarray[Any, Any]) -> Trust:
        conformal = self.version.classifier.conformal
        assert conformal is not None  # a version without it is refused when it is loaded to label
        sets = conformal.label_sets(probabilities)
        typicality = self.version.classifier.typicality(x)
        return Trust(sets, typicality, (sets.sum(axis=1) > 1) | (typicality <= conformal.alarm))

    def _labels(
        self,
        valid: pd.DataFrame,
        probabilities: np.ndarray[Any, Any],
        labels: np.ndarray[Any, Any],
        truth: np.ndarray[Any, Any],
        trust: Trust,
    ) -> pa.Table:
        rows = len(valid)
        names = pa.array(self.table.class_names)
        ids = np.array(self.table.class_ids, dtype=np.int32)
        shares = zip(self.table.class_names, probabilities.T, strict=True)
        columns = {
            "source": _constant(self.source, rows),
            "row": pa.array(valid.index.to_numpy(), pa.int64()),
            "id": pa.array(valid["id"], pa.string()) if "id" in valid else pa.nulls(rows, pa.string()),
            "label": pa.DictionaryArray.from_arrays(pa.array(labels, pa.int32()), names),
            "label_id": pa.array(ids[labels]),
            "confidence": pa.array(probabilities.max(axis=1)),
            **{f"p_{name}": pa.array(share) for name, share in shares},
            "label_set": sets_as_text(trust.sets, self.table.class_names),
            "typicality": pa.array(trust.typicality.astype(np.float32)),
            "review": pa.array(trust.review),
            "truth": pa.DictionaryArray.from_arrays(pa.array(truth, pa.int32(), mask=truth < 0), names),
            "model_version": pa.array(np.full(rows, self.version.number, dtype=np.int32)),
        }
        return pa.table(columns, schema=labels_schema(self.table))

    def _check(self, labels: pa.Table) -> None:
        """ModelError where what the version says breaks the contract with those who read it."""
        for batch in labels.to_batches():
            finding = next(check_rows_of_labels(batch, self.table, self.source, self.version.number), None)
            if finding:
                message = f"version {self.version.number} breaks the contract; {finding}; label by another version"
                raise ModelError(message)

    def _rejects(self, chunk: Chunk, rejects: pd.DataFrame) -> pa.Table:
        if rejects.empty and not chunk.malformed:
            return rejects_schema().empty_table()
        lines = rejects.assign(id=chunk.frame["id"].loc[rejects["row"]].to_numpy() if "id" in chunk.frame else None)
        if chunk.malformed:
            malformed = pd.DataFrame(chunk.malformed, columns=["row", "rule", "value"])
            lines = pd.concat([lines, malformed]).sort_values("row", kind="stable")
        columns = {
            "source": _constant(self.source, len(lines)),
            "row": pa.array(lines["row"], pa.int64()),
            **{name: pa.array(lines[name], pa.string(), from_pandas=True) for name in ("id", "column", "rule")},
            "value": shortened(pa.array(lines["value"], pa.string(), from_pandas=True)),
        }
        return pa.table(columns, schema=rejects_schema())


def _constant(text: str, rows: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, dtype=np.int32)), pa.array([text]))
