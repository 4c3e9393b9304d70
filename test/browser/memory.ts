import type { Page } from "playwright-core";

/** Bytes in use after garbage was collected: of the page's heap and the worker's, arrays included, and of the engine's memory. */
export interface MemoryInUse {
  page: number;
  worker: number;
  engine: number;
}

/** Code for the worker that keeps every memory of WebAssembly, to be counted. */
export const KEEPS_MEMORIES = `
self.memories = [];
for (const name of ["instantiate", "instantiateStreaming"]) {
  const usual = WebAssembly[name];
  WebAssembly[name] = async function (source, imports) {
    for (const part of Object.values(imports ?? {}))
      for (const each of Object.values(part)) if (each instanceof WebAssembly.Memory) self.memories.push(each);
    const made = await usual.apply(this, arguments);
    for (const each of Object.values((made.instance ?? made).exports))
      if (each instanceof WebAssembly.Memory) self.memories.push(each);
    return made;
  };
}
const usual = WebAssembly.Instance;
WebAssembly.Instance = new Proxy(usual, {
  construct(target, given) {
    const made = Reflect.construct(target, given);
    for (const each of Object.values(made.exports)) if (each instanceof WebAssembly.Memory) self.memories.push(each);
    return made;
  },
});`;

interface HeapUsage {
  usedSize: number;
  backingStorageSize: number;
}

/** A count of the memory that a page and its worker use, by Chromium's own means. */
export async function memoryOf(page: Page): Promise<() => Promise<MemoryInUse>> {
  const session = await page.context().newCDPSession(page);
  const waiting = new Map<number, (result: unknown) => void>();
  let last = 0;
  const worker = new Promise<string>((resolve) => {
    session.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
      if (targetInfo.type === "worker") resolve(sessionId);
    });
  });
  session.on("Target.receivedMessageFromTarget", ({ message }) => {
    const { id, result } = JSON.parse(message);
    waiting.get(id)?.(result);
    waiting.delete(id);
  });
  await session.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  const sessionId = await worker;
  const askWorker = (method: string) =>
    new Promise<unknown>((resolve) => {
      waiting.set(++last, resolve);
      const message = JSON.stringify({ id: last, method });
      void session.send("Target.sendMessageToTarget", { sessionId, message });
    });
  const bytes = ({ usedSize, backingStorageSize }: HeapUsage) => usedSize + backingStorageSize;
  return async () => {
    await session.send("HeapProfiler.collectGarbage");
    await askWorker("HeapProfiler.collectGarbage");
    const engine = await page.workers()[0].evaluate(() => {
      const { memories } = globalThis as unknown as { memories: WebAssembly.Memory[] };
      return memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
    });
    return {
      page: bytes((await session.send("Runtime.getHeapUsage")) as HeapUsage),
      worker: bytes((await askWorker("Runtime.getHeapUsage")) as HeapUsage),
      engine,
    };
  };
}
