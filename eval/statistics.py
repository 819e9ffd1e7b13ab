"""Intervals and tests: how far a figure may be trusted, and whether two of them differ.

Pure functions of numbers, each with its source. Draws are seeded: a figure is the same on every machine.
"""

import math
from collections.abc import Sequence

import numpy as np

__all__ = ["bootstrap", "mcnemar", "percentile", "randomisation", "wilson"]

Z_95 = 1.959964  # 97.5 % point of the normal distribution
RESAMPLES = 10_000  # of a bootstrap
SIGNS = 20_000  # patterns of signs drawn where there are too many to go through all
EXACT_UP_TO = 14  # differences: 16,384 patterns
SEED = 1  # the same draws on every machine


def wilson(hits: float, of: int) -> tuple[float, float]:
    """95 % interval of a share, between 0 and 1 (Wilson, J. Am. Stat. Assoc. 22, 1927); (0, 1) of nothing."""
    if not of:
        return 0.0, 1.0
    share, square = hits / of, Z_95**2
    middle = share + square / (2 * of)
    spread = Z_95 * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    whole = 1 + square / of
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)


def mcnemar(lost: int, won: int) -> float:
    """Exact two-sided p, above 0 to 1, of so many outcomes lost and won on the same questions.

    Under no change each changed outcome is equally likely to be a loss or a win: a binomial test of the
    smaller count (McNemar, Psychometrika 12, 1947; the exact form).
    """
    changed = lost + won
    tail = sum(math.comb(changed, k) for k in range(min(lost, won) + 1))
    return float(min(1.0, 2 * tail / 2**changed))


def bootstrap(
    values: Sequence[float], clusters: Sequence[str], weights: Sequence[float] | None = None
) -> tuple[float, float]:
    """95 % interval of a mean of values, or of paired differences, -1 to 1; (-1, 1) of fewer than two clusters.

    Questions about one letter share its fate, so whole letters are drawn anew, with all their questions, and the
    middle 95 % of the means are taken: the cluster bootstrap (Field and Welsh, J. R. Stat. Soc. B 69, 2007) with
    Efron's percentile interval.

    Args:
        values: One for each question.
        clusters: What each question is about.
        weights: How much each value counts: of how many it is the share; 1 each by default.
    """
    names, members = np.unique(np.asarray(clusters, dtype=str), return_inverse=True)
    if len(names) < 2:
        return -1.0, 1.0
    counted = np.ones(len(members)) if weights is None else np.asarray(weights, dtype=float)
    sums = np.bincount(members, weights=np.asarray(values, dtype=float) * counted)
    sizes = np.bincount(members, weights=counted)
    drawn = np.random.default_rng(SEED).integers(len(names), size=(RESAMPLES, len(names)))
    means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def randomisation(differences: Sequence[float]) -> float:
    """Two-sided p, above 0 to 1, of paired differences: the share of sign patterns with a sum as far from 0.

    Under no change each difference might as well have the other sign: Fisher's paired randomisation test, which
    Smucker, Allan and Carterette (CIKM 2007) recommend for comparing rankings. For outcomes (differences of 1 and -1)
    it is `mcnemar`. Few patterns are all gone through; of many, some are drawn, and the one observed counts among them
    so that p is never 0 (Phipson and Smyth, Stat. Appl. Genet. Mol. Biol. 9, 2010).
    """
    changed = np.asarray([difference for difference in differences if difference], dtype=float)
    count = len(changed)
    least = abs(float(changed.sum())) - 1e-9  # sums of the same values in another order differ by a rounding error
    if count <= EXACT_UP_TO:
        patterns = (np.arange(2**count)[:, None] >> np.arange(count)) & 1
        return float(np.mean(np.abs((2 * patterns - 1) @ changed) >= least))
    patterns = np.random.default_rng(SEED).integers(2, size=(SIGNS, count), dtype=np.int8)
    as_far = int(np.sum(np.abs((2 * patterns - 1) @ changed) >= least))
    return (as_far + 1) / (SIGNS + 1)


def percentile(values: Sequence[float], share: float) -> float:
    """Nearest-rank percentile: the smallest value that a share (above 0, to 1) of all do not exceed."""
    return sorted(values)[math.ceil(share * len(values)) - 1]
