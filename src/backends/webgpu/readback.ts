import type { WaitForGpu } from "../platform.js";
import type { Commands } from "./commands.js";
import { COPY_DST, MAP_MODE_READ, MAP_READ } from "./flags.js";

/** A run of bytes of a buffer. */
export interface Span {
  gpu: GPUBuffer;
  offset: number;
  bytes: number;
}

/** Brings parts of buffers to the host, by way of a staging buffer that is kept for the next time. */
export class Readback {
  #staging?: GPUBuffer;

  constructor(
    private readonly device: GPUDevice,
    private readonly commands: Commands,
    private readonly waitForGpu: WaitForGpu,
  ) {}

  /** Copies of parts, one after the other, in one map; the commands that were collected go with it. */
  async read(spans: readonly Span[]): Promise<ArrayBuffer> {
    const total = spans.reduce((sum, { bytes }) => sum + bytes, 0);
    const staging = this.#take(total);
    let place = 0;
    for (const { gpu, offset, bytes } of spans) {
      const at = place;
      this.commands.add([gpu], (encoder) => encoder.copyBufferToBuffer(gpu, offset, staging, at, bytes));
      place += bytes;
    }
    this.commands.submit();
    await this.waitForGpu(staging.mapAsync(MAP_MODE_READ, 0, total));
    const copied = staging.getMappedRange(0, total).slice(0);
    staging.unmap();
    if (this.#staging) staging.destroy();
    else this.#staging = staging;
    return copied;
  }

  /** A staging buffer of so many bytes at least. A read that comes before this one has ended takes another. */
  #take(bytes: number): GPUBuffer {
    const kept = this.#staging;
    this.#staging = undefined;
    if (kept && kept.size >= bytes) return kept;
    kept?.destroy();
    return this.device.createBuffer({ label: "readback", size: bytes, usage: MAP_READ | COPY_DST });
  }
}
