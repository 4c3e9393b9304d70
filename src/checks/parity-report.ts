import type { BackendName } from "../backends/backend.js";
import { formatShape, type Shape } from "../core/shape.js";
import { formatTable } from "../core/table.js";
import { formatError, formatValue } from "./text.js";

/**
 * - `ok`: within the tolerance policy
 * - `differs`: not
 * - `not finite`: NaN or infinite, on the device or the reference
 * - `missing`: the device gave another number of elements
 */
export type ParityVerdict = "ok" | "differs" | "not finite" | "missing";

/** Comparison of one array of a device with the plain CPU's: the element that differs most. */
export interface ParityPart {
  device: BackendName;
  /** "result", "gradient by dense.weight", or "dense/cube: result" for an activation of your own. */
  name: string;
  shape: Shape;
  /** One number for each axis. */
  index: readonly number[];
  /** Value on the device. */
  actual: number;
  /** Value on the plain CPU. */
  expected: number;
  /** |actual - expected| */
  error: number;
  /** The largest error that the tolerance policy allows. */
  limit: number;
  verdict: ParityVerdict;
}

/** State of a device after the check. */
export interface ParityDevice {
  backend: BackendName;
  /** `failed`: it opened but couldn't run, as for WGSL that doesn't compile. `absent`: it doesn't open here. */
  state: "compared" | "failed" | "absent";
  /** Description of the device, or the reason why it failed or is absent. */
  description: string;
}

/** Result of `checkParity`. Its text is a table, a line for each array on each device. */
export class ParityReport {
  /** Whether one device at least was compared, none failed, and nothing differs. Absent devices are named in the text. */
  readonly ok: boolean;
  /** The element that is furthest beyond its limit, or nearest to it; of the first activation that itself differs, if one does. */
  readonly worst: ParityPart | undefined;

  /** @param causes - parts for activations alone */
  constructor(
    private readonly title: string,
    readonly devices: readonly ParityDevice[],
    readonly parts: readonly ParityPart[],
    causes: readonly ParityPart[],
  ) {
    const differs = ({ verdict }: ParityPart) => verdict !== "ok";
    const compared = devices.some(({ state }) => state === "compared");
    this.ok = compared && !devices.some(({ state }) => state === "failed") && !parts.some(differs);
    this.worst = causes.find(differs) ?? [...parts].sort((a, b) => excess(b) - excess(a)).at(0);
  }

  toString(): string {
    const { devices, parts, worst, ok } = this;
    const named = devices.map(({ backend, state }) => `${backend} ${state}`).join(", ");
    const head = `Parity of ${this.title} with the plain CPU: ${ok ? "ok" : "NOT OK"}, ${named}.`;
    const states = devices.map(({ backend, description }) => `${backend}: ${description}`);
    const rows = parts.map(({ device, name, shape, error, limit, index, actual, expected, verdict }) => [
      device,
      name,
      formatShape(shape),
      formatError(error),
      formatError(limit),
      formatShape(index),
      formatValue(actual),
      formatValue(expected),
      verdict === "ok" ? verdict : verdict.toUpperCase(),
    ]);
    const heads = ["device", "array", "shape", "largest error", "limit", "at", "on the device", "on the CPU", ""];
    const table = rows.length > 0 ? [formatTable([heads, ...rows], [3, 4, 6, 7])] : [];
    const remark =
      worst && worst.verdict !== "ok"
        ? `Worst: ${worst.name} ${formatShape(worst.index)} on ${worst.device}: ${formatValue(worst.actual)}, ` +
          `on the plain CPU ${formatValue(worst.expected)}.`
        : undefined;
    return [head, ...states, ...table, ...(remark ? [remark] : [])].join("\n");
  }
}

/** Error of a part in units of its limit; the largest number if it isn't finite or is missing. */
const excess = ({ error, limit, verdict }: ParityPart): number =>
  verdict === "ok" || verdict === "differs" ? error / limit : Number.MAX_VALUE;
