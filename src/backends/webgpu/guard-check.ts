import type { DeviceBuffer } from "../backend.js";

/** @throws Error naming a buffer with another word than `guard` in the margin before or after it */
export async function checkGuards<B extends DeviceBuffer>(
  buffers: readonly B[],
  margin: number,
  guard: number,
  read: (parts: { buffer: B; from: number; bytes: number }[]) => Promise<ArrayBuffer>,
): Promise<void> {
  for (const buffer of buffers) {
    const end = margin + buffer.length * 4;
    const words = await read([0, end].map((from) => ({ buffer, from, bytes: margin })));
    if (!new Uint32Array(words).every((word) => word === guard)) {
      throw new Error(`A kernel wrote outside the buffer ${buffer.label}.`);
    }
  }
}
