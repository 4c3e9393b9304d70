import { blockUntilReady, defaultDevice, grad, init, jit, lax, nn, numpy as np, tree } from "@jax-js/jax";
import { ADAM } from "./contestant.ts";
import { provideGpu } from "./gpu.ts";
import peers from "./package.json";

/** Steps between waits: jax-js is lazy, and slow once its queue is long. */
const WAIT_EVERY = 8;

/** jax-js, the whole step with Adam in one `jit`. Passing an array gives it away; `.ref` keeps it. */
export async function open(backend) {
  const adapter = backend === "webgpu" ? ` on ${await provideGpu()}` : "";
  const devices = await init(backend);
  if (!devices.includes(backend)) throw new Error(`jax-js has no device ${backend} here`);
  defaultDevice(backend);
  return {
    description: `jax-js ${peers.dependencies["@jax-js/jax"]}: ${backend}${adapter}`,
    train: async (task) => train(task),
    trainMany: async (task, first) => trainMany(task, first),
    predict: async (task) => predict(task),
    multiply: async (size, a, b) => multiply(size, a, b),
  };
}

const array = (values, shape) => np.array(values.slice()).reshape(shape);
const shapesOf = ({ weights }) => weights.flatMap((shape) => [[...shape], [shape.at(-1)]]);

/** Images channels first, as its convolutions take them. */
const batchesOf = ({ input, weights, batch, rows, features, labels }) => {
  const [size, classes] = [features.length / rows, weights.at(-1).at(-1)];
  const shape = input.length === 3 ? [input[2], input[0], input[1]] : input; // of one channel: nothing moves
  return Array.from({ length: rows / batch }, (_, i) => {
    const targets = new Float32Array(batch * classes);
    for (let row = 0; row < batch; row++) targets[row * classes + labels[i * batch + row]] = 1;
    return {
      x: array(features.subarray(i * batch * size, (i + 1) * batch * size), [batch, ...shape]),
      y: array(targets, [batch, classes]),
    };
  });
};

/** @param weights - their shapes @param input - of a sample */
function forward(values, x, { weights, batch, input }) {
  if (input.length === 2) throw new Error("jax-js has no scan");
  let h = x;
  let [height, width] = input;
  weights.forEach(([down, across, , filters], i) => {
    const [weight, bias] = [values[2 * i], values[2 * i + 1]];
    if (weights[i].length === 4) {
      const kernel = np.transpose(weight, [3, 2, 0, 1]);
      h = nn.relu(lax.convGeneralDilated(h, kernel, [1, 1], "VALID").add(bias.reshape([1, filters, 1, 1])));
      h = lax.reduceWindow(h, (window) => np.max(window), [2, 2], [2, 2]);
      [height, width] = [(height - down + 1) >> 1, (width - across + 1) >> 1];
      // Rows, columns, channels, as the dense layer's weight has them.
      if (weights[i + 1].length === 2) h = np.transpose(h, [0, 2, 3, 1]).reshape([batch, height * width * filters]);
      return;
    }
    h = np.matmul(h, weight).add(bias);
    if (i + 1 < weights.length) h = nn.relu(h);
  });
  return h;
}

function predict(task) {
  const shapes = shapesOf(task);
  const values = task.parameters.map((numbers, i) => array(numbers, shapes[i]));
  const batches = batchesOf(task);
  const logits = jit((parameters, x) => forward(parameters, x, task));
  let next = 0;
  return {
    async run(steps) {
      const started = performance.now();
      let waiting = [];
      for (let step = 1; step <= steps; step++) {
        waiting.push(logits(tree.ref(values), batches[next].x.ref));
        next = (next + 1) % batches.length;
        if (step % WAIT_EVERY === 0 || step === steps) {
          await blockUntilReady(waiting);
          tree.dispose(waiting);
          waiting = [];
        }
      }
      return { steps, milliseconds: performance.now() - started };
    },
    result: async () => [await logits(tree.ref(values), batches[0].x.ref).data()],
    dispose() {
      tree.dispose(values);
      tree.dispose(batches);
      logits.dispose();
    },
  };
}

/** A step with Adam of some values, in one `jit`. */
function stepOf(task) {
  const loss = (values, x, y) => {
    return nn
      .logSoftmax(forward(values, x, task))
      .mul(y)
      .sum()
      .mul(-1 / task.batch);
  };
  const { learningRate, beta1, beta2, epsilon } = ADAM;
  return jit(({ values, first, second, power1, power2 }, x, y) => {
    const gradients = grad(loss)(tree.ref(values), x, y);
    // Powers of the betas for the bias corrections stay on the device, too.
    const next = { values: [], first: [], second: [], power1: power1.mul(beta1), power2: power2.mul(beta2) };
    values.forEach((value, i) => {
      const m = first[i].mul(beta1).add(gradients[i].ref.mul(1 - beta1));
      const v = second[i].mul(beta2).add(np.square(gradients[i]).mul(1 - beta2));
      const mean = m.ref.div(next.power1.ref.mul(-1).add(1));
      const deviation = np.sqrt(v.ref.div(next.power2.ref.mul(-1).add(1))).add(epsilon);
      next.values.push(value.sub(mean.mul(learningRate).div(deviation)));
      next.first.push(m);
      next.second.push(v);
    });
    return next;
  });
}

/** Before the first step. @param parameters - arrays of these shapes */
function stateOf(parameters, shapes) {
  const zeros = () => shapes.map((shape) => np.zeros(shape));
  const values = parameters.map((numbers, i) => array(numbers, shapes[i]));
  return { values, first: zeros(), second: zeros(), power1: np.array(1), power2: np.array(1) };
}

/** All models at once: their parameters have a leading axis, and gradients of the sum of their losses are each one's own. */
function trainMany(task, all) {
  const shapes = shapesOf(task).map((shape) => [all.length, ...(shape.length === 1 ? [1] : []), ...shape]);
  const stacked = shapes.map((_, i) => Float32Array.from(all.flatMap((parameters) => [...parameters[i]])));
  const { batch, rows, features } = task;
  const size = features.length / rows;
  // Products take a leading axis of both sides.
  const batches = batchesOf(task).map(({ x, y }, i) => {
    x.dispose();
    const own = [...features.subarray(i * batch * size, (i + 1) * batch * size)];
    return { x: array(Float32Array.from(all.flatMap(() => own)), [all.length, batch, size]), y };
  });
  const step = stepOf(task);
  let state;
  return {
    async run(steps) {
      if (state) tree.dispose(state);
      state = stateOf(stacked, shapes);
      await blockUntilReady(state.values);
      const started = performance.now();
      for (let i = 1; i <= steps; i++) {
        const { x, y } = batches[(i - 1) % batches.length];
        state = step(state, x.ref, y.ref);
        if (i % WAIT_EVERY === 0 || i === steps) await blockUntilReady(state.values);
      }
      return { steps, milliseconds: performance.now() - started };
    },
    async result() {
      const values = await Promise.all(state.values.map((value) => value.ref.data()));
      return all.flatMap((_, model) =>
        values.map((numbers) => {
          const size = numbers.length / all.length;
          return numbers.slice(model * size, (model + 1) * size);
        }),
      );
    },
    dispose() {
      tree.dispose(state);
      tree.dispose(batches);
      step.dispose();
    },
  };
}

function train(task) {
  const batches = batchesOf(task);
  const step = stepOf(task);
  let state = stateOf(task.parameters, shapesOf(task));
  let next = 0;
  return {
    async run(steps) {
      const started = performance.now();
      for (let i = 1; i <= steps; i++) {
        const { x, y } = batches[next];
        state = step(state, x.ref, y.ref);
        next = (next + 1) % batches.length;
        if (i % WAIT_EVERY === 0 || i === steps) await blockUntilReady(state.values);
      }
      return { steps, milliseconds: performance.now() - started };
    },
    result: () => Promise.all(state.values.map((value) => value.ref.data())),
    dispose() {
      tree.dispose(state);
      tree.dispose(batches);
      step.dispose();
    },
  };
}

function multiply(size, left, right) {
  const [a, b] = [left, right].map((values) => np.array(values.slice()).reshape([size, size]));
  const product = jit((x, y) => np.matmul(x, y));
  return {
    async run(steps) {
      const started = performance.now();
      let waiting = [];
      for (let step = 1; step <= steps; step++) {
        waiting.push(product(a.ref, b.ref));
        if (step % WAIT_EVERY === 0 || step === steps) {
          await blockUntilReady(waiting);
          tree.dispose(waiting);
          waiting = [];
        }
      }
      return { steps, milliseconds: performance.now() - started };
    },
    result: async () => [await product(a.ref, b.ref).data()],
    dispose() {
      tree.dispose([a, b]);
      product.dispose();
    },
  };
}
