// @module-tag slow
import { execFile } from "node:child_process";
import { cp, readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { useFolder } from "../fixtures.js";
import { publishedPackage } from "../package.js";

/*
 * Charts of the package as it is published, in a folder where nothing else is installed.
 */
const run = promisify(execFile);
const folder = useFolder();
const own = folder.path("node_modules/neuromotor");

beforeAll(async () => {
  await cp(join(await publishedPackage(), "node_modules/neuromotor"), own, { recursive: true });
});

const node = async (program: string) =>
  (await run(process.execPath, ["--input-type=module", "--eval", program], { cwd: folder.path() })).stdout;

const PROGRAM = `
import { drawChart, learningCurves, report } from "neuromotor/report";
const epochs = [1, 2, 3].map((epoch) => ({ epoch, loss: 1 / epoch }));
const chart = learningCurves({ epochs });
console.log(chart.description.slice(0, 10));
console.log(await drawChart(chart).then((svg) => svg.slice(0, 4), (error) => error.message));
console.log(await report({ name: "tiny", history: { epochs } }).then((page) => page.slice(0, 15), (error) => error.message));
`;

test("are drawn after a plain install", async () => {
  expect((await node(PROGRAM)).split("\n")).toEqual(["Line chart", "<svg", "<!doctype html>", ""]);
});

test("need the file that draws when one is drawn, not before", async () => {
  const file = join(own, "dist/vega.js");
  await rename(file, `${file}.away`);
  const [described, drawn, reported] = (await node(PROGRAM)).split("\n");
  await rename(`${file}.away`, file);
  expect(described).toBe("Line chart");
  for (const message of [drawn, reported]) expect(message).toMatch(/Cannot find module .*vega\.js/);
});

test("come with the licences of all that draws them, beside it", async () => {
  const files = await readdir(join(own, "dist"));
  expect(files).toEqual(expect.arrayContaining(["vega.js", "vega.licenses.md"]));
  const text = await readFile(join(own, "dist/vega.licenses.md"), "utf8");
  const sections = text.split(/^## /m).slice(1);
  const names = sections.map((section) => section.split(" ", 1)[0]);
  expect(names).toEqual(expect.arrayContaining(["vega", "vega-lite", "vega-interpreter", "vega-scale", "d3-scale"]));
  for (const section of sections) expect(section).toMatch(/Copyright|Permission/);
});
