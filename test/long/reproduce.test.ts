import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { reports } from "../../src/cli/experiments/tables/index.js";
import { cli } from "../cli/command-line.js";
import { useFolder } from "../fixtures.js";

/*
 * Every published experiment and every record, whole: three seeds of each cell. An hour on a processor of its own. What
 * came of it once is docs/experiments.md.
 */

const folder = useFolder();
const published = fileURLToPath(new URL("../../../shared/data/", import.meta.url));
const isThere = existsSync(published);

interface JsonRow {
  id: string;
  mean: number | null;
  verdict: string;
  figures: { name: string; mean: number | null }[];
  problem?: string;
}

test.each(Object.entries(reports))(
  "report %s comes out as published, or better",
  async (letter, { rows }) => {
    if (!isThere) vi.spyOn(globalThis, "fetch").mockRejectedValue(new Error("no network"));
    const dataDir = isThere ? published : folder.path("none");
    const { code, stdout, stderr } = await cli(
      "reproduce",
      letter,
      "--backend",
      "wasm",
      "--data-dir",
      dataDir,
      "--json",
    );
    expect(code, stderr).toBe(0);
    const found: JsonRow[] = JSON.parse(stdout).rows;
    expect(found.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    for (const { id, mean, verdict, problem } of found) console.log(`${id}: ${mean} ${verdict} ${problem ?? ""}`);
    const missing = isThere ? [] : ["no data"];
    const right = ["reached", "equal", "done", "stayed at chance", "trained; failed there", ...missing];
    expect(found.filter(({ verdict }) => !right.includes(verdict))).toEqual([]);
  },
  4 * 3_600_000,
);

test("every row works, cut short where it is long", async () => {
  if (!isThere) vi.spyOn(globalThis, "fetch").mockRejectedValue(new Error("no network"));
  const out = folder.path("quick");
  const options = [
    "--backend",
    "wasm",
    "--data-dir",
    isThere ? published : folder.path("none"),
    "--out",
    out,
    "--json",
  ];
  const { code, stdout, stderr } = await cli("reproduce", "--quick", ...options);
  expect(code, stderr).toBe(0);
  const found: JsonRow[] = JSON.parse(stdout).rows;
  expect(found.map(({ id }) => id)).toEqual(Object.values(reports).flatMap(({ rows }) => rows.map(({ id }) => id)));
  const missing = found.filter(({ verdict }) => verdict === "no data").map(({ id }) => id);
  if (isThere) expect(missing).toEqual([]);
  else console.warn(`no data for ${missing.join(", ")}`);
  for (const { id, figures, verdict } of found) {
    if (verdict === "no data") continue;
    // Each figure is of a score that there is; and what isn't cut short is what was published, or better.
    for (const { name, mean } of figures) expect(mean, `${id} ${name}`).toEqual(expect.any(Number));
    expect(["reached", "equal", "done", "stayed at chance", "trained; failed there"], id).toContain(verdict);
  }
  expect(readFileSync(`${out}/runs.jsonl`, "utf8").split("\n").length).toBeGreaterThan(isThere ? 100 : 50);
}, 600_000);
