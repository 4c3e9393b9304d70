import { besideOf, type Recurrence, sizesOf } from "../../ops/recurrence.js";
import { roundingOf } from "./elementwise.js";
import type { CpuKernel } from "./kernel.js";
import { cellRun } from "./traced-cell.js";

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** Calls `each` for every row and place, in the order of the recurrence: with the places of this and of the one before. */
function eachPlace(
  batch: number,
  time: number,
  reverse: boolean,
  each: (row: number, at: number, before: number | undefined) => void,
  backwards = false,
): void {
  const place = (row: number, step: number) => row * time + (reverse ? time - 1 - step : step);
  for (let row = 0; row < batch; row++) {
    for (let i = 0; i < time; i++) {
      const step = backwards ? time - 1 - i : i;
      each(row, place(row, step), step > 0 ? place(row, step - 1) : undefined);
    }
  }
}

export const recurrence: CpuKernel = ({ inputs, attributes }, [z, weight, bias, ...further], y) => {
  const { cell, reverse } = attributes as Recurrence;
  const { batch, time, units, gates, kept, states } = sizesOf(inputs[0], attributes as Recurrence);
  const { mask, first, shown } = besideOf(attributes as Recurrence, further);
  const width = gates * units;
  const hidden = new Float64Array(width);
  const traced = typeof cell === "string" ? undefined : cellRun(cell.step, roundingOf(y));
  return () =>
    eachPlace(batch, time, reverse, (row, at, before) => {
      const own = at * kept * units;
      const stateOf = (number: number, u: number) =>
        before === undefined
          ? (first?.[(row * states + number) * units + u] ?? 0)
          : y[(before * kept + number) * units + u];
      for (let j = 0; j < width; j++) {
        let sum = bias[j];
        for (let k = 0; k < units; k++) sum += stateOf(0, k) * (shown?.[row * units + k] ?? 1) * weight[k * width + j];
        hidden[j] = sum;
      }
      for (let u = 0; u < units; u++) {
        const keep = (...values: number[]) => {
          for (const [i, value] of values.entries()) y[own + i * units + u] = value;
        };
        const input = (gate: number) => z[at * width + gate * units + u];
        const all = (gate: number) => input(gate) + hidden[gate * units + u];
        if (traced) {
          const sums = Array.from({ length: gates }, (_, gate) => hidden[gate * units + u]);
          const before = Array.from({ length: states }, (_, number) => stateOf(number, u));
          traced.inputs.set([...sums.map((_, gate) => input(gate)), ...sums, ...before]);
          traced.run();
          keep(...traced.outputs, ...sums);
        } else if (cell === "tanh") keep(Math.tanh(all(0)));
        else if (cell === "relu") keep(Math.max(0, all(0)));
        else if (cell === "gru") {
          const [r, update, part] = [sigmoid(all(0)), sigmoid(all(1)), hidden[2 * units + u]];
          const candidate = Math.tanh(input(2) + r * part);
          keep((1 - update) * candidate + update * stateOf(0, u), r, update, part);
        } else {
          const [i, f, g, o] = [sigmoid(all(0)), sigmoid(all(1)), Math.tanh(all(2)), sigmoid(all(3))];
          const c = f * stateOf(1, u) + i * g;
          keep(o * Math.tanh(c), c, i, f, g, o);
        }
        if (mask && mask[at] === 0) keep(...Array.from({ length: states }, (_, number) => stateOf(number, u)));
      }
    });
};

export const recurrenceGradient: CpuKernel = ({ inputs, attributes }, [dy, z, y, weight, ...further], result) => {
  const { cell, reverse, given = "all", of = "z" } = attributes as Recurrence;
  const { batch, time, units, gates, kept, states } = sizesOf(inputs[1], attributes as Recurrence);
  const { mask, first, shown } = besideOf(attributes as Recurrence, further);
  const width = gates * units;
  /** Place of a state's slope in dy; undefined where it is 0. */
  const slopeAt = (row: number, at: number, isLast: boolean): number | undefined => {
    if (given === "last") return isLast ? row * units : undefined;
    return at * (given === "all" ? kept : 1) * units;
  };
  const hidden = new Float64Array(width);
  const slopesOfStates = Array.from({ length: states }, () => new Float64Array(units));
  const [dh, dc] = slopesOfStates;
  const traced = typeof cell === "string" ? undefined : cellRun(cell.slopes, roundingOf(result));
  let rowAtWork = -1;
  return () => {
    rowAtWork = -1;
    eachPlace(
      batch,
      time,
      reverse,
      (row, at, before) => {
        const slopes = slopeAt(row, at, row !== rowAtWork);
        if (row !== rowAtWork) {
          for (const each of slopesOfStates) each.fill(0);
          rowAtWork = row;
        }
        const own = at * kept * units;
        const keptOf = (number: number, u: number) => y[own + number * units + u];
        const stateOf = (number: number, u: number) =>
          before === undefined
            ? (first?.[(row * states + number) * units + u] ?? 0)
            : y[(before * kept + number) * units + u];
        const isMasked = mask !== undefined && mask[at] === 0;
        hidden.fill(0);
        for (let u = 0; u < units; u++) {
          if (slopes !== undefined) {
            const count = given === "all" ? states : 1;
            for (let number = 0; number < count; number++) slopesOfStates[number][u] += dy[slopes + number * units + u];
          }
          const put = (...values: number[]) =>
            values.forEach((value, gate) => {
              if (of !== "start") result[at * width + gate * units + u] = value;
              hidden[gate * units + u] = value;
            });
          if (isMasked) {
            put(...new Array(gates).fill(0));
            continue;
          }
          if (traced) {
            traced.inputs.set([
              ...Array.from({ length: gates }, (_, gate) => z[at * width + gate * units + u]),
              ...Array.from({ length: gates }, (_, gate) => keptOf(states + gate, u)),
              ...slopesOfStates.map((_, number) => stateOf(number, u)),
              ...slopesOfStates.map((each) => each[u]),
            ]);
            traced.run();
            const ofSums = traced.outputs.subarray(gates, 2 * gates);
            put(...(of === "hidden" ? ofSums : traced.outputs.subarray(0, gates)));
            for (const [gate, slope] of ofSums.entries()) hidden[gate * units + u] = slope;
            for (const [number, each] of slopesOfStates.entries()) each[u] = traced.outputs[2 * gates + number];
            continue;
          }
          const slope = dh[u];
          const h = keptOf(0, u);
          dh[u] = 0;
          if (cell === "tanh") put(slope * (1 - h * h));
          else if (cell === "relu") put(h > 0 ? slope : 0);
          else if (cell === "gru") {
            const [r, update, part] = [keptOf(1, u), keptOf(2, u), keptOf(3, u)];
            const candidate = Math.tanh(z[at * width + 2 * units + u] + r * part);
            const dn = slope * (1 - update) * (1 - candidate * candidate);
            put(dn * part * r * (1 - r), slope * (stateOf(0, u) - candidate) * update * (1 - update), dn);
            hidden[2 * units + u] = dn * r;
            dh[u] = slope * update;
          } else {
            const [c, i, f, g, o] = [1, 2, 3, 4, 5].map((number) => keptOf(number, u));
            const t = Math.tanh(c);
            const inner = dc[u] + slope * o * (1 - t * t);
            put(
              inner * g * i * (1 - i),
              inner * stateOf(1, u) * f * (1 - f),
              inner * i * (1 - g * g),
              slope * t * o * (1 - o),
            );
            dc[u] = inner * f;
          }
        }
        for (let u = 0; u < units; u++) {
          const through = shown?.[row * units + u] ?? 1;
          for (let j = 0; j < width; j++) dh[u] += hidden[j] * weight[u * width + j] * through;
        }
        if (of !== "start" || before !== undefined) return;
        for (const [number, each] of slopesOfStates.entries()) result.set(each, (row * states + number) * units);
      },
      true,
    );
  };
};

export const gruHiddenGradient: CpuKernel = ({ inputs }, [dz, y], result) => {
  const width = inputs[0].shape[2];
  const units = width / 3;
  return () => {
    for (let i = 0; i < result.length; i++) {
      const j = i % width;
      const at = Math.floor(i / width);
      result[i] = dz[i] * (j < 2 * units ? 1 : y[at * 4 * units + j - units]);
    }
  };
};
