import { existsSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { iris } from "../../src/data/index.js";
import {
  adam,
  type Callback,
  dense,
  type EpochRecord,
  sequential,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { checkpoint, csvLog, jsonlLog, progress, resume, tensorboard } from "../../src/node.js";
import { useDevices } from "../devices/backends.js";
import { useFolder } from "../fixtures.js";
import { crcBitByBit, readEvents } from "./event-reader.js";

const device = useDevices();
const { next: newPath, path } = useFolder();

const newTrainer = () =>
  new Trainer(sequential({ input: [4], seed: 1 }, [dense(3)]), {
    device: device("cpu"),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.01 }),
    metrics: ["accuracy"],
  });

async function train(callbacks: Callback[], { epochs = 3, validation = true } = {}): Promise<EpochRecord[]> {
  const data = await iris();
  using trainer = newTrainer();
  const history = await trainer.fit(data, { epochs, callbacks, ...(validation && { validation: data }) });
  return history.epochs;
}

/** Trains for four epochs, loses the last two, and trains to the fifth. */
async function trainAndResume(watch: () => Callback): Promise<EpochRecord[]> {
  const directory = newPath();
  const data = await iris();
  const trainTo = (trainer: Trainer, epochs: number, callbacks: Callback[]) =>
    trainer.fit(data, { epochs, resume: true, validation: data, callbacks });
  using first = newTrainer();
  await trainTo(first, 4, [watch(), checkpoint({ directory, best: false })]);
  for (const lost of ["epoch-000003", "epoch-000004"]) await rm(join(directory, lost), { recursive: true });
  using second = (await resume(directory, { device: device("cpu") }))!;
  const { epochs } = await trainTo(second, 5, [watch()]);
  using whole = newTrainer();
  const all = await whole.fit(data, { epochs: 5, validation: data });
  expect(epochs.map(({ loss }) => loss)).toEqual(all.epochs.slice(2).map(({ loss }) => loss));
  return all.epochs;
}

const rowOf = ({ epoch, loss, accuracy, validation, learningRate }: EpochRecord) => ({
  epoch,
  loss,
  accuracy,
  validation_loss: validation!.loss,
  validation_accuracy: validation!.accuracy,
  learningRate,
});

describe("logs", () => {
  test("CSV: a row for each epoch, below the names", async () => {
    const file = join(newPath(), "below/log.csv");
    const records = await train([csvLog(file)]);
    const [header, ...rows] = (await readFile(file, "utf8")).split("\n");
    expect(header).toBe("epoch,loss,accuracy,validation_loss,validation_accuracy,learningRate,seconds");
    expect(rows.pop()).toBe("");
    const expected = records.map((record) => [...Object.values(rowOf(record)), record.seconds]);
    expect(rows.map((row) => row.split(",").map(Number))).toEqual(expected);
  });

  test("JSON lines: an object for each epoch", async () => {
    const file = newPath();
    const records = await train([jsonlLog(file)]);
    const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      records.map((record) => ({ ...rowOf(record), seconds: record.seconds })),
    );
  });

  test("another training begins the file anew, without a validation part with fewer columns", async () => {
    const [csv, jsonl] = [newPath(), newPath()];
    await train([csvLog(csv), jsonlLog(jsonl)]);
    await train([csvLog(csv), jsonlLog(jsonl)], { epochs: 1, validation: false });
    expect(await readFile(csv, "utf8")).toMatch(/^epoch,loss,accuracy,learningRate,seconds\n1,[^\n]+\n$/);
    expect(await readFile(jsonl, "utf8")).toMatch(/^\{"epoch":1,"loss":[^\n]+\}\n$/);
  });

  test("a resumed run goes on from its checkpoint: each epoch once, as if it had never stopped", async () => {
    const [csv, jsonl] = [newPath(), newPath()];
    const whole = await trainAndResume(() => csvLog(csv));
    const [, ...rows] = (await readFile(csv, "utf8")).trimEnd().split("\n");
    expect(rows.map((row) => row.split(",").map(Number).slice(0, -1))).toEqual(
      whole.map((record) => Object.values(rowOf(record))),
    );
    await trainAndResume(() => jsonlLog(jsonl));
    const lines = (await readFile(jsonl, "utf8")).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      whole.map((record) => expect.objectContaining(rowOf(record))),
    );
  });

  test("a line cut off by a kill is dropped; other columns are refused", async () => {
    const directory = newPath();
    const file = newPath();
    const data = await iris();
    using first = newTrainer();
    await first.fit(data, { epochs: 2, callbacks: [csvLog(file), checkpoint({ directory })] });
    await writeFile(file, `${await readFile(file, "utf8")}3,0.12`);
    using second = (await resume(directory, { device: device("cpu") }))!;
    await second.fit(data, { epochs: 3, resume: true, callbacks: [csvLog(file)] });
    const rows = (await readFile(file, "utf8")).trimEnd().split("\n");
    expect(rows.map((row) => row.split(",")[0])).toEqual(["epoch", "1", "2", "3"]);
    using third = (await resume(directory, { device: device("cpu") }))!;
    const fitOptions = { epochs: 3, resume: true, validation: data, callbacks: [csvLog(file)] };
    await expect(third.fit(data, fitOptions)).rejects.toThrow(
      /has the columns epoch,loss,accuracy,learningRate,seconds, this/,
    );
  });

  test.each([csvLog, jsonlLog])("a file that can't be written is an ArgumentError before any work", async (log) => {
    using trainer = newTrainer();
    const failure = trainer.fit(await iris(), { callbacks: [log(path())] });
    await expect(failure).rejects.toMatchObject({ name: "ArgumentError", message: expect.stringContaining(path()) });
    expect(trainer.step).toBe(0);
  });
});

describe("TensorBoard's event files", () => {
  const eventsOf = async (directory: string) => {
    const names = (await readdir(directory)).sort();
    for (const name of names) expect(name).toMatch(/^events\.out\.tfevents\.\d{10}\.[^/]+\.\d+\.\d{6}\.v2$/);
    return Promise.all(names.map(async (name) => readEvents(await readFile(join(directory, name)))));
  };

  test("hold what the history holds, as an independent reader finds", async () => {
    const directory = newPath();
    const before = Date.now() / 1000;
    const records = await train([tensorboard({ directory })]);
    const [[version, ...events], ...others] = await eventsOf(join(directory, "train"));
    expect(others).toEqual([]);
    expect(version).toEqual({ wallTime: expect.any(Number), fileVersion: "brain.Event:2", scalars: {} });
    for (const { wallTime } of [version, ...events]) {
      expect(wallTime).toBeGreaterThanOrEqual(before);
      expect(wallTime).toBeLessThanOrEqual(Date.now() / 1000);
    }
    expect(events.map(({ step, scalars }) => ({ step, scalars }))).toEqual(
      records.map(({ epoch, loss, accuracy, learningRate }) => ({
        step: epoch,
        scalars: { loss: Math.fround(loss), accuracy: Math.fround(accuracy!), learningRate: Math.fround(learningRate) },
      })),
    );
    const [[, ...held]] = await eventsOf(join(directory, "validation"));
    expect(held.map(({ scalars }) => scalars)).toEqual(
      records.map(({ validation }) => ({
        loss: Math.fround(validation!.loss),
        accuracy: Math.fround(validation!.accuracy!),
      })),
    );
    expect(existsSync(join(directory, "steps"))).toBe(false);
  });

  test("of steps too, where they are asked for", async () => {
    const directory = newPath();
    await train([tensorboard({ directory, every: 4 })]); // of 5 steps an epoch
    const [[, ...events]] = await eventsOf(join(directory, "steps"));
    expect(events.map(({ step }) => step)).toEqual([4, 8, 12]);
    expect(Object.keys(events[0].scalars)).toEqual(["steps/loss", "steps/accuracy", "steps/learningRate"]);
  });

  test("a resumed run begins another file, which says from where it replaces the one before", async () => {
    const directory = newPath();
    await trainAndResume(() => tensorboard({ directory, every: 5 }));
    for (const [part, first] of [
      ["train", 3],
      ["validation", 3],
      ["steps", 11],
    ] as const) {
      const [before, after] = await eventsOf(join(directory, part));
      expect(before.some(({ sessionStart }) => sessionStart)).toBe(false);
      expect(after[1]).toMatchObject({ step: first, sessionStart: true });
      expect(after[2].step).toBeGreaterThanOrEqual(first);
      expect(after).toHaveLength(5);
    }
  });

  test("the reader refuses what is damaged", async () => {
    const directory = newPath();
    await train([tensorboard({ directory })], { epochs: 1 });
    const [name] = await readdir(join(directory, "train"));
    const bytes = await readFile(join(directory, "train", name));
    expect(readEvents(bytes)).toHaveLength(2);
    for (const place of [0, 9, 20, bytes.length - 1]) {
      const damaged = Uint8Array.from(bytes);
      damaged[place] ^= 1;
      expect(() => readEvents(damaged)).toThrow(/checksum/);
    }
    expect(crcBitByBit(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
  });

  test("wrong options", async () => {
    expect(() => tensorboard({} as never)).toThrow(/needs a directory/);
    expect(() => tensorboard({ directory: "x", every: 0 })).toThrow(/tensorboard: every must be a positive integer/);
    const file = newPath();
    await writeFile(file, "");
    await expect(train([tensorboard({ directory: file })])).rejects.toThrow(/tensorboard: .* can't be written/);
  });
});

describe("progress", () => {
  const terminal = (isTTY: boolean) => {
    const written: string[] = [];
    const stream = {
      isTTY,
      columns: 100,
      write: (text: string) => written.push(text),
      on() {},
      cursorTo() {},
      clearLine() {},
      moveCursor() {},
      clearScreenDown() {},
    };
    return { stream, text: () => written.join("") };
  };

  test("shows epochs, loss and rate on a terminal, and gives the cursor back, whatever happens", async () => {
    const { stream, text } = terminal(true);
    await train([progress({ stream, label: "iris " })]);
    expect(text()).toMatch(/iris .*epoch 3\/3 {2}loss \d\.\d{4} {2}rate 0\.01/);
    expect(text().endsWith("\x1B[?25h") || text().includes("\x1B[?25h")).toBe(true);
    const failing = terminal(true);
    const crash = {
      onEpoch() {
        throw new Error("crash");
      },
    };
    await expect(train([progress({ stream: failing.stream }), crash])).rejects.toThrow("crash");
    expect(failing.text()).toContain("\x1B[?25h");
  });

  test("shows nothing elsewhere", async () => {
    const { stream, text } = terminal(false);
    await train([progress({ stream })]);
    expect(text()).toBe("");
  });
});
