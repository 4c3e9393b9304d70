/** Layers that few networks have: fetched with the first that does. */
export { batchNorm, conv2d, dropout, flatten, layerNorm, maxPool2d, reshape } from "neuromotor";
