import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Block } from "./blocks.js";

/** Changes what a block says before it runs; for the long tests, which name a backend. */
export type Change = (code: string) => string;

/**
 * Runs a block as it is printed, by the Node that runs the tests: `ts` as a module, whose code must be free of types;
 * `sh` by the shell, `npx neuromotor` being the package's program.
 *
 * @param folder - where it runs, in which `neuromotor` is installed
 * @returns what it prints on standard output
 * @throws Error with all that it printed where it fails
 */
export async function runBlock(block: Block, folder: string, change: Change = (code) => code): Promise<string> {
  const code = change(block.code);
  if (block.language === "ts") {
    const file = join(folder, `block-${block.line}.mjs`);
    await writeFile(file, code);
    return run(block, process.execPath, [file], folder);
  }
  await installProgram(folder);
  return run(block, "sh", ["-e", "-c", `PATH="$PWD/bin:$PATH"\n${code}`], folder);
}

/** Puts the program where npm does, and an `npx` that asks no registry; as npm's, it hands no signal on to the program. */
async function installProgram(folder: string): Promise<void> {
  const [bin, installed] = [join(folder, "bin"), join(folder, "node_modules/.bin")];
  for (const each of [bin, installed]) await mkdir(each, { recursive: true });
  const program = join(folder, "../node_modules/neuromotor/dist/cli.js");
  const npx = `#!/bin/sh\n[ "$1" = neuromotor ] || exit 127\nshift\n"${process.execPath}" "${program}" "$@"\n`;
  await writeFile(join(installed, "neuromotor"), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`, {
    mode: 0o755,
  });
  await writeFile(join(bin, "npx"), npx, { mode: 0o755 });
}

function run({ page, line }: Block, command: string, args: readonly string[], cwd: string): Promise<string> {
  const child = spawn(command, args, { cwd, timeout: 100_000, stdio: ["ignore", "pipe", "pipe"] });
  const written = { stdout: "", stderr: "" };
  child.stdout.on("data", (data) => (written.stdout += data));
  child.stderr.on("data", (data) => (written.stderr += data));
  return new Promise((resolve, reject) =>
    child.on("close", (code, signal) => {
      if (code === 0) return resolve(written.stdout);
      reject(new Error(`${page}:${line} ended with ${code ?? signal}:\n${written.stdout}${written.stderr}`));
    }),
  );
}
