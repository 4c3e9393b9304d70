import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadModel } from "../../src/node.js";
import { useFolder } from "../fixtures.js";
import { cli, cliJson, expectFailure, writeImages } from "./command-line.js";

const folder = useFolder();
const SHORT = ["iris", "--epochs", "4", "--early-stopping", "9", "--seed", "2"];

test("noise, norms and micro-batches reach the training and the saved model", async () => {
  const out = folder.path("model");
  const asked = ["--input-noise", "0.2", "--max-norm", "0.6", "--clip-norm", "0.5", "--micro-batch", "5"];
  const { accuracy } = await cliJson("train", ...SHORT, ...asked, "--out", out);
  expect(accuracy).toBeGreaterThan(0);
  const saved = JSON.parse(readFileSync(join(out, "model.json"), "utf8"));
  expect(saved.nodes[0].layer).toMatchObject({ layer: "gaussianNoise", deviation: 0.2 });
  expect(saved.training.optimizer).toMatchObject({ optimizer: "maxNorm(adam)", limit: 0.6 });
  expect(saved.training.gradients).toEqual([{ rule: "clipByGlobalNorm", limit: 0.5 }]);
  const { shape, values } = (await loadModel(out)).parameters().get("dense.weight")!;
  const [inputs, units] = shape;
  for (let unit = 0; unit < units; unit++) {
    const weights = Array.from({ length: inputs }, (_, input) => values[input * units + unit]);
    expect(Math.hypot(...weights)).toBeLessThan(0.6 + 1e-6);
  }
  expect(await cliJson("evaluate", out, "iris")).toMatchObject({ rows: 150 }); // without the noise
});

test("profile and find-rate take micro-batches, too", async () => {
  const whole = await cliJson("profile", "iris", "--batch-size", "16");
  const parts = await cliJson("profile", "iris", "--batch-size", "16", "--micro-batch", "8");
  expect(parts.launches.length).toBeGreaterThan(1.5 * whole.launches.length);
  const [once, again] = [
    await cliJson("find-rate", "iris", "--steps", "20"),
    await cliJson("find-rate", "iris", "--steps", "20", "--micro-batch", "8"),
  ];
  expect(again.losses).toHaveLength(once.losses.length);
  expect(again.losses).not.toEqual(once.losses);
});

test("the average of the parameters is what is evaluated and saved", async () => {
  const args = ["iris", "--epochs", "4", "--seed", "2", "--l2", "0.02"];
  const out = folder.path("average");
  const last = await cliJson("train", ...args, "--no-early-stopping", "--out", folder.path("last"));
  const average = await cliJson("train", ...args, "--average", "0.95", "--out", out);
  expect(average.history).toEqual(last.history); // trained alike
  expect(average.loss).not.toBe(last.loss);
  expect((await cliJson("evaluate", out, "iris", "--held-out")).loss).toBe(average.loss);
  const shorter = await cliJson("train", ...args, "--average", "0");
  expect(shorter.loss).toBe(last.loss); // of one step: the last parameters
});

test("images are changed while training, and only then", async () => {
  const args = [writeImages(folder, "images"), "--test", "0.5", "--validation", "0", "--epochs", "2", "--lr", "0.01"];
  const plain = await cliJson("train", ...args);
  const changed = await cliJson("train", ...args, "--augment", "shift=2,rotate=10,flip");
  expect(changed.history[0].loss).not.toBe(plain.history[0].loss);
  expect(await cliJson("train", ...args, "--augment", "shift=0")).toMatchObject({ loss: plain.loss });
  expectFailure(await cli("train", "iris", "--augment", "shift=2"), 2, /images .*samples are \[4\]/);
});

test.each([
  ["--input-noise", "-1", /--input-noise must be a number, 0 or more, got "-1"/],
  ["--max-norm", "0", /--max-norm must be a number above 0, got "0"/],
  ["--clip-norm", "nan", /--clip-norm must be a number above 0, got "nan"/],
  ["--augment", "shift", /--augment must be changes with their sizes, such as .*, got "shift"/],
  ["--augment", "turn=3", /--augment must be .*, got "turn=3"/],
  ["--micro-batch", "1.5", /--micro-batch must be a whole number above 0, got "1.5"/],
])("%s %s is refused", async (option, value, message) => {
  expectFailure(await cli("train", "iris", option, value), 2, message);
});
