import { constant, type Tensor } from "../graph/tensor.js";
import { equal } from "./elementwise.js";
import { gather } from "./indexing.js";
import { reshape } from "./layout.js";

/** 0, 1, ... classes - 1, as f32. */
export const countUp = (classes: number): Tensor =>
  constant(
    Float32Array.from({ length: classes }, (_, i) => i),
    [classes],
  );

/** Class indices as f32 in a column. @param labels - [...] u32 @returns [..., 1] */
export const asColumn = (labels: Tensor, classes: number): Tensor =>
  reshape(gather(countUp(classes), labels.shape.length > 1 ? reshape(labels, [labels.size]) : labels), [
    ...labels.shape,
    1,
  ]);

/**
 * 1 at each row's class, else 0.
 *
 * @param labels - [...] u32, class indices; one past the end is taken for the last class
 * @returns [..., classes] f32
 * @throws ShapeError when the labels aren't u32
 */
export const oneHot = (labels: Tensor, classes: number): Tensor => equal(asColumn(labels, classes), countUp(classes));
