/** The WGSL that fused training of dense layers on a GPU does without, loaded when it is first used. */
export { default as collect } from "../../../shaders/collect.wgsl?raw";
export { default as correct } from "../../../shaders/correct.wgsl?raw";
export { default as adadeltaFunction } from "../../../shaders/functions/adadelta.wgsl?raw";
export { default as adamaxFunction } from "../../../shaders/functions/adamax.wgsl?raw";
export { default as lionFunction } from "../../../shaders/functions/lion.wgsl?raw";
export { default as rmspropFunction } from "../../../shaders/functions/rmsprop.wgsl?raw";
export { default as sgdFunction } from "../../../shaders/functions/sgd.wgsl?raw";
export { default as gather } from "../../../shaders/gather.wgsl?raw";
export { default as matmulDirect } from "../../../shaders/matmul-direct.wgsl?raw";
export { default as reduce } from "../../../shaders/reduce.wgsl?raw";
export { default as reduceLong } from "../../../shaders/reduce-long.wgsl?raw";
export { default as rowWeights } from "../../../shaders/row-weights.wgsl?raw";
export { default as scatterAdd } from "../../../shaders/scatter-add.wgsl?raw";
export { default as softmax } from "../../../shaders/softmax.wgsl?raw";
export { default as softmaxCrossEntropy } from "../../../shaders/softmax-cross-entropy.wgsl?raw";
export { default as softmaxCrossEntropyGradient } from "../../../shaders/softmax-cross-entropy-gradient.wgsl?raw";
export { default as takeBatch } from "../../../shaders/take-batch.wgsl?raw";
