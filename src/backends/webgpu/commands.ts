/**
 * Collects commands and hands them to the queue in few submits: copies, steps and readbacks that follow each other share
 * one. `queue.writeBuffer` takes effect before all commands that aren't submitted yet, so commands that use a buffer are
 * submitted before that buffer is written or destroyed.
 */
export class Commands {
  readonly #device: GPUDevice;
  #encoder?: GPUCommandEncoder;
  /** Buffers that the collected commands use. */
  readonly #used = new Set<GPUBuffer>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** Adds commands that use these buffers. */
  add(buffers: Iterable<GPUBuffer>, encode: (encoder: GPUCommandEncoder) => void): void {
    this.#encoder ??= this.#device.createCommandEncoder({ label: "neuromotor" });
    for (const buffer of buffers) this.#used.add(buffer);
    encode(this.#encoder);
  }

  /** Submits the collected commands. */
  submit(): void {
    if (!this.#encoder) return;
    const commands = this.#encoder.finish();
    this.#encoder = undefined;
    this.#used.clear();
    this.#device.queue.submit([commands]);
  }

  /** Writes to a buffer after all collected commands that use it. */
  write(buffer: GPUBuffer, offset: number, data: ArrayBuffer | ArrayBufferView<ArrayBuffer>): void {
    this.#settle(buffer);
    this.#device.queue.writeBuffer(buffer, offset, data);
  }

  destroy(buffer: GPUBuffer): void {
    this.#settle(buffer);
    buffer.destroy();
  }

  #settle(buffer: GPUBuffer): void {
    if (this.#used.has(buffer)) this.submit();
  }
}
