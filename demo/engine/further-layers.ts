/** Layers that few networks have: fetched with the first that does. */
export { batchNorm, conv2d, layerNorm, maxPool2d, reshape } from "neuromotor";
