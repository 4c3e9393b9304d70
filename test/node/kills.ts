import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { beforeAll, expect } from "vitest";
import { RandomStream } from "../../src/core/random.js";
import { openDevice } from "../../src/index.js";
import { loadModel, newestCheckpoint } from "../../src/node.js";
import { shaderFiles, wasmEngine } from "../../src/vite.config.js";
import { parametersOf, useFolder } from "../fixtures.js";
import { data, newTrainer, RUN } from "./killed-child.js";

/** Side by side, for as many processors as there are at least. */
const CHAINS = 2;
/** A process is killed after some checkpoints, and then at most so many milliseconds later. */
const MOST_CHECKPOINTS = 3;
const LONGEST_LIFE = 40;

const folder = useFolder().path();
let program: string;
beforeAll(async () => {
  const output = await build({
    configFile: false,
    logLevel: "error",
    plugins: [shaderFiles({ readable: true }), wasmEngine()],
    build: { ssr: fileURLToPath(new URL("killed-child.ts", import.meta.url)), outDir: folder, target: "es2022" },
  });
  const [{ fileName }] = (output as { output: { fileName: string; isEntry: boolean }[] }).output;
  program = join(folder, fileName);
});

/** Lets a process train and kills it. @returns the epoch it went on from */
function trainAndKill(directory: string, { checkpoints, milliseconds }: { checkpoints: number; milliseconds: number }) {
  return new Promise<number>((resolve, reject) => {
    const child = spawn(process.execPath, [program, "train", directory], { stdio: ["ignore", "pipe", "pipe"] });
    let written = "";
    let errors = "";
    child.stderr.on("data", (text) => (errors += text));
    child.stdout.on("data", (text) => {
      const before = written;
      written += text;
      const isDue = (output: string) => output.includes("\n") && output.split(".").length > checkpoints;
      if (isDue(written) && !isDue(before)) setTimeout(() => child.kill("SIGKILL"), milliseconds);
    });
    child.on("close", (_, signal) => {
      if (signal === "SIGKILL") resolve(Number.parseInt(written, 10));
      else reject(new Error(`the training ended by itself: ${errors}`));
    });
  });
}

/**
 * Kills a training so many times, at any moment: every checkpoint is whole, and the run is as if it had never been.
 */
export async function surviveKills(kills: number): Promise<void> {
  const random = new RandomStream(5, 0, 0);
  const waits = Array.from({ length: kills }, () => ({
    checkpoints: random.nextBelow(MOST_CHECKPOINTS + 1),
    milliseconds: random.nextUniform() * LONGEST_LIFE,
  }));
  const device = await openDevice({ backend: "cpu" });
  let read = 0;
  await Promise.all(
    Array.from({ length: CHAINS }, async (_, chain) => {
      const directory = join(folder, `chain ${chain}`);
      let epoch = 0;
      for (const wait of waits.slice((chain * kills) / CHAINS, ((chain + 1) * kills) / CHAINS)) {
        expect(await trainAndKill(directory, wait)).toBe(epoch);
        const names = (await readdir(directory).catch(() => [])).filter((name) => !name.endsWith(".partial"));
        for (const name of names) {
          const { training } = await loadModel(join(directory, name));
          expect(name).toBe(`epoch-${String(training!.epoch).padStart(6, "0")}`);
          epoch = Math.max(epoch, training!.epoch);
          read++;
        }
      }
      expect(epoch).toBeGreaterThan(kills / CHAINS / 2);
      using whole = newTrainer(device);
      await whole.fit(data, { ...RUN, epochs: epoch });
      const last = await loadModel((await newestCheckpoint(directory))!);
      expect(last.training!.epoch).toBe(epoch);
      expect(parametersOf(last)).toEqual(parametersOf(whole.model));
    }),
  );
  expect(read).toBeGreaterThan(kills);
  device.dispose();
}
