import { ArgumentError, DataError } from "../../core/errors.js";
import { shorten } from "../csv/text.js";
import { nodeFiles, nodeProcess, pathOfUrl } from "./node-files.js";

/** Source of bytes: a path (in Node) or address, "-" for standard input; or bytes, a file, a stream, a response. */
export type ByteInput =
  | string
  | URL
  | Uint8Array
  | ArrayBuffer
  | Blob
  | Response
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>;

/** Bytes that can be read several times, piece by piece, decompressed where they were gzip. */
export interface ByteSource {
  /** Name of the source in messages. */
  name: string;
  pieces(): AsyncIterable<Uint8Array>;
}

const PIECE = 2 ** 20;

/** @throws ArgumentError when it isn't a source of bytes; DataError when there is no such file, or it can't be had */
export async function openSource(input: ByteInput, name?: string): Promise<ByteSource> {
  const source = await rawSource(input);
  return { name: name ?? source.name, pieces: () => decompressed(source) };
}

/** All bytes of a source, decompressed. */
export async function readAll(source: ByteSource): Promise<Uint8Array<ArrayBuffer>> {
  return gather(source.pieces());
}

/** The first bytes of a source, decompressed; fewer where it is shorter. */
export async function readHead(source: ByteSource, length: number): Promise<Uint8Array> {
  const head: Uint8Array[] = [];
  let size = 0;
  for await (const piece of source.pieces()) {
    head.push(piece);
    size += piece.length;
    if (size >= length) break;
  }
  return joined(head, size).subarray(0, length);
}

async function rawSource(input: ByteInput): Promise<ByteSource> {
  if (typeof input === "string") return input === "-" ? standardInput() : namedSource(input);
  if (input instanceof URL) return input.protocol === "file:" ? fileSource(pathOfUrl(input)) : fetched(input.href);
  if (input instanceof Uint8Array) return bytesSource(input);
  if (input instanceof ArrayBuffer) return bytesSource(new Uint8Array(input));
  if (typeof Blob === "function" && input instanceof Blob) {
    const { name = "file" } = input as Blob & { name?: string };
    return { name, pieces: () => streamPieces(input.stream()) };
  }
  if (typeof Response === "function" && input instanceof Response) return responseSource(input);
  const stream = input as ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;
  if (stream !== null && typeof stream === "object" && ("getReader" in stream || Symbol.asyncIterator in stream)) {
    const pieces = "getReader" in stream ? streamPieces(stream) : stream;
    return bytesSource(await gather(pieces)); // it can't be read again
  }
  throw new ArgumentError(
    "A source of data must be a path or address, bytes, a Blob, a Response or a stream of bytes; for rows of a program " +
      "there is tableFromRecords().",
  );
}

const bytesSource = (bytes: Uint8Array, name = "data"): ByteSource => ({
  name,
  async *pieces() {
    for (let from = 0; from < bytes.length; from += PIECE) yield bytes.subarray(from, from + PIECE);
  },
});

function namedSource(text: string): Promise<ByteSource> | ByteSource {
  if (/[\r\n]/.test(text)) {
    throw new ArgumentError(
      "A source of data that is text must be a path or an address; for the text itself there is tableFromCsv().",
    );
  }
  if (/^(https?|data|blob):/i.test(text)) return fetched(text);
  return text.startsWith("file:") ? fileSource(pathOfUrl(new URL(text))) : fileSource(text);
}

async function standardInput(): Promise<ByteSource> {
  const node = nodeProcess();
  if (!node) throw new ArgumentError('There is no standard input here; "-" is for Node.');
  return bytesSource(await gather(node.stdin), "standard input");
}

async function fetched(url: string): Promise<ByteSource> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (cause) {
    throw Object.assign(new DataError(`${url}: it can't be fetched (${(cause as Error).message}).`), { cause });
  }
  return responseSource(response, url);
}

async function responseSource(response: Response, url = response.url): Promise<ByteSource> {
  if (!response.ok) throw new DataError(`${url}: the server answered ${response.status} ${response.statusText}.`);
  const name = url.split(/[?#]/)[0].split("/").at(-1) || "data";
  return bytesSource(new Uint8Array(await response.arrayBuffer()), name);
}

const READ_ERRORS: Record<string, string> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EISDIR: "it is a folder, not a file",
  EACCES: "it may not be read",
};

/** Message about a file that can't be read. */
export function fileError(path: string, cause: unknown): DataError {
  const { code = "", message } = cause as Error & { code?: string };
  return Object.assign(new DataError(`${path}: ${READ_ERRORS[code] ?? message}.`), { cause });
}

async function fileSource(path: string): Promise<ByteSource> {
  const files = nodeFiles();
  if (!files) {
    throw new ArgumentError(`${shorten(path)}: a path is for Node. In a browser give a File, an address, or bytes.`);
  }
  try {
    if ((await files.stat(path)).isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
    await (await files.open(path, "r")).close();
  } catch (cause) {
    throw fileError(path, cause);
  }
  const name = path.split(/[/\\]/).at(-1)!;
  return { name, pieces: () => filePieces(path) };
}

async function* filePieces(path: string): AsyncIterable<Uint8Array> {
  const file = await nodeFiles()!.open(path, "r");
  try {
    for (;;) {
      const buffer = new Uint8Array(PIECE);
      const { bytesRead } = await file.read(buffer, 0, PIECE, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function* streamPieces(stream: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

async function* decompressed({ name, pieces }: ByteSource): AsyncIterable<Uint8Array> {
  const from = pieces()[Symbol.asyncIterator]();
  const first = await from.next();
  const rest: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => {
      let isFirst = true;
      const next = () => {
        if (!isFirst) return from.next();
        isFirst = false;
        return Promise.resolve(first);
      };
      return { next, return: async (value) => (await from.return?.(value)) ?? { done: true, value } };
    },
  };
  const isGzip = !first.done && first.value[0] === 0x1f && first.value[1] === 0x8b;
  if (!isGzip) {
    yield* rest;
    return;
  }
  try {
    yield* inflated(rest, "gzip");
  } catch (cause) {
    throw Object.assign(new DataError(`${name}: the gzip file is damaged or cut off.`), { cause });
  }
}

/** Bytes without their compression. */
export function inflated(pieces: AsyncIterable<Uint8Array>, format: "gzip" | "deflate-raw"): AsyncIterable<Uint8Array> {
  const from = pieces[Symbol.asyncIterator]();
  const compressed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const { done, value } = await from.next();
      if (done) controller.close();
      else controller.enqueue(value as Uint8Array<ArrayBuffer>);
    },
    async cancel() {
      await from.return?.();
    },
  });
  return streamPieces(compressed.pipeThrough(new DecompressionStream(format)));
}

async function gather(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const all: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces) {
    all.push(piece);
    size += piece.length;
  }
  return joined(all, size);
}

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
