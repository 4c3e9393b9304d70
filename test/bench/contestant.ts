/** The interface of every contestant, so that one harness drives them all. `open` of its module makes one. */
export interface Contestant {
  /** Library and version, and the adapter where there is one. */
  readonly description: string;
  /** Gets ready to train from the task's weights, with its batches in order, over and over. */
  train(task: TrainingTask): Promise<Work>;
  /**
   * Gets ready to train many models of the task on its batches, each from parameters of its own. Its result are the
   * parameters of all models, one after the other, after as many steps of each as were asked for last.
   */
  trainMany?(task: TrainingTask, first: readonly Float32Array<ArrayBuffer>[][]): Promise<Work>;
  /** Gets ready to put the task's batches through the network, in order, over and over; its result is the first's logits. */
  predict?(task: TrainingTask): Promise<Work>;
  /** Gets ready to multiply two square matrices. */
  multiply(size: number, a: Float32Array<ArrayBuffer>, b: Float32Array<ArrayBuffer>): Promise<Work>;
}

export interface Work {
  /** Does about so many steps and waits until the device has done them. */
  run(steps: number): Promise<Timing>;
  /** Parameters in order (weight [in, out], bias [out], ...), or the product. */
  result(): Promise<Float32Array[]>;
  dispose(): void;
}

export interface Timing {
  steps: number;
  milliseconds: number;
}

/** An LSTM where samples are sequences, of which the last state counts; else convolutions, each with ReLU and a 2 × 2 pool of maxima, then dense layers with ReLU between them; softmax cross-entropy, Adam with 1e-3. */
export interface TrainingTask {
  /** Of a sample: [height, width, channels] where there are convolutions, [time, features] where there is an LSTM, else [inputs]. */
  input: readonly number[];
  /**
   * Of each weight: [kernel height, kernel width, in, out] of a convolution without padding, [in, out] of a dense layer; of an
   * LSTM [features, 4 units] of the inputs and [units, 4 units] of the states, gates i f g o.
   */
  weights: readonly (readonly number[])[];
  batch: number;
  /** A multiple of `batch`. */
  rows: number;
  /** [rows, ...input] */
  features: Float32Array<ArrayBuffer>;
  /** [rows] */
  labels: Uint32Array<ArrayBuffer>;
  /** First parameters: weight and bias [out] of each layer. */
  parameters: Float32Array<ArrayBuffer>[];
}

export const ADAM = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

export type BackendName = "webgpu" | "wasm" | "cpu" | "numpy" | "torch" | "torch-graphs";

/** Names as the command line takes them; the first one that takes part is what ratios refer to. */
export const CONTESTANTS: Readonly<Record<string, { module: string; backend: BackendName }>> = {
  "neuromotor-webgpu": { module: "neuromotor", backend: "webgpu" },
  "neuromotor-wasm": { module: "neuromotor", backend: "wasm" },
  "neuromotor-cpu": { module: "neuromotor", backend: "cpu" },
  "tfjs-webgpu": { module: "tensorflow", backend: "webgpu" },
  "tfjs-wasm": { module: "tensorflow", backend: "wasm" },
  "tfjs-cpu": { module: "tensorflow", backend: "cpu" },
  "jax-webgpu": { module: "jax", backend: "webgpu" },
  "jax-wasm": { module: "jax", backend: "wasm" },
  brain: { module: "brain", backend: "cpu" },
  numpy: { module: "python", backend: "numpy" },
  torch: { module: "python", backend: "torch" },
  "torch-graphs": { module: "python", backend: "torch-graphs" },
};
