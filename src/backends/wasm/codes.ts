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
  lay,
  fold,
  depthwise,
  depthwiseInputGradient,
  depthwiseWeightGradient,
  maxPool,
  maxPoolGradient,
  normalise,
  recurrence,
  recurrenceGradient,
  takeBytes,
  attention,
  attentionGradient,
  rotate,
  drawClasses,
}

/** Elementwise ops of a chain: those that are more than a function of numbers, then the functions. */
export enum Op {
  dropout,
  noise,
  customActivation,
  customActivationGradient,
  record,
  update,
  gruHiddenGradient,
  /** The first scalar function; they follow in the engine's own order (see print-functions.ts). */
  scalar,
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
