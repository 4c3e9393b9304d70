import { describe, expect, test } from "vitest";
import { FormatError } from "../../../src/core/errors.js";
import {
  courseAsText,
  courseFrom,
  epochsAsText,
  epochsFrom,
  jobFrom,
  runAsText,
  runFrom,
  type StudyRecord,
  studyAsText,
  studyFrom,
} from "../../../src/node/queue/forms.js";
import { cleanText, connectionName, slotsOf } from "../../../src/node/queue/worker-name.js";
import type { QueuedRun } from "../../../src/sweep/queue.js";

const training = {
  number: 3,
  repeat: 1,
  seed: 8,
  configuration: { rate: 0.1 + 0.2, name: "a|b", on: true, none: null },
};
const study: StudyRecord = {
  form: 1,
  variant: "wasm, fused multiply-add",
  anyVariant: false,
  digest: "ab".repeat(32),
  fit: '{"epochs":3}',
  pruned: { monitor: "accuracy", mode: "max" },
  first: training,
  details: { command: { data: "iris", options: { lr: "0.1" } } },
};
const epoch = { epoch: 1, loss: 1e-45, r2: Number.NEGATIVE_INFINITY, learningRate: 0.1, seconds: 2 };
const run: QueuedRun = {
  state: "done",
  scores: { loss: 0.1 + 0.2, r2: Number.NaN },
  seconds: 1.5,
  parameters: 131,
  variant: "cpu",
  history: { epochs: [{ ...epoch, validation: { loss: 5e-324 } }], warnings: ["w"], stopped: false },
};
const job = { study: "id", group: { before: 16, trainings: [training] } };

/** Every form: a whole one as JSON, and what reads it. */
const forms: [name: string, json: string, read: (json: string) => unknown, value: unknown][] = [
  ["study", studyAsText(study), studyFrom, study],
  ["run", runAsText(run), runFrom, run],
  [
    "diverged run",
    runAsText({ state: "diverged", seconds: 1, parameters: 2, variant: "cpu" }),
    runFrom,
    { state: "diverged", seconds: 1, parameters: 2, variant: "cpu" },
  ],
  ["job", JSON.stringify(job), (json) => jobFrom(JSON.parse(json)), job],
  [
    "course",
    courseAsText({ losses: [1, Number.POSITIVE_INFINITY], isComplete: true }),
    courseFrom,
    { losses: [1, Number.POSITIVE_INFINITY], isComplete: true },
  ],
  ["epochs", epochsAsText([epoch], 7), epochsFrom, { epochs: [epoch], seconds: 7 }],
];

/** A value with one of its parts replaced, or left out, each in turn. */
function* mutants(value: unknown, wrong: unknown): Generator<unknown> {
  yield wrong;
  if (typeof value !== "object" || value === null) return;
  for (const [name, part] of Object.entries(value)) {
    const withPart = (changed: unknown) =>
      Array.isArray(value)
        ? value.map((each, i) => (String(i) === name ? changed : each))
        : { ...value, [name]: changed };
    for (const mutant of mutants(part, wrong)) yield withPart(mutant);
  }
  if (!Array.isArray(value)) yield { ...value, code: "process.exit()" };
}

describe.each(forms)("a %s", (_, json, read, value) => {
  test("comes back to the bit", () => {
    expect(read(json)).toStrictEqual(value);
  });

  test("is refused by name where a part is something else, and read without harm elsewhere", () => {
    let refused = 0;
    for (const wrong of [undefined, null, -1.5, "text", [], {}, [[]], true, "x".repeat(200_000)]) {
      for (const mutant of mutants(JSON.parse(json), wrong)) {
        if (mutant === undefined) continue;
        try {
          read(JSON.stringify(mutant));
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
          expect((error as Error).message).toMatch(/^The queue has something else than a sweep/);
          refused++;
        }
      }
    }
    expect(refused).toBeGreaterThan(15);
  });
});

test("names of objects' own ways are no names of settings", () => {
  const configuration = JSON.parse('{"__proto__":{"polluted":true}}');
  expect(() => jobFrom({ study: "a", group: { before: 0, trainings: [{ ...training, configuration }] } })).toThrow(
    /__proto__/,
  );
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test("texts from elsewhere are shown without what moves a terminal's cursor", () => {
  expect(cleanText("\u001b[2Jgone\r\n\u009b31mred")).toBe(" [2Jgone 31mred");
  expect(cleanText("x".repeat(9999))).toHaveLength(500);
  expect(slotsOf(connectionName(4))).toBe(4);
  expect([slotsOf(""), slotsOf("a:w:b/12/99999999"), slotsOf("a/0")]).toEqual([1, 1, 0]);
});
