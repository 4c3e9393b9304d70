import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { BackendName, Contestant, Timing, Work } from "./contestant.js";

interface Answer extends Partial<Timing> {
  description?: string;
  lengths: number[];
}

/** Variables that pin Python's libraries of products to a processor, or to fewer threads than they would take. */
const PINNED = /^(OPENBLAS|GOTO|OMP|MKL|BLIS|VECLIB)_/;

/** A Python process that does the work and takes the time; see peers.py. */
export async function open(backend: BackendName): Promise<Contestant> {
  const script = fileURLToPath(new URL("./peers.py", import.meta.url));
  if (!existsSync(script)) throw new Error(`${script} is missing`);
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !PINNED.test(name)));
  const python = spawn("python3", [script, backend], { stdio: ["pipe", "pipe", "pipe"], env });
  let complaints = "";
  python.stderr.on("data", (text) => {
    complaints = (complaints + text).slice(-2000);
  });
  let ended: string | undefined;
  const end = (reason: string) => {
    ended ??= reason;
  };
  python.on("error", ({ message }) => end(message));
  python.stdin.on("error", () => {}); // reported by its end
  process.on("exit", () => python.kill("SIGKILL"));
  const output = python.stdout[Symbol.asyncIterator]();
  let received: Buffer = Buffer.alloc(0);

  const more = async () => {
    const { value, done } = await output.next();
    if (done) throw new Error(ended ?? complaints.trim().split("\n").at(-1) ?? "Python ended");
    received = Buffer.concat([received, value as Buffer]);
  };
  const take = async (bytes: number) => {
    while (received.length < bytes) await more();
    const taken = received.subarray(0, bytes);
    received = received.subarray(bytes);
    return taken;
  };
  const answer = async (): Promise<Answer> => {
    while (!received.includes("\n")) await more();
    return JSON.parse((await take(received.indexOf("\n") + 1)).toString()) as Answer;
  };
  const ask = (request: object, arrays: readonly (Float32Array | Uint32Array)[] = []) => {
    python.stdin.write(`${JSON.stringify(request)}\n`);
    for (const { buffer, byteOffset, byteLength } of arrays) {
      python.stdin.write(new Uint8Array(buffer, byteOffset, byteLength));
    }
    return answer();
  };
  const work: Work = {
    async run(steps) {
      const timing = await ask({ ask: "run", steps });
      return { steps: timing.steps!, milliseconds: timing.milliseconds! };
    },
    async result() {
      const { lengths } = await ask({ ask: "result" });
      const arrays: Float32Array[] = [];
      for (const length of lengths) arrays.push(new Float32Array(new Uint8Array(await take(4 * length)).buffer));
      return arrays;
    },
    dispose() {},
  };
  const { description } = await answer();
  return {
    description: description!,
    async train({ features, labels, parameters, input, weights, batch, rows }) {
      if (input.length > 1) throw new Error("peers.py has no convolutions and no LSTM");
      const sizes = [input[0], ...weights.map((shape) => shape[1])];
      await ask({ ask: "train", sizes, batch, rows, models: 0 }, [features, labels, ...parameters]);
      return work;
    },
    async trainMany({ features, labels, input, weights, batch, rows }, first) {
      const sizes = [input[0], ...weights.map((shape) => shape[1])];
      await ask({ ask: "train", sizes, batch, rows, models: first.length }, [features, labels, ...first.flat()]);
      return work;
    },
    async multiply(size, a, b) {
      await ask({ ask: "multiply", size }, [a, b]);
      return work;
    },
  };
}
