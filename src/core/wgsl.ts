/** A part of a kernel's WGSL, and the parts that it calls. A file of `shaders/` is imported as one. */
export interface Part {
  readonly text: string;
  readonly needs: readonly Part[];
}
