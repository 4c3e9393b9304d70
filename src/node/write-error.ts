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
    const remedy = code === "ENOSPC" || code === "EDQUOT" ? " Free some space, or write elsewhere." : "";
    throw Object.assign(new Error(`${path} can't be written (${message}).${remedy}`), { cause, code });
  }
}
