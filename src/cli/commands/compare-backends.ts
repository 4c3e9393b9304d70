import { type Backend, type BackendName, DeviceError, type Model } from "../../index.js";
import { openDevice } from "../../node.js";
import { settingsFor } from "../settings/resolve.js";
import { type BackendChoice, commonSettings, trainingSettings } from "../settings/table.js";
import { alignRight } from "../text/align.js";
import { count, plural, rate, score, seconds } from "../text/numbers.js";
import type { Output } from "../text/output.js";
import { epochBar } from "../text/progress.js";
import { assessPart } from "../training/assess.js";
import { deviceFields } from "../training/devices.js";
import { dataNames, factsOf, loadData } from "../training/load-data.js";
import { planTraining } from "../training/plan.js";
import { train, trainingFields } from "../training/train.js";
import { command, type Invocation } from "./command.js";

const settings = { ...trainingSettings, ...commonSettings };

export const compareBackends = command({
  name: "compare-backends",
  description: "Train the same model on every backend found, and compare speed and results.",
  arguments: [
    {
      name: "data",
      help: `${dataNames.join(", ")}, a file with --target, or a folder of images by class`,
      default: "digits",
    },
  ],
  settings,
  notes: "--backend webgpu fails where there is none; wasm leaves WebGPU out, cpu WebAssembly, too.",
  run: runCompareBackends,
});

type Parameters = ReturnType<Model["parameters"]>;

/** A training on one backend. */
interface BackendRun {
  fields: Record<string, unknown> & { backend: string; adapter: string };
  /** Accuracy or R². */
  score: number;
  seconds: number;
  stepsPerSecond: number;
  parameters: Parameters;
}

async function runCompareBackends({ args, asked, values, output }: Invocation<typeof settings>): Promise<void> {
  const { backend: chosen, seed } = values;
  const loaded = await loadData(args[0], values);
  const { data } = loaded;
  // Stopping early would end the runs after different numbers of steps.
  const settings = settingsFor(factsOf(loaded), { ...asked, earlyStopping: 0 });
  const { parts, model } = planTraining(loaded, settings, seed);
  const sizes = [model.input[0], ...settings.layers, model.output[0]].join("-");
  output.detail(
    `${data.name}: ${sizes}, ${count(model.parameterCount)} parameters; ${count(parts.train.rows)} rows to train, ` +
      `${plural(settings.epochs, "epoch")} in batches of ${settings.batchSize}, seed ${seed}`,
  );
  output.detail();
  const runs: BackendRun[] = [];
  let missing: string | undefined;
  for (const backend of backendsFor(chosen)) {
    let device: Backend;
    try {
      device = await openDevice({ backend });
    } catch (error) {
      if (!(error instanceof DeviceError) || chosen === "webgpu") throw error;
      missing = error.message;
      continue;
    }
    try {
      if (!output.hasBar) output.note(`training on ${device.description} ...`);
      runs.push(await trainOn(device, () => planTraining(loaded, settings, seed), output));
    } finally {
      device.dispose();
    }
  }
  const measure = data.classes === undefined ? "R²" : "accuracy";
  output.result(formatRuns(runs, parts.test ? `test ${measure}` : measure));
  const [reference, ...others] = runs;
  const [difference] = others
    .map((run) => largestDifference(reference.parameters, run.parameters))
    .sort((a, b) => b.relative - a.relative);
  if (difference) {
    output.result(
      `\nLargest difference between the trained parameters: ${difference.relative.toExponential(1)} of the largest ` +
        `in ${difference.parameter}`,
    );
  }
  if (missing) output.result(`\nOnly the CPU was measured. ${missing}`);
  output.json({
    data: data.name,
    seed,
    parameters: model.parameterCount,
    evaluatedOn: parts.test ? "test" : "train",
    runs: runs.map(({ fields }) => fields),
    largestDifference: difference ?? null,
    remedy: missing ?? null,
  });
}

const backendsFor = (backend: BackendChoice): BackendName[] => {
  if (backend === "cpu") return ["cpu"];
  return backend === "wasm" ? ["cpu", "wasm"] : ["cpu", "wasm", "webgpu"];
};

async function trainOn(
  device: Backend,
  makePlan: () => ReturnType<typeof planTraining>,
  output: Output,
): Promise<BackendRun> {
  const plan = makePlan(); // a model of its own, with the same first weights
  const trained = await train(plan, device, { watchers: epochBar(output, `${device.backend.padEnd(6)} `) });
  try {
    const { scores } = await assessPart(trained, plan, plan.parts.test ? "test" : "train");
    return {
      fields: { ...deviceFields(device), ...scores, ...trainingFields(trained) },
      score: scores.accuracy ?? scores.r2,
      seconds: trained.seconds,
      stepsPerSecond: trained.stepsPerSecond,
      parameters: plan.model.parameters(),
    };
  } finally {
    trained.trainer.dispose();
  }
}

function formatRuns(runs: readonly BackendRun[], measure: string): string {
  const adapter = ({ fields }: BackendRun) => `${fields.adapter}${fields.software ? " (software)" : ""}`;
  const width = Math.max(...runs.map((run) => adapter(run).length), "adapter".length);
  return alignRight([
    ["backend", "adapter".padEnd(width), measure, "time", "steps/s"],
    ...runs.map((run) => [
      run.fields.backend.padEnd("backend".length),
      adapter(run).padEnd(width),
      score(run.score),
      seconds(run.seconds),
      rate(run.stepsPerSecond),
    ]),
  ]);
}

/** max |a - b| / max |a| in the parameter where that is largest. */
function largestDifference(a: Parameters, b: Parameters): { parameter: string; relative: number } {
  let worst = { parameter: "", relative: -1 };
  for (const [parameter, { values }] of a) {
    const others = b.get(parameter)!.values;
    let scale = 0;
    let difference = 0;
    for (let i = 0; i < values.length; i++) {
      scale = Math.max(scale, Math.abs(values[i]));
      difference = Math.max(difference, Math.abs(values[i] - others[i]));
    }
    const relative = difference === 0 ? 0 : difference / scale;
    if (relative > worst.relative) worst = { parameter, relative };
  }
  return worst;
}
