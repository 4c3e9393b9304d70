// @module-tag slow
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { report as pageOf, type Run } from "neuromotor/report";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { useFolder } from "../fixtures.js";
import { cli, cliJson, expectFailure } from "./command-line.js";

const folder = useFolder();
const run = folder.path("run");

/** A table as people keep them: gaps, yes and no, dates, an identifier. */
const passengers = () => {
  const rows = Array.from({ length: 120 }, (_, i) => {
    const age = i % 7 === 3 ? "" : String(20 + ((i * 13) % 50));
    const joined = `20${10 + (i % 9)}-0${1 + (i % 9)}-1${i % 9}`;
    const member = (i * 7) % 5 < 2 ? "yes" : "no";
    const survived = member === "yes" || (i * 13) % 50 > 35 ? "alive" : "lost";
    return [i + 1, `Person ${i}`, age, member, joined, survived].join();
  });
  return ["id,name,age,member,joined,fate", ...rows].join("\n");
};

beforeAll(async () => {
  const file = folder.write("passengers.csv", passengers());
  await cliJson("train", file, "--target", "fate", "--epochs", "4", "--out", run);
});

const page = (...path: string[]) => readFileSync(join(...path, "report.html"), "utf8");
const textOf = (page: string) => page.replace(/<(style|script)[\s\S]*?<\/\1>/g, "").replace(/<[^>]+>/g, " ");
const figuresOf = (page: string) => [...page.matchAll(/<figure id="([^"]*)"/g)].map(([, id]) => id);

describe("a run's folder has its report", () => {
  test("with every picture that its data allow", () => {
    expect(figuresOf(page(run))).toEqual([
      "confusion-matrix",
      "roc",
      "precision-recall",
      "calibration",
      "learning-curves-loss",
      "learning-curves-accuracy",
      "gradient-norms",
      "network",
      "activations",
      "class-frequencies",
    ]);
  });

  test("that shows a table's own cells, and what trains it again", () => {
    const text = page(run);
    expect(text).toMatch(/<th scope="col" class="number">age<\/th><th scope="col">member<\/th><th scope="col">joined</);
    expect(text).toMatch(/<td class="number"><\/td><td>(yes|no)<\/td>/); // a gap is empty
    expect(text).toMatch(/<td>201\d-0\d-1\d<\/td>/);
    expect(text).toContain(`<code>neuromotor train ${folder.path("passengers.csv")} --target fate --epochs 4 `);
    expect(textOf(text)).toMatch(/predicts fate · 120 rows of 3 features/);
  });

  test("which report makes again to the letter, and in Spanish", async () => {
    const before = page(run);
    rmSync(join(run, "report.html"));
    const { code, stdout } = await cli("report", run);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `Wrote ${join(run, "report.html")}.\n` });
    expect(page(run) === before).toBe(true);
    const other = folder.path("spanish");
    await cli("report", run, "--language", "es", "--out", other);
    expect(page(other)).toContain('<html lang="es">');
    expect(page(run) === before).toBe(true);
  });

  test("and a description that report() takes as it is", async () => {
    const described = JSON.parse(readFileSync(join(run, "run.json"), "utf8")) as Run;
    expect(figuresOf(await pageOf(described))).toEqual(figuresOf(page(run)));
  });

  test("with a decision surface over two columns of a file", async () => {
    const rows = Array.from({ length: 80 }, (_, i) => {
      const [x, y] = [100 + ((i * 37) % 80), ((i * 53) % 80) / 1000];
      return [i % 11 === 5 ? "" : x, y, x / 80 - 1 + y * 12.5 > 1 ? "in" : "out"].join();
    });
    const file = folder.write("plane.csv", ["x,y,side", ...rows].join("\n"));
    const out = folder.path("plane");
    await cliJson("train", file, "--target", "side", "--epochs", "30", "--out", out);
    const { surface } = JSON.parse(readFileSync(join(out, "run.json"), "utf8")) as Run;
    expect(surface).toMatchObject({ x: { name: "x" }, y: { name: "y" }, classNames: ["in", "out"] });
    expect([surface!.x.values[0] < 100, Number(surface!.x.values[59]) > 179]).toEqual([true, true]);
    expect(surface!.points!.length).toBeGreaterThan(30); // rows with a gap have no place
    expect(surface!.points!.every(({ x }) => x >= 100)).toBe(true);
    expect(figuresOf(page(out))).toContain("decision-surface");
  });
});

describe("the options of a page", () => {
  test("--png draws every chart as a PNG file", async () => {
    const out = folder.path("pictures");
    await cli("report", run, "--png", "--out", out);
    const files = readdirSync(join(out, "charts"));
    expect(files.sort()).toEqual(
      figuresOf(page(out))
        .map((name) => `${name}.png`)
        .sort(),
    );
    for (const file of files) {
      const bytes = readFileSync(join(out, "charts", file));
      expect(bytes.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]));
      expect(bytes.readUInt32BE(16), file).toBeGreaterThan(100);
    }
  });

  test("--png says what to install where resvg isn't there", async () => {
    vi.doMock("@resvg/resvg-js", () => {
      throw new Error("Cannot find package");
    });
    const out = folder.path("without resvg");
    const failed = await cli("train", "iris", "--epochs", "1", "--backend", "cpu", "--png", "--out", out);
    expectFailure(failed, 2, /npm install @resvg\/resvg-js/);
    expect(existsSync(out)).toBe(false);
    vi.doUnmock("@resvg/resvg-js");
  });

  test("are refused where no page is written, and by words they don't know", async () => {
    expectFailure(await cli("train", "iris", "--language", "es"), 2, /--language is for the report.* --out or --run/);
    expectFailure(await cli("train", "iris", "--lr", "0.1,0.2", "--png"), 2, /--png is for the report/);
    expectFailure(await cli("compare", run, "--png"), 2, /--png is for the report, which is written with --out/);
    expectFailure(await cli("reproduce", "D2", "--language", "es"), 2, /written with --out/);
    expectFailure(await cli("report", run, "--language", "fr"), 2, /--language must be one of en, es/);
  });

  test("a page that isn't a report is never overwritten", async () => {
    const mine = folder.path("mine");
    mkdirSync(mine);
    writeFileSync(join(mine, "report.html"), "mine");
    for (const args of [
      ["report", run, "--out", mine],
      ["compare", run, "--out", mine],
      ["train", "iris", "--lr", "0.1,0.2", "--out", mine],
    ]) {
      expectFailure(await cli(...args), 2, /report\.html isn't neuromotor's/);
    }
    expect(readFileSync(join(mine, "report.html"), "utf8")).toBe("mine");
  });
});

describe("runs side by side", () => {
  const grid = folder.path("grid");

  beforeAll(async () => {
    const out = ["--out", grid, "--language", "es", "--epochs", "3"];
    await cliJson("train", "iris", ...out, "--optimizer", "sgd", "--lr", "0.1,0.01,1e30", "--seed", "1,2");
  });

  test("a grid has a page that leads to those of its runs", () => {
    const text = page(grid);
    expect(text).toContain('<html lang="es">');
    expect(figuresOf(text)).toEqual(["scores", "learning-curves-loss", "learning-curves-accuracy"]);
    const links = [...text.matchAll(/<a href="([^#"][^"]*)"/g)].map(([, href]) => decodeURIComponent(href));
    expect(links).toHaveLength(4); // two diverged
    for (const link of links) expect(existsSync(join(grid, link)), link).toBe(true);
    expect(textOf(text)).toContain("mejor exactitud en filas de validación");
    expect(textOf(text)).toContain("lr 0.1");
    expect(page(grid, dirname(links[0]))).toContain('<html lang="es">');
  });

  test("report and compare write the same of it", async () => {
    const [again, compared] = [folder.path("again"), folder.path("compared")];
    const { code } = await cli("report", grid, "--out", again);
    expect(code).toBe(0);
    const { stdout } = await cli("compare", grid, "--out", compared);
    expect(stdout).toMatch(new RegExp(`\\nIts report: ${join(compared, "report.html")}\\n$`));
    const bodies = [again, compared].map((of) => page(of).replace(/<code>.*?<\/code>/g, ""));
    expect(bodies[0] === bodies[1]).toBe(true);
    expect(figuresOf(bodies[0])).toEqual(["scores", "learning-curves-loss", "learning-curves-accuracy"]);
  });

  test("runs of different data are said to be that", async () => {
    const out = folder.path("different");
    await cli("compare", run, grid, "--out", out);
    expect(textOf(page(out))).toMatch(/runs are of different data/);
  });

  test("are drawn in the terminal: losses as a line of blocks, scores as bars", async () => {
    const { stdout } = await cli("train", "iris", "--epochs", "9", "--backend", "cpu");
    expect(stdout).toMatch(/\n +loss {2}█[▁▂▃▄▅▆▇█]{8} {2}\d\.\d{4} to \d\.\d{4}\nvalidation loss {2}[▁-█]{9} {2}/);
    expect(stdout).toMatch(/\n +F1\n +setosa {2}█/);
    const { stdout: compared } = await cli("compare", grid);
    expect(compared).toMatch(/ s {2}█+[▏▎▍▌▋▊▉]? *\*?\n/);
  });
});

test("a folder without a description is refused, and the way out said", async () => {
  const old = folder.path("old");
  cpSync(run, old, { recursive: true });
  rmSync(join(old, "run.json"));
  expectFailure(await cli("report", old), 2, /saved by an older release. Train again with --out/);
  for (const text of ["{", "[1]", "{}", "null"]) {
    writeFileSync(join(old, "run.json"), text);
    expectFailure(await cli("report", old), 2, /run\.json: it (is damaged|doesn't describe a run)/);
  }
  expectFailure(await cli("report", folder.path("nowhere")), 2, /there is no such folder/);
});
