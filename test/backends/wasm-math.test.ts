import { describe, expect, test } from "vitest";
import { Evaluator } from "../../src/checks/evaluator.js";
import type { Tensor } from "../../src/graph/tensor.js";
import { elu, sigmoid, softplus, tanh } from "../../src/ops/activations.js";
import { erf, exp, log, pow } from "../../src/ops/elementwise.js";
import { runOp, symbols } from "../parity/run.js";
import { useVariants } from "./wasm-devices.js";

const device = useVariants();

/** Floats of both signs up to `largest`, spread evenly over their bits: as many near 0 as between 1 and 2. */
function floats(largest: number, count: number, signs = [1, -1]): Float32Array<ArrayBuffer> {
  const last = new Uint32Array(new Float32Array([largest]).buffer)[0];
  const bits = Uint32Array.from({ length: count }, (_, i) => Math.round((i / (count - 1)) * last));
  const magnitudes = new Float32Array(bits.buffer);
  return Float32Array.from(signs.flatMap((sign) => [...magnitudes].map((x) => sign * x)));
}

/** Units in the last place of float32 at a number; below the normal numbers they stay as they are. */
const ulpAt = (x: number) => 2 ** (Math.max(Math.floor(Math.log2(Math.abs(x))), -126) - 23);

/** The largest error in ulp, against the CPU's kernel in float64. */
async function worstError(
  name: Parameters<typeof device>[0],
  f: (x: Tensor) => Tensor,
  values: Float32Array<ArrayBuffer>,
) {
  const data = { shape: [values.length], values };
  const [actual] = await runOp(device(name), (x) => [f(x)], [data]);
  const [x] = symbols([data]);
  const y = f(x);
  const evaluator = new Evaluator([y]);
  evaluator.of(x).set(values);
  evaluator.run();
  const expected = evaluator.of(y);
  let worst = 0;
  let at = 0;
  for (let i = 0; i < values.length; i++) {
    if (Math.abs(expected[i]) > 3.4028235e38) {
      expect([values[i], actual[i]]).toEqual([values[i], expected[i] > 0 ? Infinity : -Infinity]);
      continue;
    }
    const error = Math.abs(actual[i] - expected[i]) / ulpAt(expected[i]);
    if (!(error <= worst)) [worst, at] = [error, values[i]];
  }
  return { worst, at };
}

// The bounds that assembly/math.ts states.
describe.each(["on one thread", "without fused multiply-add"] as const)("%s", (name) => {
  test.each<[string, (x: Tensor) => Tensor, Float32Array<ArrayBuffer>, number]>([
    ["exp", exp, floats(110, 200_000), 1.5],
    ["log", log, floats(3.4e38, 400_000, [1]), 1.5],
    ["tanh", tanh, floats(30, 200_000), 2],
    ["sigmoid", sigmoid, floats(80, 200_000), 3],
    ["softplus", softplus, floats(80, 200_000), 3],
    ["elu", (x) => elu(x, 1), floats(80, 200_000), 3],
    ["erf", erf, floats(8, 50_000), 6],
    ["pow", (x) => pow(x, 2.5), floats(1e15, 50_000, [1]), 1],
  ])("%s keeps its error bound over its range", async (_, f, values, bound) => {
    const { worst, at } = await worstError(name, f, values);
    expect(worst, `at ${at}`).toBeLessThanOrEqual(bound);
  });
});
