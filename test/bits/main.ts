import { execFileSync, fork } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { cases } from "./cases.js";
import type { Order, Outcome } from "./child.js";
import { devices } from "./devices.js";
import { judge, type Verdict } from "./judge.js";

const OPTIONS = {
  cases: { type: "string" },
  devices: { type: "string" },
  quick: { type: "boolean" },
  all: { type: "boolean" },
  counts: { type: "boolean" },
  list: { type: "boolean" },
} as const;

interface Judged extends Verdict {
  name: string;
  device: string;
}

/** See bits.mjs. @returns the exit code: 1 when something differs or fails */
export async function main(args: string[], root: string): Promise<number> {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  const { quick = false, counts = false } = values;
  const isWanted = (each: { quick?: boolean }) => each.quick || !quick;
  const names = chosen(
    values.cases,
    cases.filter(isWanted).map(({ name }) => name),
  );
  const all = Object.keys(devices).filter((name) => isWanted(devices[name]));
  const deviceNames = chosen(values.devices, all);
  if (values.list) {
    console.log([...names, "", ...deviceNames].join("\n"));
    return 0;
  }
  const started = performance.now();
  const checkouts = [resolve(root), resolve(root, positionals[0] ?? "../base")];
  for (const checkout of checkouts) buildIfStale(checkout);
  const isRun = (name: string, device: string) =>
    values.all || !devices[device].products || cases.find((each) => each.name === name)!.products;
  const jobs = deviceNames.flatMap((device) =>
    names.filter((name) => isRun(name, device)).map((name) => [name, device] as const),
  );
  const [mine, other] = await Promise.all(checkouts.map((checkout) => outcomes({ checkout, counts, jobs })));
  const judged = jobs.map(([name, device], i) => ({ name, device, ...judge(mine[i], other[i], counts) }));
  console.log(tableOf(names, deviceNames, judged));
  const compared = judged.filter(({ mark }) => mark !== "-").length;
  const wrong = judged.filter(({ mark }) => mark === "DIFF" || mark === "FAIL").length;
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`\n${checkouts.join(" against ")}: ${compared} trainings compared in ${seconds} s, ${wrong} wrong`);
  return wrong > 0 || compared === 0 ? 1 : 0;
}

/** Those whose names contain one of some texts, given with commas between them. */
function chosen(asked: string | undefined, names: readonly string[]): readonly string[] {
  const parts = asked?.split(",").map((part) => part.trim()) ?? [""];
  const found = names.filter((name) => parts.some((part) => name.includes(part)));
  if (found.length === 0) throw new Error(`There is no "${asked}" among: ${names.join("; ")}`);
  return found;
}

/** Builds a checkout whose sources are newer than what was built of them. */
function buildIfStale(checkout: string): void {
  if (!existsSync(join(checkout, "package.json"))) throw new Error(`${checkout} is no checkout. See test/bits.mjs.`);
  const built = join(checkout, "dist/index.js");
  const times = ["src", "shaders"].flatMap((folder) =>
    readdirSync(join(checkout, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  );
  if (existsSync(built) && statSync(built).mtimeMs > Math.max(...times)) return;
  console.log(`${checkout} is built first.`);
  execFileSync("npm", ["run", "--silent", "build"], { cwd: checkout, stdio: "inherit" });
}

/** Runs a checkout's trainings in a process of its own. */
function outcomes(order: Order): Promise<Outcome[]> {
  return new Promise((done, fail) => {
    const child = fork(fileURLToPath(new URL("child.mjs", import.meta.url)), { serialization: "advanced" });
    const found: Outcome[] = [];
    child.on("message", (outcome: Outcome) => found.push(outcome));
    child.on("exit", (code) => {
      if (found.length === order.jobs.length) done(found);
      else fail(new Error(`${order.checkout}: ended with ${code} at ${order.jobs[found.length].join(" on ")}`));
    });
    child.send(order);
  });
}

/** A line for each training, a column for each device; then what there is to say, each thing once. */
function tableOf(names: readonly string[], deviceNames: readonly string[], judged: readonly Judged[]): string {
  const width = Math.max(...names.map((name) => name.length));
  const line = (first: string, cells: readonly string[]) =>
    [first.padEnd(width), ...cells.map((cell, i) => cell.padEnd(Math.max(deviceNames[i].length, 5)))].join("  ");
  const marks = names.map((name) =>
    line(
      name,
      deviceNames.map((device) => judged.find((each) => each.name === name && each.device === device)?.mark ?? ""),
    ),
  );
  const texts = judged.flatMap(({ name, device, mark, text }) =>
    text === undefined ? [] : [mark === "-" ? `- ${device}: ${text}` : `${mark} ${name}, on ${device}: ${text}`],
  );
  return [line("", deviceNames), ...marks, "", ...new Set(texts)].map((text) => text.trimEnd()).join("\n");
}
