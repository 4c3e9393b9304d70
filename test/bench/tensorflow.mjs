import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { ADAM } from "./contestant.ts";
import { provideGpu } from "./gpu.ts";

/** Steps between waits for the device: a queue without bounds slows it down. */
const WAIT_EVERY = 32;

/** TensorFlow.js; its core package's Node build registers no gradients, so its ES modules are bundled. */
export async function open(backend) {
  let adapter = "";
  if (backend === "webgpu") {
    adapter = ` on ${await provideGpu()}`;
    await import("@tensorflow/tfjs-backend-webgpu");
  } else if (backend === "wasm") {
    const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
    // Emscripten's loader is made for CommonJS.
    const folder = fileURLToPath(new URL("./", import.meta.url));
    Object.assign(globalThis, { __dirname: folder, require: createRequire(import.meta.url) });
    setWasmPaths(folder);
  } else {
    await import("@tensorflow/tfjs-backend-cpu");
  }
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no backend ${backend} here`);
  await tf.ready();
  /** Reads a number of what was computed last: everything before it is done then. */
  const wait = async (tensor) => {
    const element = tf.tidy(() => tf.slice(tf.reshape(tensor, [-1]), [0], [1]));
    await element.data();
    element.dispose();
  };
  return {
    description: `TensorFlow.js ${tf.version_core}: ${backend}${adapter}`,
    train: async (task) => train(task, wait),
    predict: async (task) => predict(task, wait),
    multiply: async (size, a, b) => multiply(size, a, b, wait),
  };
}

const variablesOf = ({ weights, parameters }) => {
  const shapes = weights.flatMap((shape) => [shape, [shape.at(-1)]]);
  return parameters.map((values, i) => tf.variable(tf.tensor(values, shapes[i])));
};

/** Each batch a tensor on the device before the clock starts. */
const batchesOf = ({ input, weights, batch, rows, features, labels }) => {
  const [size, classes] = [features.length / rows, weights.at(-1).at(-1)];
  return Array.from({ length: rows / batch }, (_, i) => {
    const targets = new Float32Array(batch * classes);
    for (let row = 0; row < batch; row++) targets[row * classes + labels[i * batch + row]] = 1;
    return {
      x: tf.tensor(features.slice(i * batch * size, (i + 1) * batch * size), [batch, ...input]),
      y: tf.tensor2d(targets, [batch, classes]),
    };
  });
};

/** The last state of an LSTM; products with the inputs are one, over all places. */
function lstm(x, [inputWeight, inputBias, hiddenWeight, hiddenBias]) {
  const [batch, time, features] = x.shape;
  const units = hiddenWeight.shape[0];
  const rows = tf.add(tf.matMul(tf.reshape(x, [batch * time, features]), inputWeight), tf.add(inputBias, hiddenBias));
  const places = tf.unstack(tf.reshape(rows, [batch, time, 4 * units]), 1);
  let h = tf.zeros([batch, units]);
  let c = h;
  for (const place of places) {
    const [i, f, g, o] = tf.split(tf.add(place, tf.matMul(h, hiddenWeight)), 4, 1);
    c = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
    h = tf.mul(tf.sigmoid(o), tf.tanh(c));
  }
  return h;
}

/** The network as its users write it: fused ops where there are some and it has gradients for them. */
function forward(x, variables, fuses) {
  const isRecurrent = x.rank === 3;
  let h = isRecurrent ? lstm(x, variables) : x;
  for (let layer = isRecurrent ? 4 : 0; layer < variables.length; layer += 2) {
    const [weight, bias] = [variables[layer], variables[layer + 1]];
    if (weight.rank === 4) {
      const conv = fuses
        ? tf.fused.conv2d({ x: h, filter: weight, strides: 1, pad: "valid", bias, activation: "relu" })
        : tf.relu(tf.add(tf.conv2d(h, weight, 1, "valid"), bias));
      h = tf.maxPool(conv, 2, 2, "valid");
      continue;
    }
    if (h.rank > 2) h = tf.reshape(h, [h.shape[0], -1]);
    h = tf.add(tf.matMul(h, weight), bias);
    if (layer + 2 < variables.length) h = tf.relu(h);
  }
  return h;
}

function predict(task, wait) {
  const variables = variablesOf(task);
  const batches = batchesOf(task);
  let next = 0;
  return {
    async run(steps) {
      const started = performance.now();
      for (let step = 1; step <= steps; step++) {
        const logits = tf.tidy(() => forward(batches[next].x, variables, true));
        next = (next + 1) % batches.length;
        if (step % WAIT_EVERY === 0 || step === steps) await wait(logits);
        logits.dispose();
      }
      return { steps, milliseconds: performance.now() - started };
    },
    async result() {
      const logits = tf.tidy(() => forward(batches[0].x, variables, true));
      const values = await logits.data();
      logits.dispose();
      return [values];
    },
    dispose() {
      for (const { x, y } of batches) tf.dispose([x, y]);
      tf.dispose(variables);
    },
  };
}

function train(task, wait) {
  const variables = variablesOf(task);
  const optimizer = tf.train.adam(ADAM.learningRate, ADAM.beta1, ADAM.beta2, ADAM.epsilon);
  const batches = batchesOf(task);
  const loss = ({ x, y }) => tf.losses.softmaxCrossEntropy(y, forward(x, variables, false));
  let next = 0;
  return {
    async run(steps) {
      const started = performance.now();
      for (let step = 1; step <= steps; step++) {
        optimizer.minimize(() => loss(batches[next]), false, variables);
        next = (next + 1) % batches.length;
        if (step % WAIT_EVERY === 0 || step === steps) await wait(variables.at(-1));
      }
      return { steps, milliseconds: performance.now() - started };
    },
    result: () => Promise.all(variables.map((variable) => variable.data())),
    dispose() {
      optimizer.dispose();
      for (const { x, y } of batches) tf.dispose([x, y]);
      tf.dispose(variables);
    },
  };
}

function multiply(size, left, right, wait) {
  const [a, b] = [left, right].map((values) => tf.tensor2d(values, [size, size]));
  return {
    async run(steps) {
      const started = performance.now();
      for (let step = 1; step <= steps; step++) {
        const product = tf.matMul(a, b);
        if (step % WAIT_EVERY === 0 || step === steps) await wait(product);
        product.dispose();
      }
      return { steps, milliseconds: performance.now() - started };
    },
    async result() {
      const product = tf.matMul(a, b);
      const values = await product.data();
      product.dispose();
      return [values];
    },
    dispose: () => tf.dispose([a, b]),
  };
}
