import { Dataset } from "../../src/data/dataset.js";
import {
  adam,
  type DeviceOptions,
  dense,
  openDevice,
  sequential,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";

/* The page of the job `responsiveness`: trains on data of MNIST's size and watches its own thread meanwhile. */

export interface Phase {
  name: string;
  milliseconds: number;
  /** Milliseconds of each task over 50 ms, as the browser reports them of this page. */
  longTasks: number[];
  /** The longest time in milliseconds that a timer of 4 ms waited for its turn. */
  longestGap: number;
  /** When that was, in milliseconds from the start. */
  gapAt: number;
}

export interface Measurement {
  device: string;
  /** Of the epoch; the same bits whole and in windows. */
  loss: number;
  phases: Phase[];
}

const SIZES = [784, 128, 64, 10];
const BATCH = 64;

/** Watches the thread while `work` runs. */
async function watch(name: string, work: () => unknown): Promise<Phase> {
  const longTasks: number[] = [];
  const note = (entries: PerformanceEntryList) => longTasks.push(...entries.map(({ duration }) => duration));
  const observer = new PerformanceObserver((list) => note(list.getEntries()));
  observer.observe({ type: "longtask" });
  await new Promise((resolve) => setTimeout(resolve)); // a task like any other, not the harness's call
  const started = performance.now();
  let longestGap = 0;
  let gapAt = 0;
  let last = started;
  let timer: ReturnType<typeof setTimeout>;
  const beat = () => {
    const now = performance.now();
    if (now - last > longestGap) [longestGap, gapAt] = [now - last, last - started];
    last = now;
    timer = setTimeout(beat, 4);
  };
  beat();
  await work();
  const milliseconds = performance.now() - started;
  await new Promise((resolve) => setTimeout(resolve, 200)); // reports of tasks come later
  clearTimeout(timer!);
  note(observer.takeRecords());
  observer.disconnect();
  return { name, milliseconds, longTasks, longestGap, gapAt };
}

/** As many numbers as MNIST's training part, without a pattern. */
function samples(rows: number): { features: Float32Array<ArrayBuffer>; labels: Uint32Array<ArrayBuffer> } {
  const features = new Float32Array(rows * SIZES[0]);
  let state = 1;
  for (let i = 0; i < features.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    features[i] = state / 2 ** 32;
  }
  return { features, labels: Uint32Array.from({ length: rows }, (_, row) => row % 10) };
}

async function measure(rows: number, options: DeviceOptions): Promise<Measurement> {
  const phases: Phase[] = [];
  const { features, labels } = samples(rows);
  let data!: Dataset;
  phases.push(
    await watch("Dataset.from", () => {
      data = Dataset.from({ features, labels, shape: [SIZES[0]] });
    }),
  );
  const device = await openDevice(options);
  const hidden = SIZES.slice(1, -1).map((units) => dense(units, { activation: "relu" }));
  const model = sequential({ input: [SIZES[0]] }, [...hidden, dense(SIZES.at(-1)!)]);
  const trainer = new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer: adam(), metrics: ["accuracy"] });
  const few = data.take(Array.from({ length: 2 * BATCH }, (_, row) => row));
  const held = data.take(Array.from({ length: 10_000 }, (_, row) => row));
  const fit = { epochs: 1, batchSize: BATCH };
  phases.push(await watch("compile and first steps", () => trainer.fit(few, { ...fit, validation: few })));
  let loss = Number.NaN;
  phases.push(
    await watch("fit, one epoch", async () => {
      ({ loss } = (await trainer.fit(data, fit)).epochs[0]);
    }),
  );
  phases.push(await watch("evaluate 10,000 rows", () => trainer.evaluate(held)));
  phases.push(await watch("predict 10,000 rows", () => trainer.predict(held.features)));
  trainer.dispose();
  device.dispose();
  return { device: device.description, loss, phases };
}

Object.assign(globalThis, { measure });
