import type { Backend } from "../backends/backend.js";
import { CpuBackend } from "../backends/cpu/backend.js";
import type { DeviceOptions } from "../backends/options.js";
import { ArgumentError, DeviceError, DeviceLostError } from "../core/errors.js";
import { optionsOf } from "../core/options.js";
import { type Shape, sizeOf } from "../core/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { activationsIn } from "./activations.js";
import { differentiable } from "./check-gradients.js";
import { compareOn, type Deviation, type Reference, referenceOn } from "./compare-devices.js";
import { Evaluator } from "./evaluator.js";
import { type ParityDevice, type ParityPart, ParityReport, type ParityVerdict } from "./parity-report.js";
import { type CheckSubject, SUBJECT_OPTIONS, type SubjectOptions, type Traced, traceSubject } from "./subject.js";
import { indexAt } from "./text.js";
import { gradientsOf, weigh } from "./weighted.js";

/** Options of `checkParity`. */
export interface ParityOptions extends SubjectOptions {
  /** Devices, from `openDevice()`, to compare with the plain CPU. By default every backend that opens here. */
  devices?: readonly Backend[];
  /** One device, in place of `devices`. */
  device?: Backend;
}

export type OpenDevice = (options?: DeviceOptions) => Promise<Backend>;

/** The check behind `checkParity` of `index.ts`. @param open - opens devices if none are given */
export async function checkParity(
  open: OpenDevice,
  subject: CheckSubject,
  chosen: ParityOptions = {},
): Promise<ParityReport> {
  const { devices, device, ...options } = optionsOf("checkParity", chosen, {
    ...SUBJECT_OPTIONS,
    devices: undefined,
    device: undefined,
  });
  const given = devices ?? (device && [device]);
  if (given && (given.length === 0 || !given.every((each) => typeof each?.load === "function"))) {
    throw new ArgumentError("checkParity: devices must be a list of what openDevice() gives: devices: [device].");
  }
  const traced = traceSubject("checkParity", subject, options);
  const { seed } = options;
  const cpu = new CpuBackend("CPU, the reference");
  const references = await referencesOf(cpu, traced, seed);
  const parts: ParityPart[] = [];
  const causes: ParityPart[] = [];
  const states: ParityDevice[] = [];
  for (const opening of given ?? (["webgpu", "wasm"] as const)) {
    const opened = typeof opening === "string" ? await openOrReason(open, opening) : opening;
    if ("state" in opened) {
      states.push(opened);
      continue;
    }
    const { backend, description } = opened;
    try {
      for (const { prefix, names, shapes, reference } of references) {
        const deviations = await compareOn(opened, reference, true);
        const own = deviations.map((each, i) => partOf(each, `${prefix}${names[i]}`, shapes[i], opened));
        parts.push(...own);
        if (prefix) causes.push(...own);
      }
      states.push({ backend, state: "compared", description });
    } catch (error) {
      if (!(error instanceof DeviceError || error instanceof DeviceLostError)) throw error;
      states.push({ backend, state: "failed", description: error.message });
    } finally {
      if (!given) opened.dispose();
    }
  }
  cpu.dispose();
  return new ParityReport(traced.title, states, parts, causes);
}

/** A graph to compare, with the names of its results. */
interface Compared {
  /** Prefix of the names: that of an activation which is compared alone. */
  prefix: string;
  names: string[];
  shapes: Shape[];
  reference: Reference;
}

/** The subject's result and gradients on the reference, and those of each activation of the user's own alone. */
async function referencesOf(cpu: Backend, traced: Traced, seed: number): Promise<Compared[]> {
  const evaluator = new Evaluator([traced.y]);
  evaluator.set(traced.values);
  evaluator.run({ first: 0, rows: traced.rows, seed });
  const alone = activationsIn(traced, (tensor) => evaluator.of(tensor));
  const subjects = [["", traced] as const, ...alone.map((each) => [`${each.title}: `, each] as const)];
  const compared: Compared[] = [];
  for (const [prefix, each] of subjects) {
    const { y, values } = each;
    const by = differentiableOrNone(each, seed);
    const outputs = [y, ...(by.length > 0 ? gradientsOf(weigh(each, seed), by) : [])];
    const names = ["result", ...by.map(({ label }) => (prefix ? "gradient" : `gradient by ${label}`))];
    const reference = await referenceOn(cpu, outputs, values, [{ first: 0, rows: each.rows, seed }]);
    compared.push({ prefix, names, shapes: outputs.map(({ shape }) => shape), reference });
  }
  return compared;
}

/** Variables to differentiate by; none if an op has no gradient, as its result can be compared all the same. */
function differentiableOrNone(traced: Traced, seed: number): readonly Tensor[] {
  try {
    return differentiable(traced, seed);
  } catch (error) {
    if (error instanceof ArgumentError) return [];
    throw error;
  }
}

async function openOrReason(open: OpenDevice, backend: "webgpu" | "wasm"): Promise<Backend | ParityDevice> {
  try {
    return await open({ backend });
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    return { backend, state: "absent", description: error.message };
  }
}

function partOf(deviation: Deviation, name: string, shape: Shape, { backend }: Backend): ParityPart {
  const { actual, expected, error, limit } = deviation;
  const isMissing = actual.length !== sizeOf(shape);
  // NaN is no result, even where the reference gives it too.
  const notFinite = expected.findIndex((value, i) => !Number.isFinite(value) || !Number.isFinite(actual[i]));
  const place = isMissing || notFinite < 0 ? deviation.place : notFinite;
  const unfit: ParityVerdict | undefined = isMissing ? "missing" : notFinite < 0 ? undefined : "not finite";
  return {
    device: backend,
    name,
    shape,
    index: indexAt(place, shape),
    actual: actual[place],
    expected: expected[place],
    error,
    limit,
    verdict: unfit ?? (error <= limit ? "ok" : "differs"),
  };
}
