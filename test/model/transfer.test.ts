import { describe, expect, test } from "vitest";
import { batchNorm, conv2d, dense, flatten, loadParameters, type Model, sequential } from "../../src/index.js";
import { weightsOf } from "../fixtures.js";

const network = (seed: number, units = 3, name?: string): Model =>
  sequential({ input: [4, 4, 1], seed }, [conv2d(2, 3), batchNorm(), flatten(), dense(units, { name })]);
const valuesOf = (model: Model, name: string) => model.parameters().get(name)?.values;

describe("loadParameters", () => {
  test("takes parameters and running statistics of a model, or of a map, by their names", () => {
    const from = network(1);
    from.setParameters(new Map([["batchNorm.mean", { values: [5, 6] }]]));
    const names = [...from.parameters().keys()];
    for (const source of [from, from.parameters()]) {
      const to = network(2);
      expect(loadParameters(to, source)).toEqual({ loaded: names, missing: [], unexpected: [] });
      expect(weightsOf(to)).toEqual(weightsOf(from));
    }
  });

  test("names what one side lacks, and takes what both have where it isn't strict", () => {
    const [from, to] = [network(1), network(2, 5, "head")];
    const before = weightsOf(to);
    const unmatched =
      /the source has no head.weight, head.bias; the model has no dense.weight, dense.bias.*layers.*strict/;
    expect(() => loadParameters(to, from)).toThrow(unmatched);
    expect(weightsOf(to)).toEqual(before);
    const { loaded, missing, unexpected } = loadParameters(to, from, { strict: false });
    expect(loaded).toHaveLength(6);
    expect(missing).toEqual(["head.weight", "head.bias"]);
    expect(unexpected).toEqual(["dense.weight", "dense.bias"]);
    expect(valuesOf(to, "conv2d.weight")).toEqual(valuesOf(from, "conv2d.weight"));
    expect(valuesOf(to, "head.weight")).toEqual(valuesOf(network(2, 5, "head"), "head.weight"));
  });

  test("takes some layers alone", () => {
    const [from, to] = [network(1), network(2)];
    expect(loadParameters(to, from, { layers: ["conv2d"] }).loaded).toEqual(["conv2d.weight", "conv2d.bias"]);
    expect(valuesOf(to, "dense.weight")).toEqual(valuesOf(network(2), "dense.weight"));
    expect(() => loadParameters(to, from, { layers: ["conv"] })).toThrow(
      /no layer "conv"; the model has conv2d, batchNorm/,
    );
  });

  test("refuses another shape under the same name, without a change", () => {
    const to = network(2, 5);
    const before = weightsOf(to);
    const other = /dense.weight is \[8, 5\] in the model, \[8, 3\] in the source.* name of its own/;
    for (const strict of [true, false]) expect(() => loadParameters(to, network(1), { strict })).toThrow(other);
    expect(weightsOf(to)).toEqual(before);
  });

  test("refuses what is no model and no map", () => {
    expect(() => loadParameters(network(1), {} as never)).toThrow(/a model, or a Map/);
    expect(() => loadParameters(undefined as never, network(1))).toThrow(/loadParameters/);
    expect(() => loadParameters(network(1), network(1), { layers: "conv2d" as never })).toThrow(/a list of names/);
  });
});
