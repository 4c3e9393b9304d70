/** Every op, for layers, losses and activations of one's own: functions of symbolic tensors. */
export type { Operand } from "../graph/op.js";
export { constant, Tensor, variable } from "../graph/tensor.js";
export {
  elu,
  gelu,
  geluTanh,
  hardSigmoid,
  hardSwish,
  leakyRelu,
  mish,
  relu,
  selu,
  sigmoid,
  silu,
  softplus,
  softsign,
  tanh,
} from "./activations.js";
export { assign } from "./assign.js";
export { meanSquaredError, sigmoidCrossEntropy, softmaxCrossEntropy, softTargetCrossEntropy } from "./cross-entropy.js";
export { dropout } from "./dropout.js";
export {
  abs,
  add,
  broadcastTo,
  clamp,
  div,
  equal,
  erf,
  exp,
  greater,
  log,
  maximum,
  minimum,
  mul,
  neg,
  pow,
  select,
  sign,
  sqrt,
  square,
  sub,
} from "./elementwise.js";
export { concatenate, gather, pad, slice } from "./indexing.js";
export { reshape, transpose } from "./layout.js";
export { matmul } from "./matmul.js";
export { noise } from "./noise.js";
export { oneHot } from "./one-hot.js";
export { max, mean, sum } from "./reduce.js";
export { logSoftmax, softmax } from "./softmax.js";
