import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import { joinRows } from "../../src/data/join.js";

describe("rows of several data sets", () => {
  const features = [[1, 2]];

  test("classes are those of all parts, and one that never occurs is named", () => {
    const joined = joinRows([0, 3, 1].map((label) => Dataset.from({ features, labels: [label] })));
    const { labels, classes, classNames, rows, warnings } = joined;
    expect([[...labels], classes, classNames, rows]).toEqual([[0, 3, 1], 4, ["0", "1", "2", "3"], 3]);
    expect(warnings).toEqual(['The class "2" never occurs (classes are numbered from 0).']);
  });

  test("whole numbers beside others are numbers; rows without weights weigh 1", () => {
    const parts = [
      Dataset.from({ features, labels: [2] }),
      Dataset.from({ features: [[3, 4]], labels: [2.5], weights: [3] }),
    ];
    const { labels, labelKind, targetShape, weights, features: all } = joinRows(parts);
    expect([[...labels], labelKind, targetShape]).toEqual([[2, 2.5], "numbers", [1]]);
    expect([[...weights!], [...all]]).toEqual([
      [1, 3],
      [1, 2, 3, 4],
    ]);
  });

  test("labels by name have the classes of all parts", () => {
    const parts = [0, 2].map((kind) => Dataset.from({ features, labels: { kind: [kind], size: [[1.5, kind]] } }));
    const joined = joinRows(parts);
    expect(joined.withLabels("kind")).toMatchObject({ classes: 3, labels: Uint32Array.of(0, 2) });
    expect([...joined.withLabels("size").labels]).toEqual([1.5, 0, 1.5, 2]);
  });

  test("warnings that all parts have stay", () => {
    const whole = Dataset.from({ features: [[1], [2]], labels: [0, 2] }).withFeatures(Float32Array.of(1, 2), [
      "Far out.",
    ]);
    expect(joinRows([whole.take([0]), whole.take([1])]).warnings).toEqual([
      'The class "1" never occurs (classes are numbered from 0).',
      "Far out.",
    ]);
  });
});
