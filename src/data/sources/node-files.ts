/*
 * The file system where the program runs in Node. It is asked of the process, not imported: the same module runs in
 * browsers, and no bundler goes looking for it.
 */

/** A part of `node:fs/promises`. */
export interface NodeFiles {
  readFile(path: string): Promise<Uint8Array<ArrayBuffer>>;
  stat(path: string): Promise<{ size: number; isDirectory(): boolean }>;
  readdir(path: string): Promise<string[]>;
  mkdir(path: string): Promise<unknown>;
  rename(from: string, to: string): Promise<void>;
  rm(path: string, options: { force: boolean }): Promise<void>;
  open(path: string, flags: string): Promise<NodeFile>;
}

/** A part of `FileHandle`. */
export interface NodeFile {
  read(buffer: Uint8Array, offset: number, length: number, position: number | null): Promise<{ bytesRead: number }>;
  /** Goes on where the last one ended. */
  writeFile(buffer: Uint8Array): Promise<unknown>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

interface NodeProcess {
  getBuiltinModule?(name: string): unknown;
  env: Record<string, string | undefined>;
  platform: string;
  stdin: AsyncIterable<Uint8Array>;
}

/** Node's process; undefined elsewhere. */
export function nodeProcess(): NodeProcess | undefined {
  const { process } = globalThis as { process?: Partial<NodeProcess> & { versions?: { node?: string } } };
  return process?.versions?.node && process.getBuiltinModule ? (process as NodeProcess) : undefined;
}

/** Node's file system; undefined elsewhere. */
export const nodeFiles = (): NodeFiles | undefined =>
  nodeProcess()?.getBuiltinModule?.("node:fs/promises") as NodeFiles | undefined;

/** The user's home folder, in Node. */
export const homeFolder = (): string =>
  (nodeProcess()!.getBuiltinModule!("node:os") as { homedir(): string }).homedir();

/** A path from its parts, in Node. */
export const joinPath = (...parts: string[]): string =>
  (nodeProcess()!.getBuiltinModule!("node:path") as { join(...parts: string[]): string }).join(...parts);

/** A path of a file: URL, in Node. */
export const pathOfUrl = (url: URL): string =>
  (nodeProcess()!.getBuiltinModule!("node:url") as { fileURLToPath(url: URL): string }).fileURLToPath(url);
