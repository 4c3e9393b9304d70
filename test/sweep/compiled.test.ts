import { beforeEach, expect, test, vi } from "vitest";
import { iris } from "../../src/data/index.js";
import { adamw, dense, dropout, sequential, softmaxCrossEntropy, sweep, Trainer } from "../../src/index.js";
import { openDevice } from "../../src/node.js";

/** Labels of the plans that were compiled. */
const compiled = vi.hoisted(() => [] as string[]);
vi.mock("../../src/compile/compile.js", async (original) => {
  const module = await original<typeof import("../../src/compile/compile.js")>();
  const compile: typeof module.compile = (label, ...given) => {
    compiled.push(label);
    return module.compile(label, ...given);
  };
  return { ...module, compile };
});
beforeEach(() => void compiled.splice(0));

const timesOf = (label: string) => compiled.filter((each) => each === label).length;
const share = { low: 0.05, high: 0.4 };
const numbers = { rate: { low: 1e-4, high: 1e-1, log: true }, decay: { low: 1e-5, high: 1e-1, log: true } };

test.each(["cpu", "wasm"] as const)("a search over numbers compiles each plan once, on %s", async (backend) => {
  const device = await openDevice({ backend, threads: 1 });
  const run = async (seed: number) =>
    sweep(
      await iris(),
      ({ seed, rate, decay, drop, smoothing }) => {
        const network = [dense(4, { activation: "relu" }), dropout(Number(drop)), dense(3)];
        const loss = softmaxCrossEntropy({ labelSmoothing: Number(smoothing) });
        const optimizer = adamw({ learningRate: Number(rate), weightDecay: Number(decay) });
        return new Trainer(sequential({ input: [4], seed }, network), { device, loss, optimizer });
      },
      { search: { ...numbers, drop: share, smoothing: share }, trials: 24, group: 4, seed, fit: { epochs: 2 } },
    );
  const { runs } = await run(1);
  expect(new Set(runs.map(({ configuration }) => configuration.drop)).size).toBe(24);
  expect([timesOf("training"), timesOf("inspection"), timesOf("evaluation")]).toEqual([1, 1, 1]);
  await run(2);
  expect(compiled).toHaveLength(3);
});

test("where structures differ, each is compiled once", async () => {
  const device = await openDevice({ backend: "wasm", threads: 1 });
  const { runs } = await sweep(
    await iris(),
    ({ seed, rate, units }) => {
      const model = sequential({ input: [4], seed }, [dense(Number(units), { activation: "relu" }), dense(3)]);
      return new Trainer(model, {
        device,
        loss: softmaxCrossEntropy(),
        optimizer: adamw({ learningRate: Number(rate) }),
      });
    },
    { search: { rate: numbers.rate, units: [2, 3, 4] }, trials: 24, group: 4, fit: { epochs: 2 } },
  );
  expect(new Set(runs.map(({ configuration }) => configuration.units)).size).toBe(3);
  expect([timesOf("training"), timesOf("inspection"), timesOf("evaluation")]).toEqual([3, 3, 3]);
});
