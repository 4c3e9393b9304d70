import { blockUntilReady, defaultDevice, grad, init, jit, nn, numpy as np, tree } from "@jax-js/jax";
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
    multiply: async (size, a, b) => multiply(size, a, b),
  };
}

function train({ sizes, batch, rows, features, labels, parameters }) {
  const shapes = sizes.slice(1).flatMap((units, i) => [[sizes[i], units], [units]]);
  const array = (values, shape) => np.array(values.slice()).reshape(shape);
  const zeros = () => shapes.map((shape) => np.zeros(shape));
  const [inputs, classes] = [sizes[0], sizes.at(-1)];
  const batches = Array.from({ length: rows / batch }, (_, i) => {
    const targets = new Float32Array(batch * classes);
    for (let row = 0; row < batch; row++) targets[row * classes + labels[i * batch + row]] = 1;
    return {
      x: array(features.subarray(i * batch * inputs, (i + 1) * batch * inputs), [batch, inputs]),
      y: array(targets, [batch, classes]),
    };
  });
  const loss = (values, x, y) => {
    let h = x;
    for (let layer = 0; layer < values.length; layer += 2) {
      h = np.matmul(h, values[layer]).add(values[layer + 1]);
      if (layer + 2 < values.length) h = nn.relu(h);
    }
    return nn
      .logSoftmax(h)
      .mul(y)
      .sum()
      .mul(-1 / batch);
  };
  const { learningRate, beta1, beta2, epsilon } = ADAM;
  const step = jit(({ values, first, second, power1, power2 }, x, y) => {
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
  let state = {
    values: parameters.map((values, i) => array(values, shapes[i])),
    first: zeros(),
    second: zeros(),
    power1: np.array(1),
    power2: np.array(1),
  };
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
