/*
 * Numbers by which a program (see program.ts) names what it does. The engine in `assembly/` is compiled with this same
 * file, so it keeps to what TypeScript and AssemblyScript share.
 */

/** Instructions: kernels that make whole tensors. */
export enum Kernel {
  chain,
  product,
  move,
  fill,
  takeRows,
  scatterAdd,
  rowWeights,
  collect,
  countNonFinite,
  correct,
  sum,
  max,
  softmax,
  logSoftmax,
  softmaxCrossEntropy,
  softmaxCrossEntropyGradient,
  fusedSoftmaxCrossEntropy,
}

/** Elementwise ops of a chain: of one operand, of two, of three, and those that are more than a function. */
export enum Op {
  neg,
  exp,
  log,
  sqrt,
  square,
  abs,
  sign,
  erf,
  broadcastTo,
  relu,
  sigmoid,
  tanh,
  softplus,
  add,
  sub,
  mul,
  div,
  pow,
  maximum,
  minimum,
  greater,
  equal,
  leakyRelu,
  elu,
  select,
  clamp,
  dropout,
  noise,
  customActivation,
  customActivationGradient,
  record,
  update,
}

/** The kinds of operands of a chain. */
export enum Source {
  /** An earlier op's result; the word after it is its slot. */
  slot,
  /** The result of the kernel before the chain. */
  given,
  /** Memory, element by element; its address. */
  memory,
  /** A number; its bits. */
  number,
  /** One element of memory for all; its address. */
  scalar,
  /** Memory that is repeated or strided; the address of its pattern. */
  pattern,
}
