import { describe, expect, test } from "vitest";
import { gradients } from "../../src/graph/gradients.js";
import type { Tensor } from "../../src/graph/tensor.js";
import { ops } from "../../src/index.js";
import type { Loss } from "../../src/losses/index.js";
import { checkGradient } from "../parity/check-gradient.js";
import { type Data, normal, scaled } from "../parity/data.js";
import { conditioningOf, expectParity, runTensors, symbols, type useGuardedDevices } from "../parity/run.js";
import { expectClose } from "../tolerance.js";

export type Row = readonly number[];

export const sum = (values: Row) => values.reduce((a, b) => a + b, 0);
export const mean = (values: Row) => sum(values) / values.length;

export interface LossCase {
  name: string;
  loss: Loss;
  targets: Data;
  /** Numbers that the model puts out; 5. */
  width?: number;
  /** The loss of one row by its textbook definition, in float64, from outputs and targets (the label alone, of classes). */
  definition: (outputs: Row, targets: Row) => number;
  /** Whether outputs of 1e4 may have an infinite loss. */
  mayOverflow?: boolean;
}

export const ROWS = 7;
export const OUTPUTS = 5;

/** Tests of losses, on both backends: values by their definitions, gradients by finite differences, large outputs. */
export function describeLosses(title: string, cases: LossCase[], devices: ReturnType<typeof useGuardedDevices>): void {
  describe(`${cases.length} ${title}`, () => {
    test.each(cases)("$name: as its definition, on both backends", async ({ loss, targets, width, definition }) => {
      const outputs = normal(ROWS, width ?? OUTPUTS);
      const inputs = [outputs, targets];
      const variables = symbols(inputs);
      const perRow = loss.perRow(variables[0], variables[1]);
      const row = ({ values }: Data, i: number) => {
        const size = values.length / ROWS;
        return [...values.subarray(i * size, (i + 1) * size)];
      };
      const expected = Array.from({ length: ROWS }, (_, i) => definition(row(outputs, i), row(targets, i)));
      const conditioning = conditioningOf(perRow, variables, inputs, { first: 0, rows: 1 });
      for (const device of devices.all) {
        const [actual] = await runTensors(device, [perRow], variables, inputs);
        expectClose(actual, expected, { ...conditioning, what: `loss on ${device.backend}` });
      }
    });

    test.each(cases)("$name: its gradient, against finite differences", async ({ loss, targets, width }) => {
      const { values, shape } = targets;
      const constants = (z: Tensor) => loss.perRow(z, ops.constant(values, shape as number[]));
      await checkGradient(constants, [normal(ROWS, width ?? OUTPUTS)]);
    });

    test.each(cases)("$name: agrees on both backends, its gradient too", async ({ loss, targets, width }) => {
      const trace = (z: Tensor) => loss.perRow(z, ops.constant(targets.values, targets.shape as number[]));
      await expectParity(devices, trace, [normal(ROWS, width ?? OUTPUTS)]);
    });

    test.each(cases.filter(({ loss }) => loss.elements))("$name: the mean over its targets' losses", async (each) => {
      const inputs = [normal(ROWS, each.width ?? OUTPUTS), each.targets];
      const variables = symbols(inputs);
      const perRow = each.loss.perRow(variables[0], variables[1]);
      const elements = each.loss.elements!(variables[0], variables[1]);
      expect(elements.shape).toEqual(each.targets.shape);
      const [whole, mean] = await runTensors(devices.cpu, [perRow, ops.mean(elements, -1)], variables, inputs);
      expectClose(mean, whole, conditioningOf(perRow, variables, inputs, { first: 0, rows: 1 }));
    });

    // e^1e4 and (1 - 1)^gamma: what is not finite in float32 alone.
    test.each(cases.filter(({ mayOverflow }) => !mayOverflow))("$name: finite for outputs of 1e4", async (each) => {
      const inputs = [scaled(1e4, ROWS, each.width ?? OUTPUTS), each.targets];
      const variables = symbols(inputs);
      const perRow = each.loss.perRow(variables[0], variables[1]);
      const [gradient] = gradients(ops.sum(perRow), [variables[0]], (a, b) => ops.add(a, b));
      for (const device of devices.all) {
        const [values, slopes] = await runTensors(device, [perRow, gradient], variables, inputs);
        expect([...values, ...slopes].every(Number.isFinite)).toBe(true);
      }
    });
  });
}
