import { existsSync } from "node:fs";
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
