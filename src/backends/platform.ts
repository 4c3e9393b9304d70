/**
 * A platform's access to WebGPU.
 *
 * @internal left out of the published types, so that a project needn't have WebGPU's own
 */
export interface Platform {
  /**
   * WebGPU's entry point, `undefined` where there is none. `software` asks for a software adapter if need be,
   * `experimental` for features that aren't offered otherwise.
   */
  gpu(software: boolean, experimental: boolean): Promise<GPU | undefined>;
  /** The reason why there is no WebGPU here, where `gpu` found none: a clause such as "the package webgpu is not installed". */
  lack?(): string | undefined;
  /** The remedy where no adapter is found; that of browsers where absent. */
  remedy?: string;
  /** Keeps the measurements of matrix product kernels; the browser's storage where absent. */
  tuningCache?: TuningCache;
  /** Awaits the GPU's work, on platforms where that takes more than to await its promise. */
  waitForGpu?: WaitForGpu;
}

/** Text that outlives the process: a file of the user's cache, or the browser's storage. Neither may be there. */
export interface TuningCache {
  read(): Promise<string | undefined>;
  write(text: string): Promise<void>;
}

/** Awaits a promise that the GPU settles. */
export type WaitForGpu = <T>(work: Promise<T>) => Promise<T>;
