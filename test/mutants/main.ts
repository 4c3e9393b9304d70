import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fusions } from "./fusions.js";
import { guards } from "./guards.js";
import type { Mutant } from "./mutant.js";
import { forgottenOption, options } from "./options.js";

/** Every mutant there is. */
export const mutants: readonly Mutant[] = [...fusions, ...guards, ...options, forgottenOption];

/** See mutants.mjs. @returns the exit code: 1 when a mutant isn't caught, or a test fails without any */
export async function main(args: string[], root: string): Promise<number> {
  const { values } = parseArgs({ args, options: { only: { type: "string" }, list: { type: "boolean" } } });
  const parts = values.only?.split(",") ?? [""];
  const chosen = mutants.filter(({ name }) => parts.some((part) => name.includes(part)));
  if (chosen.length === 0) throw new Error(`There is no mutant "${values.only}".`);
  for (const mutant of chosen) mutated(root, mutant);
  if (values.list) {
    console.log(chosen.map(({ name }) => name).join("\n"));
    return 0;
  }
  const copy = copyOf(root);
  try {
    return report(copy, chosen);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** A checkout to be edited, its packages those of the other. */
function copyOf(root: string): string {
  const copy = mkdtempSync(join(root, "node_modules/.mutants-"));
  for (const name of readdirSync(root)) {
    if ([".git", "dist", "node_modules"].includes(name)) continue;
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  if (existsSync(join(root, "dist"))) symlinkSync(join(root, "dist"), join(copy, "dist"));
  return copy;
}

/** The text of a mutant's file. @throws Error when what it changes isn't there, or more than once */
export function mutated(root: string, { name, file, edit: [from, to] }: Mutant): string {
  const text = readFileSync(join(root, file), "utf8");
  const count = text.split(from).length - 1;
  if (count !== 1) throw new Error(`${name}: ${file} has ${JSON.stringify(from)} ${count} times, not once.`);
  return text.replace(from, () => to);
}

/** Tests each mutant, and before the first of the same tests that they pass without it. */
function report(copy: string, mutants: readonly Mutant[]): number {
  const started = performance.now();
  const isGood = new Map<string, boolean>();
  let wrong = 0;
  let all = 0;
  for (const mutant of mutants) {
    const { tests, named, config } = mutant;
    const key = JSON.stringify({ tests, named });
    if (!isGood.has(key)) isGood.set(key, run(copy, { tests, named }).outcome === "passed");
    const whole = readFileSync(join(copy, mutant.file), "utf8");
    writeFileSync(join(copy, mutant.file), mutated(copy, mutant));
    const { outcome, passed, failed } = isGood.get(key) ? run(copy, mutant) : NOTHING;
    writeFileSync(join(copy, mutant.file), whole);
    const said = { failed: "caught", passed: "NOT CAUGHT", none: "its tests don't pass, or there are none" }[outcome];
    all += config ? passed.length + failed : 1;
    wrong += config ? passed.length : Number(outcome !== "failed");
    console.log(`${said.padEnd(11)} ${mutant.name}`);
    if (config) for (const name of passed) console.log(`NOT CAUGHT  ${name}`);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`\n${all - wrong} of ${all} mutants caught, in ${seconds} s`);
  return wrong > 0 || all === 0 ? 1 : 0;
}

interface Outcome {
  outcome: "passed" | "failed" | "none";
  /** Names of the tests that passed. */
  passed: readonly string[];
  failed: number;
}

const NOTHING: Outcome = { outcome: "none", passed: [], failed: 0 };

/** Runs tests on the copy as it is: up to the first that fails, but where each has a fault of its own. */
function run(copy: string, { tests, named, config }: Pick<Mutant, "tests" | "named" | "config">): Outcome {
  const file = join(copy, "result.json");
  const args = [
    ...["run", "--config", config ?? "test/vitest.config.ts", "--reporter", "json", "--outputFile", file],
    ...(named === undefined ? [] : ["--testNamePattern", named]),
    ...(config ? [] : ["--bail", "1"]),
    ...tests.map((path) => `test/${path}`),
  ];
  rmSync(file, { force: true });
  const { status } = spawnSync(join(copy, "node_modules/.bin/vitest"), args, { cwd: copy });
  if (!existsSync(file)) return NOTHING;
  const { numFailedTests: failed, testResults } = JSON.parse(readFileSync(file, "utf8")) as Results;
  const passed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .flatMap(({ fullName, status }) => (status === "passed" ? [fullName] : []));
  const isFailed = failed > 0 || status !== 0; // or a file couldn't even be loaded
  return { outcome: isFailed ? "failed" : passed.length > 0 ? "passed" : "none", passed, failed };
}

/** As Vitest writes them. */
interface Results {
  numFailedTests: number;
  testResults: { assertionResults: { fullName: string; status: string }[] }[];
}
