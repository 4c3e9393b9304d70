import { open } from "node:fs/promises";
import { writing } from "./write-error.js";

/**
 * Appends text or bytes to a file: all, or none where the disk has no room for all.
 *
 * @throws Error naming the file; what it has is then as it was
 */
export function appendWhole(path: string, content: string | Uint8Array): Promise<void> {
  return writing(path, async () => {
    const file = await open(path, "a");
    try {
      const { size } = await file.stat();
      await file.appendFile(content).catch(async (error) => {
        await file.truncate(size).catch(() => {}); // a device has no length
        throw error;
      });
    } finally {
      await file.close();
    }
  });
}
