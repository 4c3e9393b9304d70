import { expect, test, vi } from "vitest";
import { compile } from "../../src/compile/compile.js";
import { Dependencies } from "../../src/compile/dependencies.js";
import { FreeUntil } from "../../src/compile/scratch.js";
import type { Tensor } from "../../src/graph/tensor.js";
import { gru, transformer } from "./graphs.js";

/** Launches of a fused plan, and how often the compiler looked at tensors and buffers to make it. */
function compileCounting(outputs: readonly Tensor[]) {
  const fusion = [vi.spyOn(Dependencies.prototype, "needsOf"), vi.spyOn(Dependencies.prototype, "placeOf")];
  const memory = [vi.spyOn(FreeUntil.prototype, "last"), vi.spyOn(FreeUntil.prototype, "set")];
  const count = (spies: typeof fusion | typeof memory) => spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  try {
    const { launches } = compile("test", outputs, { fused: true });
    return { launches: launches.length, tensors: count(fusion), buffers: count(memory) };
  } finally {
    vi.restoreAllMocks();
  }
}

// One launch looks at so many: a search through all that came before would look at hundreds.
test.each([
  ["a GRU over 100 steps", () => gru(100), 1894, { tensors: 25, buffers: 6 }],
  ["a transformer of four layers", () => transformer(4), 222, { tensors: 25, buffers: 6 }],
])("%s compiles within its budget of visits", (_, trace, launches, perLaunch) => {
  const counts = compileCounting(trace());
  expect(counts.launches).toBe(launches);
  expect(counts.tensors).toBeLessThan(perLaunch.tensors * launches);
  expect(counts.buffers).toBeLessThan(perLaunch.buffers * launches);
});

test("twice as many steps of a GRU take twice as many visits", () => {
  const [some, twice] = [compileCounting(gru(40)), compileCounting(gru(80))];
  expect(twice.tensors / some.tensors).toBeLessThan(2.1);
  expect(twice.buffers / some.buffers).toBeLessThan(2.1);
});
