import { expect, test } from "vitest";
import { dense, type Metric, meanSquaredError, ops, sequential, sgd, Trainer, topK } from "../../src/index.js";
import { useDevices } from "../devices/backends.js";

const device = useDevices();
const named = (name: string): Metric => ({ name, perRow: ({ outputs }) => ops.mean(outputs, -1) });
const trainerOf = (metrics: (string | Metric)[]) =>
  new Trainer(sequential({ input: [1] }, [dense(1)]), {
    device: device("cpu"),
    loss: meanSquaredError(),
    optimizer: sgd(),
    metrics,
  });

test.each(["loss", "epoch", "step", "learningRate", "seconds", "validation", "training"])(
  "a metric can't be called %s, as records have that for something else",
  (name) => {
    expect(() => trainerOf([named(name)])).toThrow(
      `two scores are called "${name}". Give each metric a name of its own`,
    );
  },
);

test("two metrics of one name are refused; the same one twice counts once", () => {
  expect(() => trainerOf([named("mine"), named("mine")])).toThrow('two scores are called "mine"');
  expect(() => trainerOf(["accuracy", named("accuracy")])).toThrow('two scores are called "accuracy"');
  expect(() => trainerOf([topK(2), topK(2)])).toThrow('two scores are called "top2"');
  const mine = named("mine");
  trainerOf([mine, mine, "r2", "r2", named("other")]).dispose();
});
