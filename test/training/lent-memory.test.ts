import { expect, test } from "vitest";
import { adam, dense, openDevice, sequential, softmaxCrossEntropy, Trainer } from "../../src/index.js";
import { copyInto, giveBack } from "../../src/training/lent-memory.js";
import { sines } from "../fixtures.js";

const LARGE = 2 ** 18;

test("memory that was given back is lent again, to one at a time, for as many numbers", () => {
  const numbers = sines(LARGE);
  const first = copyInto(numbers);
  expect(first).toEqual(numbers);
  expect(copyInto(numbers)).not.toBe(first);
  giveBack(first);
  expect(copyInto(sines(LARGE + 4))).not.toBe(first);
  expect(copyInto(numbers)).toBe(first);
  expect(copyInto(numbers)).not.toBe(first);
});

test("what wasn't lent, what is small, and what was given back already isn't taken", () => {
  const other = sines(LARGE + 8);
  giveBack(other);
  expect(copyInto(other)).not.toBe(other);
  const small = copyInto(sines(LARGE - 4));
  giveBack(small);
  expect(copyInto(sines(LARGE - 4))).not.toBe(small);
  const twice = copyInto(other);
  giveBack(twice);
  expect(copyInto(other)).toBe(twice);
  giveBack(twice);
  giveBack(twice);
  expect(copyInto(other)).toBe(twice);
  expect(copyInto(other)).not.toBe(twice);
});

test("large predictions at the same time have memory of their own, and the next ones have theirs", async () => {
  const device = await openDevice({ backend: "wasm", threads: 1 });
  const model = sequential({ input: [256], seed: 1 }, [dense(3)]);
  const trainer = new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer: adam() });
  const rows = [sines(LARGE), sines(LARGE, 2)];
  const [first, second] = [await trainer.predict(rows[0]), await trainer.predict(rows[1])];
  expect(first.values).not.toEqual(second.values);
  const both = () => Promise.all(rows.map((each) => trainer.predict(each)));
  expect(await both()).toEqual([first, second]);
  expect(await both()).toEqual([first, second]);
  device.dispose();
});
