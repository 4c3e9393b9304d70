import { mkdirSync } from "node:fs";
import { encode as encodePng } from "fast-png";
import { expect } from "vitest";
import { run } from "../../src/cli/run.js";
import type { useFolder } from "../fixtures.js";

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the command line in this process. */
export async function cli(...args: string[]): Promise<Outcome> {
  const written = { stdout: "", stderr: "" };
  const code = await run(args, {
    stdout: { write: (text: string) => (written.stdout += text) },
    stderr: { write: (text: string) => (written.stderr += text) },
  });
  return { code, ...written };
}

/** Runs with --json on the CPU, and expects exactly one line of JSON. */
export async function cliJson(...args: string[]) {
  const { code, stdout, stderr } = await cli(...args, "--backend", "cpu", "--json");
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stdout).toMatch(/^[^\n]+\n$/);
  return JSON.parse(stdout);
}

/** Expects the exit code, nothing on standard output, and one short line on standard error that says `message`. */
export function expectFailure({ code, stdout, stderr }: Outcome, expected: number, message: RegExp): void {
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^neuromotor: [^\n]{1,400}\n$/);
  expect({ code, stdout }).toEqual({ code: expected, stdout: "" });
}

/** A table that is easy to learn: the class says whether a + b is above 1; the number is 3 a - 2 b + 100. */
export function table(rows: number, target: "class" | "number"): string {
  const lines = [`id,a,"b, with comma",${target}`];
  for (let i = 0; i < rows; i++) {
    const [a, b] = [(i * 0.37) % 1, (i * 0.73) % 1];
    const truth = target === "class" ? (a + b > 1 ? "high" : "low") : 3 * a - 2 * b + 100;
    lines.push(`${i % 7},${a.toFixed(3)},${b.toFixed(3)},${truth}`);
  }
  return `${lines.join("\n")}\n`;
}

/** Writes a folder of small images by class, stripes one way or the other. @returns its path */
export function writeImages({ path, write }: ReturnType<typeof useFolder>, name: string): string {
  for (const label of ["across", "down"]) {
    mkdirSync(path(name, label), { recursive: true });
    for (let i = 0; i < 20; i++) {
      const at = (row: number, column: number) => ((label === "across" ? row : column) + i) % 4 < 2;
      const data = Uint8Array.from({ length: 64 }, (_, p) => (at(p >> 3, p & 7) ? 255 - i : i));
      write(`${name}/${label}/${i}.png`, encodePng({ width: 8, height: 8, channels: 1, data }));
    }
  }
  return path(name);
}
