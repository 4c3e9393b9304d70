import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { emptyStep, readStep } from "../../src/compile/read-step.js";
import { ReplicaStepTable } from "../../src/compile/replica-steps.js";
import { ModelStepTable, STEP_BYTES } from "../../src/compile/steps.js";
import { ArgumentError } from "../../src/core/errors.js";
import { seedKey } from "../../src/core/random.js";
import { MAX_HYPERPARAMETERS } from "../../src/ops/update.js";

const word = fc.nat(0xffffffff);
const records = fc.record({
  first: word,
  rows: word,
  step: word,
  seed: fc.maxSafeNat(),
  hyperparameters: fc.array(fc.float({ noNaN: true }), { maxLength: MAX_HYPERPARAMETERS }),
});

test("a table gives back every record that was set", () => {
  fc.assert(
    fc.property(fc.array(records, { minLength: 1, maxLength: 5 }), (all) => {
      const table = new ModelStepTable(all.length);
      all.forEach((record, i) => {
        table.set(i, record);
      });
      const step = emptyStep();
      all.forEach(({ first, rows, step: number, seed, hyperparameters }, i) => {
        readStep(table, i, step);
        expect(step).toMatchObject({ index: i, first, rows, step: number, seed: seedKey(seed) });
        expect(Array.from(step.hyperparameters).slice(0, hyperparameters.length)).toEqual(hyperparameters);
      });
    }),
  );
});

test("the layout is the one that devices read", () => {
  const table = new ModelStepTable(2);
  table.set(1, { first: 20, rows: 30, step: 40, seed: 6 * 2 ** 32 + 50, hyperparameters: [0.5, -2] });
  expect(STEP_BYTES).toBe(256);
  expect(table.bytes.byteLength).toBe(512);
  expect([...new Uint32Array(table.bytes, 256, 6)]).toEqual([1, 20, 30, 40, 50, 6]);
  expect([...new Float32Array(table.bytes, 256 + 32, 3)]).toEqual([0.5, -2, 0]);
  // The order of words in WGSL: 8 words, then vec4s up to 256 bytes.
  const wgsl = readFileSync(new URL("../../shaders/functions/step.wgsl", import.meta.url), "utf8");
  const fields = [...wgsl.slice(wgsl.indexOf("struct Step")).matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name);
  expect(fields).toEqual(["index", "first", "rows", "number", "seed", "idle", "unused", "hyperparameters"]);
  expect(wgsl).toContain(`array<vec4<f32>, ${MAX_HYPERPARAMETERS / 4}>`);
});

test("a record is as long as its hyperparameters make it, and as long as all others for a GPU", () => {
  const [short, whole] = [3, MAX_HYPERPARAMETERS].map((most) => {
    const table = new ModelStepTable(2, most);
    for (const i of [0, 1]) table.set(i, { first: i, rows: 1, seed: 2 ** 40, hyperparameters: [0.5, i, 3] });
    return table;
  });
  expect(short.bytes.byteLength).toBe(2 * 4 * (8 + 3));
  expect(short.byStep()).toEqual(whole.bytes);
  const [a, b] = [emptyStep(), emptyStep()];
  (b.hyperparameters as Float32Array).fill(7); // of a longer record before
  readStep(short, 1, a);
  readStep(whole, 1, b);
  expect(a).toEqual(b);
  readStep(short, 1, b);
  expect(b).toEqual(a);
  const many = new ReplicaStepTable(2, 2, 6);
  many.take(1, short, [0, 2], 4, new Float32Array([8, 9]));
  readStep(many, 1, a, 1);
  expect(Array.from(a.hyperparameters).slice(0, 8)).toEqual([0.5, 1, 3, 0, 8, 9, 0, 0]);
  expect(() => short.set(0, { first: 0, rows: 1, hyperparameters: [1, 2, 3, 4, 5] })).toThrow(/at most 3 fit/);
});

test("too many hyperparameters are refused", () => {
  const hyperparameters = new Array(MAX_HYPERPARAMETERS + 1).fill(0);
  expect(() => new ModelStepTable(1).set(0, { first: 0, rows: 1, hyperparameters })).toThrow(ArgumentError);
});

test("a table of replicas takes the records of each, and its other records are idle", () => {
  const tableOf = (count: number, first: number) => {
    const table = new ModelStepTable(count);
    for (let i = 0; i < count; i++) table.set(i, { first: first + i, rows: 1, hyperparameters: [i / 2] });
    return table;
  };
  const many = new ReplicaStepTable(3, 2, MAX_HYPERPARAMETERS);
  many.take(0, tableOf(4, 10), [1, 4]);
  many.take(1, tableOf(2, 20), [1, 2]);
  const step = emptyStep();
  const read = (replica: number) =>
    [0, 1, 2].map((i) => {
      readStep(many, i, step, replica);
      return { first: step.first, idle: step.idle };
    });
  expect(read(0)).toEqual([11, 12, 13].map((first) => ({ first, idle: false })));
  expect(read(1).map(({ idle }) => idle)).toEqual([false, true, true]);
  expect(read(1)[0].first).toBe(21);
  const words = (bytes: ArrayBuffer, record: number) => [...new Uint32Array(bytes, record * STEP_BYTES, 7)];
  for (const replica of [0, 1]) {
    for (const i of [0, 1, 2]) {
      expect(words(many.byStep(), i * 2 + replica)).toEqual(words(many.bytes, replica * 3 + i)); // both are whole
    }
  }
  expect(words(many.bytes, 5)[6]).toBe(1);
});
