import type { Tensor } from "../../graph/tensor.js";
import type { Written } from "./written.js";

/** An op's formula, over whole tensors and over the numbers that one element of its result is made of. */
export interface Formula {
  whole(tensor: Tensor, write: (input: Tensor) => Written): Written;
  /** @param index - of the element, row-major */
  element(tensor: Tensor, index: number, at: ElementWriter): Written;
}

/** Writes an element of an input. */
export interface ElementWriter {
  (input: Tensor, index: number): Written;
  /** The number that a tensor holds there. */
  number(input: Tensor, index: number): number;
}
