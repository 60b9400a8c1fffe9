"""Rows put where rounding decides: a probability as near as can be to the middle between two float32."""

import numpy as np

from nn.forward import Forward


def on_boundaries(classifier, rows, column=0):
    """Raw rows (n, d), a column of them moved until the likeliest class lies between two float32; (m, d), m <= n."""
    forward = Forward.of(classifier.standardizer, classifier.network, np.float64)
    x, order, best = rows.copy(), np.arange(len(rows)), forward(rows.T).argmax(axis=0)

    def answer(values):
        x[:, column] = values
        return forward(x.T)[best, order]

    low = rows[:, column].copy()
    step = 1e-4 * classifier.standardizer.scale[column]
    slope = (answer(low + step) - answer(low)) / step
    near = answer(low).astype(np.float32)
    goal = (near.astype(float) + np.nextafter(near, np.float32(2)).astype(float)) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        high = low + np.clip(4 * (goal - answer(low)) / slope, -1, 1)
    for _ in range(60):
        middle = (low + high) / 2
        below = answer(middle) < goal
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    x[:, column] = low
    return x[np.abs(answer(low) - goal) < 1e-13]
