import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { WebgpuBackend } from "../../src/backends/webgpu/backend.js";
import { Commands } from "../../src/backends/webgpu/commands.js";
import { Completion } from "../../src/backends/webgpu/completion.js";
import { type MatmulProblem, matmulKernels } from "../../src/backends/webgpu/matmul-kernels.js";
import { WebgpuProgram } from "../../src/backends/webgpu/program.js";
import { Tuner } from "../../src/backends/webgpu/tuning.js";
import type { Plan } from "../../src/compile/plan.js";
import { ModelStepTable } from "../../src/compile/steps.js";
import { Dataset } from "../../src/data/index.js";
import { adam, dense, sequential, softmaxCrossEntropy, Trainer } from "../../src/index.js";
import { openDevice } from "../../src/node.js";

/* Browsers may see that work is done only every 100 ms, or when something is submitted. */

const TICK = 100;

/** Work that makes the first submit one step, before anything was timed. */
const LARGE = { op: "add", attributes: {}, inputs: [], output: { shape: [4e6] } };

/** Completions that show at the next tick or submit after `work` has ended. */
function seldom() {
  const shown = new Set<() => void>();
  const show = () => {
    for (const each of shown) each();
    shown.clear();
  };
  const timer = setInterval(show, TICK);
  return {
    show,
    async held<T>(work: Promise<T>): Promise<T> {
      await work.catch(() => {});
      await new Promise<void>((resolve) => shown.add(resolve));
      return work;
    },
    end: () => clearInterval(timer),
  };
}

describe("by a clock of its own, a queue whose steps take so many milliseconds", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** A program on a queue that takes its time; counts the steps of each submit. */
  function programOn(milliseconds: number, isSeldom: boolean) {
    const late = seldom();
    const steps: number[] = [];
    let recorded = 0;
    let free = 0;
    const queue = {
      submit(commands: readonly unknown[]) {
        late.show();
        if (commands.length === 0) return;
        steps.push(recorded);
        free = Math.max(free, performance.now()) + recorded * milliseconds;
        recorded = 0;
      },
      onSubmittedWorkDone() {
        const end = new Promise<void>((resolve) => setTimeout(resolve, free - performance.now()));
        return isSeldom ? late.held(end) : end;
      },
      writeBuffer() {},
    };
    const pass = { setBindGroup: () => recorded++, end() {} };
    const encoder = { beginComputePass: () => pass, finish: () => ({}) };
    const device = { queue, createCommandEncoder: () => encoder } as unknown as GPUDevice;
    const completion = new Completion(device.queue, (work) => work);
    const host = { device, commands: new Commands(device), completion, checkAlive() {} };
    const plan = { label: "plan", launches: [LARGE] } as unknown as Plan;
    const table = { size: Number.POSITIVE_INFINITY } as GPUBuffer;
    const memory = { table, step: {} as GPUBindGroup, used: [], replicas: 1 };
    return { program: new WebgpuProgram(host, plan, [], memory, () => {}), completion, steps, end: late.end };
  }

  /** Timers as browsers have them: one that was set five deep in others waits for 4 ms or more. */
  function holdNestedUp() {
    const plain = globalThis.setTimeout;
    let depth = 0;
    return vi.spyOn(globalThis, "setTimeout").mockImplementation(((work: () => void, milliseconds = 0) => {
      const own = depth + 1;
      return plain(
        () => {
          depth = own;
          work();
          depth = 0;
        },
        own > 5 ? Math.max(4, milliseconds) : milliseconds,
      );
    }) as typeof setTimeout);
  }

  test("ends are asked for every millisecond at first, though a browser holds nested timers up", async () => {
    const held = holdNestedUp();
    const { completion, end } = programOn(0, true);
    await until(completion.probe());
    const late: number[] = [];
    for (let ends = 1.5; ends < 40; ends++) {
      const begun = performance.now();
      const work = new Promise<number>((resolve) => {
        const { queue } = completion as unknown as { queue: GPUQueue };
        const { submit } = queue;
        queue.submit = (commands) => {
          submit.call(queue, commands);
          if (performance.now() - begun >= ends) resolve(performance.now() - begun - ends);
        };
      });
      late.push(await until(completion.of(work)));
    }
    end();
    held.mockRestore();
    expect(Math.max(...late.slice(0, 30))).toBeLessThanOrEqual(1);
    expect(Math.max(...late)).toBeLessThanOrEqual(40 / 32);
  });

  /** Runs the clock until the work is done. */
  async function until<T>(work: Promise<T>): Promise<T> {
    let done = false;
    work.finally(() => {
      done = true;
    });
    while (!done) await vi.advanceTimersByTimeAsync(0.25);
    return work;
  }

  /** Steps of each submit of three epochs. */
  async function submitsOf(milliseconds: number, isSeldom: boolean, count: number) {
    const { program, completion, steps, end } = programOn(milliseconds, isSeldom);
    await until(completion.probe());
    for (let epoch = 0; epoch < 3; epoch++) {
      await until(program.run(new ModelStepTable(count)));
      await until(completion.done());
    }
    end();
    return steps;
  }

  test.each([0.01, 0.05, 0.3, 2])(
    "%f: has as many steps to a submit where its end is seen late",
    async (milliseconds) => {
      const count = Math.ceil(600 / milliseconds);
      const [prompt, late] = [await submitsOf(milliseconds, false, count), await submitsOf(milliseconds, true, count)];
      expect(prompt.length).toBeGreaterThan(10);
      expect(late.length / prompt.length).toBeCloseTo(1, 1); // as many waits in an epoch
      expect(Math.max(...late) / Math.max(...prompt)).toBeCloseTo(1, 1);
    },
  );
});

/** Dawn, made to show ends late from now on; `end` undoes it. */
function makeLate({ device }: WebgpuBackend) {
  const late = seldom();
  const { queue } = device;
  const buffers = device.createBuffer({ size: 4, usage: 1 });
  const [ofQueue, ofBuffer] = [queue, buffers].map((each) => Object.getPrototypeOf(each));
  buffers.destroy();
  const { submit, onSubmittedWorkDone } = ofQueue;
  const { mapAsync } = ofBuffer;
  const spies = [
    vi.spyOn(ofQueue, "submit").mockImplementation(function (this: GPUQueue, ...args) {
      late.show();
      return submit.apply(this, args);
    }),
    vi.spyOn(ofQueue, "onSubmittedWorkDone").mockImplementation(function (this: GPUQueue) {
      return late.held(onSubmittedWorkDone.call(this));
    }),
    vi.spyOn(ofBuffer, "mapAsync").mockImplementation(function (this: GPUBuffer, ...args) {
      return late.held(mapAsync.apply(this, args));
    }),
  ];
  return () => {
    late.end();
    for (const spy of spies) spy.mockRestore();
  };
}

describe("on this machine's adapter", () => {
  const rows = 64 * 16;
  const data = Dataset.from({
    features: Float32Array.from({ length: rows * 64 }, (_, i) => Math.sin(i)),
    labels: Uint32Array.from({ length: rows }, (_, i) => i % 3),
    shape: [64],
  });

  /** The loss of a training's second epoch. */
  async function train(device: WebgpuBackend): Promise<number> {
    const model = sequential({ input: [64], seed: 1 }, [dense(16, { activation: "relu" }), dense(3)]);
    using trainer = new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer: adam() });
    const { epochs } = await trainer.fit(data, { epochs: 2, batchSize: 8 });
    return epochs[1].loss;
  }

  test("a device that shows ends late is asked for them, to the same numbers; no other is", async () => {
    const device = (await openDevice({ backend: "webgpu" })) as WebgpuBackend;
    const empty = () => submits.mock.calls.filter(([commands]) => (commands as unknown[]).length === 0).length;
    let submits = vi.spyOn(Object.getPrototypeOf(device.device.queue), "submit");
    const prompt = await train(device);
    expect(empty()).toBe(0);
    submits.mockRestore();
    const end = makeLate(device);
    submits = vi.spyOn(Object.getPrototypeOf(device.device.queue), "submit");
    const late = await train(device);
    expect(empty()).toBeGreaterThan(0);
    end();
    submits.mockRestore();
    device.dispose();
    expect(late).toBe(prompt);
  });

  test("kernels are measured where ends are seen late: a product that takes far longer isn't chosen", async () => {
    const device = (await openDevice({ backend: "webgpu" })) as WebgpuBackend;
    const end = makeLate(device);
    await device.completion.probe();
    const { naive, tiled } = matmulKernels;
    // The slow one makes a product of a thousand matrices for the one that is asked for.
    const slow = (problem: MatmulProblem) => tiled({ ...problem, batch: 64 * problem.batch });
    const problem = {
      batch: 1,
      m: 64,
      n: 64,
      k: 16,
      aByRow: false,
      bByColumn: true,
      gathered: false,
      sums: false,
    };
    for (const [i, kernels] of [
      new Map([
        ["tiled", slow],
        ["naive", naive],
      ]),
      new Map([
        ["naive", naive],
        ["tiled", slow],
      ]),
    ].entries()) {
      const cache = { read: async () => undefined, write: async () => {} };
      const tuner = await Tuner.open({ kernels: kernels as never, adapter: `seldom ${i}`, cache });
      await tuner.tune([problem], device);
      expect(tuner.choice(problem)).toBe("naive");
    }
    end();
    device.dispose();
  });
});
