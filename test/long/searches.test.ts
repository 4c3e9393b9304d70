import { afterAll, beforeAll, expect, test } from "vitest";
import { breastCancer, type Dataset, digits, iris, standardise, wine } from "../../src/data/index.js";
import {
  adam,
  type Backend,
  dense,
  dropout,
  l2Penalty,
  medianPruning,
  type SweepOptions,
  sequential,
  softmaxCrossEntropy,
  sweep,
  Trainer,
} from "../../src/index.js";
import { openDevice } from "../../src/node.js";

/* The table of docs/decisions/searches.md: which way of searching finds the lowest validation loss in as many epochs. */

const SEEDS = 10;
/** Of a trial, and in all: 40 trials that are trained to their end. */
const EPOCHS = 8;
const MOST_EPOCHS = 40 * EPOCHS;

const space = {
  rate: { low: 1e-5, high: 0.3, log: true },
  units: { low: 4, high: 64, log: true, integer: true },
  drop: { low: 0, high: 0.5 },
  penalty: { low: 1e-6, high: 0.1, log: true },
};
/** Where trials are ended early, more of them take as many epochs. */
const ways: Readonly<Record<string, Partial<SweepOptions>>> = {
  random: { random: space, trials: 40 },
  search: { search: space, trials: 40 },
  "search, median pruning": { search: space, trials: 160, pruning: medianPruning() },
};

const firstRows = (data: Dataset, rows: number) => data.take(Array.from({ length: rows }, (_, row) => row));
const sets: Readonly<Record<string, () => Promise<Dataset>>> = {
  iris,
  wine,
  breastCancer,
  "digits, 600 rows": async () => firstRows(await digits(), 600),
};

let device: Backend;
beforeAll(async () => {
  device = await openDevice({ backend: "wasm" });
});
afterAll(() => device.dispose());

/** The lowest validation loss of the trials whose epochs, in the order of the trials, are the first `MOST_EPOCHS`. */
async function lowestLoss(data: Dataset, way: Partial<SweepOptions>, seed: number): Promise<number> {
  const { train, test: validation } = standardise(data.split({ test: 0.3, stratify: true, seed: 1 }));
  const network = ({ units, drop }: Record<string, unknown>, seed: number) =>
    sequential({ input: data.shape, seed }, [
      dense(units as number, { activation: "relu" }),
      dropout(drop as number),
      dense(data.classNames!.length),
    ]);
  const { runs } = await sweep(
    train,
    ({ seed, ...configuration }) =>
      new Trainer(network(configuration, seed), {
        device,
        loss: softmaxCrossEntropy(),
        optimizer: adam({ learningRate: configuration.rate as number }),
        gradients: [l2Penalty(configuration.penalty as number)],
      }),
    { ...way, seed, group: 8, fit: { epochs: EPOCHS, batchSize: 16, validation } },
  );
  let epochs = 0;
  const losses = runs.flatMap(({ history, scores, state }) => {
    epochs += history?.epochs.length ?? EPOCHS;
    return state === "done" && epochs <= MOST_EPOCHS ? scores!.loss : [];
  });
  expect(epochs).toBeGreaterThanOrEqual(MOST_EPOCHS);
  return Math.min(...losses);
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviationOf = (values: readonly number[]) =>
  Math.sqrt(meanOf(values.map((value) => (value - meanOf(values)) ** 2)));

test.each(Object.entries(sets))(
  "searches of %s are at least as good as random ones in the mean",
  {
    timeout: 900_000,
  },
  async (name, load) => {
    const data = await load();
    const means: number[] = [];
    let row = `| ${name} |`;
    for (const way of Object.values(ways)) {
      const losses: number[] = [];
      for (let seed = 0; seed < SEEDS; seed++) losses.push(await lowestLoss(data, way, seed));
      means.push(meanOf(losses));
      row += ` ${meanOf(losses).toFixed(4)} ± ${deviationOf(losses).toFixed(4)} |`;
    }
    console.log(row);
    const [random, ...searches] = means;
    for (const mean of searches) expect(mean).toBeLessThanOrEqual(random);
  },
);
