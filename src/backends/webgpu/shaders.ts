/** The WGSL of `shaders/`, taken in as text when the library is built. */
export { default as countNonFinite } from "../../../shaders/count-non-finite.wgsl?raw";
export { default as elementwise } from "../../../shaders/elementwise.wgsl?raw";
export { default as adamFunction } from "../../../shaders/functions/adam.wgsl?raw";
export { default as elementwiseFunctions } from "../../../shaders/functions/elementwise.wgsl?raw";
export { default as finite } from "../../../shaders/functions/finite.wgsl?raw";
export { default as grid } from "../../../shaders/functions/grid.wgsl?raw";
export { default as logSumExp } from "../../../shaders/functions/log-sum-exp.wgsl?raw";
export { default as product } from "../../../shaders/functions/product.wgsl?raw";
export { default as step } from "../../../shaders/functions/step.wgsl?raw";
export { default as workgroupReduce } from "../../../shaders/functions/workgroup-reduce.wgsl?raw";
export { default as matmulSplit } from "../../../shaders/matmul-split.wgsl?raw";
export { default as matmulTiled } from "../../../shaders/matmul-tiled.wgsl?raw";
export { default as softmaxCrossEntropyHead } from "../../../shaders/softmax-cross-entropy-head.wgsl?raw";
