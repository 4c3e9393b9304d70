/**
 * Work that writes a file; where it fails the error names the file, which a full disk's doesn't by itself.
 *
 * @throws Error with the file's path, the reason and its code
 */
export async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { message, code } = cause as NodeJS.ErrnoException;
    if (message.includes(path)) throw cause;
    throw Object.assign(new Error(`${path} can't be written (${message}).${remedyOf(cause)}`), { cause, code });
  }
}

const NO_ROOM: readonly (string | undefined)[] = ["ENOSPC", "EDQUOT"];

/** A sentence on what to do where a disk, or a user's share of it, is full; else empty. */
export const remedyOf = (cause: unknown): string =>
  NO_ROOM.includes((cause as NodeJS.ErrnoException).code) ? " Free some space, or write elsewhere." : "";
