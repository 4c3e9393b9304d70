"""Expected numbers of preprocessing, worked out from scikit-learn's definitions in exact fractions.

scikit-learn itself couldn't be had where this was made, so each rule is written down here by its documented definition:
StandardScaler (x - mean) / population deviation, 1 for a constant column; MinMaxScaler (x - min) / (max - min); SimpleImputer
median, mean, most_frequent (of equal ones the smallest); OneHotEncoder with sorted categories and handle_unknown="ignore".
All are fitted on the training rows alone. Run: python3 preprocessing.py > preprocessing.json
"""
import json
from decimal import Decimal, getcontext
from fractions import Fraction

getcontext().prec = 60
ROWS = [  # age, fare, time, size, port; None is a gap
    (22.0, 7.25, 1612892067115, 5, "S"), (38.0, 71.2833, 1612892067089, 5, "C"), (26.0, 7.925, 1612892066967, 5, "S"),
    (35.0, 53.1, 1612892066783, 5, "S"), (None, 8.4583, 1612892067115, 5, "Q"), (54.0, None, 1612892067090, 5, None),
    (2.0, 21.075, 1612892067001, 5, "S"), (27.0, 11.1333, 1612892067002, 5, "C"),
    # held out: other gaps, a category and numbers that training rows don't have
    (None, 512.3292, 1612892069999, 6, "Z"), (4.0, None, 1612892060000, 5, "C"), (61.5, 7.25, 1612892067115, 4, None),
]
TRAIN = 8
NAMES = ["age", "fare", "time", "size"]


def exact(value):
    return None if value is None else Fraction(value)  # the float64, exactly


def root(fraction):
    return Fraction((Decimal(fraction.numerator) / Decimal(fraction.denominator)).sqrt())


def median(values):
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def frequent(values):
    return min(set(values), key=lambda value: (-values.count(value), value))


def column(i):
    return [exact(row[i]) for row in ROWS]


result = {"rows": ROWS, "train": TRAIN, "numbers": {}, "port": {}}
for i, name in enumerate(NAMES):
    cells = column(i)
    known = [value for value in cells[:TRAIN] if value is not None]
    fills = {"median": median(known), "mean": sum(known) / len(known), "mostFrequent": frequent(known)}
    out = {}
    for by, fill in fills.items():
        filled = [fill if value is None else value for value in cells]
        train = filled[:TRAIN]
        mean = sum(train) / TRAIN
        deviation = root(sum((value - mean) ** 2 for value in train) / TRAIN) or Fraction(1)
        low, width = min(train), (max(train) - min(train)) or Fraction(1)
        out[by] = {
            "fill": float(fill), "mean": float(mean), "deviation": float(deviation),
            "standard": [float((value - mean) / deviation) for value in filled],
            "minmax": [float((value - low) / width) for value in filled],
        }
    result["numbers"][name] = out
ports = [row[4] for row in ROWS]
categories = sorted({port for port in ports[:TRAIN] if port})
result["port"] = {
    "categories": categories + ["(missing)"],
    "oneHot": [[int(port == each) for each in categories] + [int(port is None)] for port in ports],
    "mostFrequent": frequent([port for port in ports[:TRAIN] if port]),
}
print(json.dumps(result, indent=1))
