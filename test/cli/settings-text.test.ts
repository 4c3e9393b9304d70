import { expect, test, vi } from "vitest";
import { commands } from "../../src/cli/commands/index.js";
import { trainSettings } from "../../src/cli/commands/train-settings.js";
import { longFlag, negatedFlag, type Table } from "../../src/cli/settings/setting.js";
import { modelSettings } from "../../src/cli/settings/table.js";
import { takersOf } from "../../src/cli/settings/takers.js";
import { DivergedError, Trainer } from "../../src/index.js";
import { cli } from "./command-line.js";
import { type Recorded, record, useRecorder } from "./recorder.js";

/* Settings as texts: second names, lists, negation, help. That their values arrive is tested in settings.test.ts. */

const { dataFor, recordWith } = useRecorder();

test("the name of the API and the second one are the same option", async () => {
  const second = ({ short, alias = short }: Table[string]) => alias;
  const both = Object.entries(modelSettings as Table).filter(([, setting]) => second(setting) !== undefined);
  expect(both.length).toBeGreaterThan(2);
  const train = commands.find(({ name }) => name === "train")!;
  for (const [name, setting] of both) {
    const [text] = setting.kind.examples;
    const recorded = (await record("train", "iris", `--${second(setting)}`, text)) as Recorded;
    expect(recorded.model.metadata).toEqual((await recordWith(train, name, text)).model.metadata);
  }
});

test.each(
  Object.entries(trainSettings as Table).filter(([, { goes, kind }]) => {
    return goes.to !== "data" && goes.to !== "command" && kind.examples.length > 1;
  }),
)("several values of %s make a grid", async (name, { kind, goes }) => {
  const chosen = goes.to === "loss" || goes.to === "optimizer" ? goes : undefined;
  const taker =
    chosen && chosen.to !== name ? [longFlag(chosen.to), takersOf(chosen.to, chosen.option).at(-1)!.name] : [];
  const found: unknown[] = [];
  vi.spyOn(Trainer.prototype, "fit").mockImplementation(async function (this: Trainer) {
    const { settings, split } = this.model.metadata as Record<string, Record<string, unknown>>;
    found.push({ ...split, ...settings }[name]);
    throw new DivergedError("recorded", 1, 1, "loss");
  });
  // Losses of classes, but the one that is for counts.
  const texts = kind.examples.filter((text) => text !== "poisson").slice(0, 3);
  const options = kind.hasCommas ? texts.flatMap((text) => [longFlag(name), text]) : [longFlag(name), texts.join(",")];
  const [data] = dataFor(name);
  const { code, stderr } = await cli("train", data, ...options, ...taker, "--backend", "cpu", "--quiet");
  expect({ code, stderr }).toEqual({ code: 1, stderr: "neuromotor: recorded\n" }); // all of them diverged
  expect(found).toEqual(texts.map((text) => kind.parse(text)));
});

test("what can be negated is off by its --no- option", async () => {
  const recorded = (await record("train", "iris", negatedFlag("earlyStopping"))) as Recorded;
  expect(recorded.options.callbacks).toEqual([]);
  expect(recorded.model.metadata).toMatchObject({ settings: { earlyStopping: 0 } });
});

test.each(Object.entries(modelSettings as Table))("%s: text and value are the same thing", (_, setting) => {
  const { kind } = setting;
  for (const [text, value] of kind.examples.map((text) => [text, kind.parse(text)] as const))
    expect(kind.parse(kind.format(value)), text).toEqual(value);
  if (setting.default !== undefined && setting.default !== kind.negated) {
    expect(kind.parse(kind.format(setting.default))).toEqual(setting.default);
  }
});

test("an option of other commands says whose it is", async () => {
  const { code, stderr } = await cli("cross-validate", "iris", "--test", "0.2");
  expect(code).toBe(2);
  expect(stderr).toMatch(/unknown option '--test'.* It is an option of train, sweep, compare-backends, .*explain\./);
});

test("help and reference have every option of every command, with its default", async () => {
  const { code, stdout } = await cli("reference");
  expect(code).toBe(0);
  for (const [i, command] of commands.entries()) {
    const section = stdout.split(/^## neuromotor /m)[i + 1];
    const { stdout: help } = await cli(command.name, "--help");
    expect(section.startsWith(command.name)).toBe(true);
    for (const [name, { default: value, kind, help: words }] of Object.entries(command.settings)) {
      const line = section.split("\n").find((each) => new RegExp(`^\\|[^|]*${longFlag(name)}[ ,\`]`).test(each))!;
      expect(line, `${command.name} ${name}`).toContain(words);
      expect(help).toContain(longFlag(name));
      if (value !== undefined && value !== kind.negated)
        expect(line).toMatch(new RegExp(`(default:|else) ${kind.format(value)}`));
    }
  }
});

test("help of options that only some take says which, and their defaults", async () => {
  const { stdout } = await cli("train", "--help");
  const line = (flag: string) => stdout.split("\n").find((each) => each.includes(flag))!;
  expect(line("--momentum")).toMatch(/\(for sgd, rmsprop; default: 0\)$/);
  expect(line("--gamma")).toMatch(/\(for categoricalFocal, focal; default: 2\)$/);
  expect(line("--alpha")).toMatch(/\(for focal; default: 0\.25\)$/);
  expect(line("--weight-decay")).toMatch(/\(default: the preset's, else 0, 0\.01 for adamw\)$/);
  expect(line("--early-stopping [patience]")).toMatch(/\(10 without a number; default: the preset's\)$/);
});
