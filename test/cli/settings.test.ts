// @module-tag slow
import { describe, expect, test } from "vitest";
import type { CommandSpec } from "../../src/cli/commands/command.js";
import { commands } from "../../src/cli/commands/index.js";
import { type Destination, longFlag, type Setting } from "../../src/cli/settings/setting.js";
import { modelSettings } from "../../src/cli/settings/table.js";
import type { Dataset } from "../../src/data/index.js";
import type { Callback } from "../../src/index.js";
import { useRedis } from "../node/queue/redis.js";
import { configs, hidden, type Recorded, record, SHOWING, useRecorder } from "./recorder.js";
import { commandSettings } from "./settings-of-commands.js";
import { dataSettings } from "./settings-of-data.js";

/*
 * Every value of every option arrives: in the settings that are saved, and in what trains. The cases come from the
 * tables, so that a new option is covered, or fails here until one of `settings-of-data.ts` and `settings-of-commands.ts`
 * says how it is tested.
 */

const recorder = useRecorder();
const { recordWith } = recorder;

/** How many epochs of no progress a callback watches before it stops. */
async function patienceOf(callback: Callback): Promise<number> {
  for (let epoch = 1; epoch < 100; epoch++) {
    const record = { epoch, loss: epoch, learningRate: 1, seconds: 0 };
    const control = { keepParameters() {}, scores: new Map([["loss", "lower"]]), evaluates: [] };
    if ((await callback.onEpoch?.(record, control as never)) === "stop") return epoch - 1;
  }
  return 0;
}

type Going<To> = Extract<Destination, { to: To }>;
/** Finds a value where its destination says that it goes. */
const arrived: {
  [To in Destination["to"]]?: (recorded: Recorded, goes: Going<To>, value: unknown) => unknown;
} = {
  layers: (recorded, _, value) => expect(hidden(recorded).map(({ units }) => units)).toEqual(value),
  dense(recorded, { option }, value) {
    const isWhole = typeof value === "object";
    const found = hidden(recorded).map(({ [option]: own }) =>
      isWhole ? own : ((own as Record<string, unknown>)[option] ?? own),
    );
    expect(found).toEqual(found.map(() => value));
  },
  before: (recorded, { layer, option }, value) =>
    expect(configs(recorded)[0]).toMatchObject({ layer, [option]: value }),
  after(recorded, { layer, option }, value) {
    const found = configs(recorded).filter((config) => config.layer === layer);
    expect(found).toEqual(hidden(recorded).map(() => expect.objectContaining({ [option]: value })));
  },
  loss: ({ training, data }, { option, from }, value) =>
    expect(training.loss!.config[option]).toEqual(from ? from(value, data) : value),
  optimizer: ({ training }, { option }, value) => expect(training.optimizer!.config[option]).toEqual(value),
  wrapper({ training }, { optimizer, option }, value) {
    expect(training.optimizer!.config.optimizer).toMatch(new RegExp(`^${optimizer}\\(`));
    expect(training.optimizer!.config[option]).toBe(value);
  },
  gradients: ({ training }, { rule, option }, value) =>
    expect(training.gradients!.map((each) => each!.config)).toContainEqual({ rule, [option]: value }),
  schedule: ({ training }, _, value) => expect(training.schedule!.config.schedule).toBe(value),
  fit: ({ options }, { option, from }, value) => expect(options[option]).toEqual(from ? from(value) : value),
  async callbacks({ options }, goes, value) {
    const { name } = goes.callback(value, {});
    const callback = (options.callbacks as Callback[]).find((each) => each.name === name)!;
    expect(await { earlyStopping: patienceOf }[name as "earlyStopping"](callback)).toBe(value);
  },
  seed: ({ model }, _, value) => expect(model.seed).toBe(value),
};

/** Fractions show in how many rows are left to train on. */
async function splitArrives(command: CommandSpec, part: string, text: string, value: number): Promise<void> {
  const others = ["validation", "test"].filter((other) => other !== part && other in command.settings);
  const args = [
    command.name,
    "iris",
    ...(SHOWING[command.name] ?? []),
    ...others.flatMap((other) => [`--${other}`, "0"]),
  ];
  const whole = (await record(...args, `--${part}`, "0")) as Recorded;
  const { data, options } = (await record(...args, `--${part}`, text)) as Recorded;
  expect(data.rows / whole.data.rows).toBeCloseTo(1 - value, 1);
  const { validation } = options as { validation?: Dataset };
  if (validation) expect(validation.rows + data.rows).toBe(whole.data.rows);
}

/** Tests of the options that do something else than train. */
const byHand = { ...dataSettings(recorder), ...commandSettings(recorder, useRedis()) };

/** All values for `train`; two for each other command, of which one at least is no default. */
const valuesOf = ({ kind }: Setting, command: CommandSpec) =>
  kind.examples.slice(0, command.name === "train" ? undefined : 2).map((text) => [text, kind.parse(text)] as const);

/** An option that several commands have alike is tested once where it trains nothing. */
const done = new Set<string>();

describe.each(commands.map((command) => [command.name, command] as const))("%s", (_, command) => {
  test.each(Object.keys(command.settings))("%s arrives", async (name) => {
    const setting = command.settings[name];
    const { goes } = setting;
    if (goes.to === "split") {
      for (const [text, value] of valuesOf(setting, command))
        await splitArrives(command, goes.part, text, value as number);
      return;
    }
    const find = arrived[goes.to] as ((recorded: Recorded, goes: Destination, value: unknown) => unknown) | undefined;
    if (goes.to === "seed" && !("layers" in command.settings)) return; // trains nothing that could be random
    if (find) {
      for (const [text, value] of valuesOf(setting, command)) {
        const recorded = await recordWith(command, name, text);
        await find(recorded, goes, value);
        if (command.name !== "train" || !(name in modelSettings)) continue;
        const { settings, split } = recorded.model.metadata as Record<string, Record<string, unknown>>;
        expect({ ...split, ...settings }[name]).toEqual(value);
      }
      return;
    }
    const own = byHand[`${command.name}.${name}`] ?? byHand[name];
    expect(
      own,
      `${command.name} ${longFlag(name)}: say in settings-of-data.ts or settings-of-commands.ts how it is tested that it arrives`,
    ).toBeDefined();
    if (goes.to === "command" && setting.group === "Run" && done.has(name)) return;
    done.add(name);
    await own(command);
  });
});
