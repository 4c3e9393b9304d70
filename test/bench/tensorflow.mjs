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
    multiply: async (size, a, b) => multiply(size, a, b, wait),
  };
}

function train({ sizes, batch, rows, features, labels, parameters }, wait) {
  const shapes = sizes.slice(1).flatMap((units, i) => [[sizes[i], units], [units]]);
  const variables = parameters.map((values, i) => tf.variable(tf.tensor(values, shapes[i])));
  const optimizer = tf.train.adam(ADAM.learningRate, ADAM.beta1, ADAM.beta2, ADAM.epsilon);
  const [inputs, classes] = [sizes[0], sizes.at(-1)];
  // Each batch a tensor on the device before the clock starts.
  const batches = Array.from({ length: rows / batch }, (_, i) => {
    const targets = new Float32Array(batch * classes);
    for (let row = 0; row < batch; row++) targets[row * classes + labels[i * batch + row]] = 1;
    return {
      x: tf.tensor2d(features.slice(i * batch * inputs, (i + 1) * batch * inputs), [batch, inputs]),
      y: tf.tensor2d(targets, [batch, classes]),
    };
  });
  const loss = ({ x, y }) => {
    let h = x;
    for (let layer = 0; layer < variables.length; layer += 2) {
      h = tf.add(tf.matMul(h, variables[layer]), variables[layer + 1]);
      if (layer + 2 < variables.length) h = tf.relu(h);
    }
    return tf.losses.softmaxCrossEntropy(y, h);
  };
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
