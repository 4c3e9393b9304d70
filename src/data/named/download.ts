import { DataError } from "../../core/errors.js";
import { makeFolderIn } from "../../core/make-folder.js";
import { homeFolder, joinPath, type NodeFile, type NodeFiles, nodeFiles, nodeProcess } from "../sources/node-files.js";
import { fileError } from "../sources/source.js";
import type { PublishedFile } from "./files.js";

/** Options of data sets that are downloaded on first use. */
export interface DownloadOptions {
  /** Folder of data sets; NEUROMOTOR_DATA, or one in the user's cache, where absent. For Node. */
  dataDir?: string;
  /** Base addresses to try before the published ones: `${mirror}/${path of the file}`. */
  mirrors?: readonly string[];
  /** Time without a byte after which the next address is tried; 20 seconds. */
  stallSeconds?: number;
}

const CACHE = "neuromotor-data";
const STALL_SECONDS = 20;

/** The folder of data sets. */
export function dataFolder(asked?: string): string {
  const { env, platform } = nodeProcess()!;
  const folder = asked ?? env.NEUROMOTOR_DATA;
  if (folder) return folder;
  const caches: Record<string, string | undefined> = {
    win32: env.LOCALAPPDATA,
    darwin: joinPath(homeFolder(), "Library", "Caches"),
  };
  return joinPath(env.XDG_CACHE_HOME || caches[platform] || joinPath(homeFolder(), ".cache"), "neuromotor", "data");
}

/**
 * The bytes of a published file: from the folder of data sets in Node, or the page's cache; downloaded where it isn't
 * there yet, and kept when its SHA-256 is right. A download that broke off goes on where it stopped.
 *
 * @throws DataError when no address gives the file, saying what each answered and where to put it by hand; or when the
 * file that is there is another
 */
export function publishedBytes(file: PublishedFile, options: DownloadOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const files = nodeFiles();
  return files ? fromFolder(files, file, options) : fromCache(file, options);
}

const addresses = ({ path, urls }: PublishedFile, { mirrors = [] }: DownloadOptions) => [
  ...mirrors.map((mirror) => `${mirror.replace(/\/$/, "")}/${path}`),
  ...urls,
];

async function fromFolder(files: NodeFiles, file: PublishedFile, options: DownloadOptions) {
  const path = joinPath(dataFolder(options.dataDir), ...file.path.split("/"));
  const there = await readBytes(files, path).catch((error: Error & { code?: string }) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw fileError(path, error);
  });
  if (there) {
    if ((await sha256(there)) === file.sha256) return there;
    throw new DataError(
      `${path}: it isn't the published file (its SHA-256 isn't ${file.sha256}). Remove it, and it is downloaded anew.`,
    );
  }
  try {
    await makeFolderIn(files, joinPath(path, ".."), (each) => joinPath(each, ".."));
  } catch (cause) {
    throw fileError(path, cause);
  }
  const partial = `${path}.partial`;
  const failures: string[] = [];
  for (const url of addresses(file, options)) {
    try {
      const bytes = await downloadTo(files, partial, url, file, options);
      await files.rename(partial, path);
      return bytes;
    } catch (error) {
      if ((error as { syscall?: string }).syscall === undefined) failures.push(`${url}: ${reasonOf(error)}`);
      else {
        // The disk's, not the network's: another address is of no use.
        await files.rm(partial, { force: true }).catch(() => {});
        throw unwritable(path, error as Error);
      }
    }
  }
  throw new DataError(
    `${missing(file, failures)} Put the file at ${path} (${file.bytes} bytes, SHA-256 ${file.sha256}).`,
  );
}

const unwritable = (path: string, cause: Error) =>
  Object.assign(
    new DataError(
      `${path} can't be written (${cause.message}). Free some space, or name another folder: NEUROMOTOR_DATA, or dataDir.`,
    ),
    { cause },
  );

const missing = ({ path }: PublishedFile, failures: readonly string[]) =>
  `${path} isn't in the folder of data sets and can't be downloaded:\n- ${failures.join("\n- ")}\n`;

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: Error & { code?: string } };
  return cause?.message ? `${message} (${cause.code ?? cause.message})` : message;
}

/** Appends what is missing to the partial file, or begins it anew; it is removed when it isn't the file. */
async function downloadTo(
  files: NodeFiles,
  partial: string,
  url: string,
  file: PublishedFile,
  options: DownloadOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const had = await files.stat(partial).then(
    ({ size }) => size,
    () => 0,
  );
  const from = had < file.bytes ? had : 0;
  if (from === 0) await files.rm(partial, { force: true });
  const { response, pieces } = await request(url, from, options);
  const continues = response.status === 206;
  const output = await files.open(partial, continues ? "a" : "w");
  let isTooLong: boolean;
  try {
    isTooLong = !(await writeAll(output, pieces, file.bytes - (continues ? from : 0)));
    await output.sync();
  } finally {
    await output.close();
  }
  const bytes = await readBytes(files, partial);
  if (isTooLong) {
    await files.rm(partial, { force: true });
    throw new DataError("it sent more bytes than the file has");
  }
  if (bytes.length < file.bytes) throw new DataError(`it broke off after ${bytes.length} of ${file.bytes} bytes`);
  if ((await sha256(bytes)) === file.sha256) return bytes;
  await files.rm(partial, { force: true });
  throw new DataError("it sent another file: the SHA-256 isn't the published one");
}

/** Node's Buffer as the array of bytes that it is. */
async function readBytes(files: NodeFiles, path: string): Promise<Uint8Array<ArrayBuffer>> {
  const { buffer, byteOffset, byteLength } = await files.readFile(path);
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** @returns whether there were at most so many bytes */
async function writeAll(output: NodeFile, pieces: AsyncIterable<Uint8Array>, most: number): Promise<boolean> {
  let left = most;
  for await (const piece of pieces) {
    left -= piece.length;
    if (left < 0) return false;
    await output.writeFile(piece);
  }
  return true;
}

/** Asks for a file from a byte on; the pieces end with an error when none comes for a while. */
async function request(url: string, from: number, { stallSeconds = STALL_SECONDS }: DownloadOptions) {
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(
      () => abort.abort(new DataError(`no byte came for ${stallSeconds} seconds`)),
      stallSeconds * 1000,
    );
  };
  wait();
  try {
    const headers = from > 0 ? { Range: `bytes=${from}-` } : undefined;
    const response = await fetch(url, { headers, signal: abort.signal });
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      throw new DataError(`the server answered ${response.status} ${response.statusText}`.trim());
    }
    const reader = response.body.getReader();
    const pieces = async function* () {
      try {
        for (;;) {
          wait();
          const { done, value } = await reader.read();
          if (done) return;
          yield value;
        }
      } finally {
        clearTimeout(timer);
        await reader.cancel().catch(() => {});
      }
    };
    return { response, pieces: pieces() };
  } catch (error) {
    clearTimeout(timer);
    throw error;
  }
}

async function fromCache(file: PublishedFile, options: DownloadOptions): Promise<Uint8Array<ArrayBuffer>> {
  const cache = typeof caches === "undefined" ? undefined : await caches.open(CACHE).catch(() => undefined);
  const key = `https://neuromotor.invalid/${file.path}`;
  const there = await cache?.match(key);
  if (there) return new Uint8Array(await there.arrayBuffer());
  const failures: string[] = [];
  for (const url of addresses(file, options)) {
    try {
      const { pieces } = await request(url, 0, options);
      const all: Uint8Array<ArrayBuffer>[] = [];
      for await (const piece of pieces) all.push(piece as Uint8Array<ArrayBuffer>);
      const bytes = new Uint8Array(await new Blob(all).arrayBuffer());
      if ((await sha256(bytes)) !== file.sha256)
        throw new DataError("it sent another file: the SHA-256 isn't the published one");
      await cache?.put(key, new Response(bytes)).catch(() => {}); // a full cache is no reason to fail
      return bytes;
    } catch (error) {
      failures.push(`${url}: ${reasonOf(error)}`);
    }
  }
  throw new DataError(
    `${missing(file, failures)}Give the page a mirror that it may read: { mirrors: ["https://..."] }.`,
  );
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  if (!globalThis.crypto?.subtle) throw new DataError("a page must come by https to check what it downloads");
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
