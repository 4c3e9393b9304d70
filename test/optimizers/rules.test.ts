import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { printRules } from "../../src/backends/wasm/print-rules.js";
import { ArgumentError } from "../../src/core/errors.js";
import type { BackendName, Optimizer } from "../../src/index.js";
import { combinationsOf, defineRule, inexactFunctionsOf, nameWith, statesOf } from "../../src/ops/rule.js";
import { rules } from "../../src/optimizers/index.js";
import { byRule } from "../../src/optimizers/optimizer.js";
import { useDevices } from "../devices/backends.js";
import { regression } from "../fixtures.js";
import { expectClose } from "../tolerance.js";

const device = useDevices({ guards: true });
const known = [...rules.values()];

/** As names are written in WGSL. */
const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Names of a struct's fields in WGSL. */
const fieldsOf = (wgsl: string, struct: string) => {
  const body = new RegExp(`struct ${struct} \\{([^}]*)\\}`).exec(wgsl)?.[1] ?? "";
  return Array.from(body.matchAll(/^\s*(\w+):/gm), ([, field]) => field);
};

// A field that the rule lacks would be 0, and nothing else would tell.
describe.each(known.map((rule) => [rule.name, rule] as const))("%s in WGSL", (name, rule) => {
  const wgsl = readFileSync(new URL(`../../shaders/functions/${name}.wgsl`, import.meta.url), "utf8");
  test.each([
    ["Hyperparameters", rule.hyperparameters],
    ["Flags", rule.flags],
    ["State", Object.keys(rule.state)],
  ])("%s are just those of the rule in TypeScript", (struct, names) => {
    expect(fieldsOf(wgsl, struct)).toEqual(names.map(snakeCase));
  });
});

describe("printed into the WASM engine", () => {
  const { text, updates } = printRules(known);
  const loop = (name: string) => new RegExp(`^function ${name.replaceAll(" ", "_")}\\([^]*?^\\}`, "m").exec(text)![0];
  const count = (name: string, what: string) => loop(name).split(what).length - 1;

  test("every rule has a loop for each combination of its flags", () => {
    const names = known.flatMap((rule) => combinationsOf(rule).map((flags) => nameWith(rule, flags)));
    expect(updates).toEqual(names);
    names.forEach((name, i) => {
      expect(text).toContain(`case ${i}: return ${name.replaceAll(" ", "_")}(`);
    });
  });

  test.each(
    known.flatMap((rule) => combinationsOf(rule).map((flags) => [nameWith(rule, flags), rule, flags] as const)),
  )("%s reads what it needs once, and writes what it keeps", (name, rule, flags) => {
    const states = statesOf(rule, flags);
    expect(count(name, "v128.load(")).toBe(2 + states.length);
    expect(count(name, "storeSome(")).toBe(1 + states.length);
    expect(count(name, "hyperparameter(")).toBeLessThanOrEqual(rule.hyperparameters.length);
  });

  test("multiplications and additions are one instruction, and moments that decay are flushed, where a rule says so", () => {
    expect([count("sgd", "madd("), count("sgd", "normalOrZero(")]).toEqual([2, 0]);
    expect([count("sgd momentum nesterov", "madd("), count("sgd momentum nesterov", "normalOrZero(")]).toEqual([4, 1]);
    expect([count("adam", "madd("), count("adam", "normalOrZero(")]).toEqual([5, 2]);
    expect([count("adam amsgrad", "madd("), count("adam amsgrad", "normalOrZero(")]).toEqual([5, 2]);
    expect([count("adamax", "madd("), count("adamax", "normalOrZero(")]).toEqual([3, 1]);
    expect([count("lion", "madd("), count("lion", "subtractBySign(")]).toEqual([2, 1]);
  });

  test("an expression that a rule has twice is computed once", () => {
    expect(count("rmsprop centered", "f32x4.mul(h_oneMinusAlpha, ")).toBe(1);
  });
});

test("inexact functions are those that the rule takes", () => {
  const named = (name: string, flags = {}) => inexactFunctionsOf(rules.get(name)!, flags);
  expect(named("sgd", { momentum: true })).toEqual([]);
  expect(named("lion")).toEqual([]);
  expect(named("adam", { amsgrad: true })).toEqual(["root", "division"]);
  expect(named("adamax")).toEqual(["division"]);
  expect(named("adadelta")).toEqual(["root", "root", "division"]);
});

async function train(backend: BackendName, optimizer: Optimizer) {
  const model = regression.network();
  using trainer = regression.trainer(device(backend), optimizer, model);
  await trainer.fit(regression.data, { epochs: 3, batchSize: 12 });
  return model.parameters();
}

describe("a rule that the engine was built without", () => {
  // p = p - learningRate (gradient + last), last = gradient
  const rule = defineRule("two-gradients", {
    wgsl: {
      needs: [],
      text: `struct Hyperparameters { learning_rate: f32 }
struct State { last: f32 }
fn update(p: f32, gradient: f32, state: ptr<function, State>, h: Hyperparameters) -> f32 {
  let both = gradient + (*state).last;
  (*state).last = gradient;
  return p - h.learning_rate * both;
}`,
    },
    hyperparameters: ["learningRate"],
    flags: [],
    state: { last: true },
    descend(k, { gradient, h, old }) {
      k.keep("last", gradient);
      return { steps: [[h.learningRate, k.add(gradient, old.last)]] };
    },
  });
  const config = { optimizer: "two-gradients", learningRate: 0.05 };
  const optimizer = byRule(rule, { config, hyperparameters: (_, learningRate) => ({ learningRate }) });

  test("trains on the CPU and on a GPU", async () => {
    const [onCpu, onGpu] = [await train("cpu", optimizer), await train("webgpu", optimizer)];
    for (const [name, { values }] of onGpu) {
      expectClose(values, onCpu.get(name)!.values, {
        terms: 12 * 60,
        functions: ["hyperbolic"],
        summed: 2,
        what: name,
      });
    }
  });

  test("is refused by WASM, by its name", async () => {
    await expect(train("wasm", optimizer)).rejects.toThrow(ArgumentError);
    await expect(train("wasm", optimizer)).rejects.toThrow(
      /two-gradients: the WASM engine has no such optimizer.*"cpu"/,
    );
  });
});
