import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Files under a folder of the repository, as paths from its root. */
function filesIn(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !file.includes("node_modules") && !file.includes("dist/"))
    .sort();
}

const textOf = (file: string) => readFileSync(join(root, file), "utf8");

interface Import {
  from: string;
  typeOnly: boolean;
}

/** Imports and re-exports that a file begins with, wherever their line breaks are. */
const staticImportsOf = (text: string): Import[] =>
  [...text.matchAll(/^\s*(?:import|export)\s+(type\s)?[^;"']*?from\s*["']([^"']+)["']/gm)].map(([, type, from]) => ({
    from,
    typeOnly: type !== undefined,
  }));

/** Every static and dynamic import and re-export of a file. */
function importsOf(text: string): Import[] {
  const statements = staticImportsOf(text);
  const bare = [...text.matchAll(/^\s*import\s*["']([^"']+)["']/gm)].map(([, from]) => ({ from, typeOnly: false }));
  const dynamic = [...text.matchAll(/\bimport\(\s*["'`]([^"'`]+)["'`]/g)].map(([, from]) => ({
    from,
    typeOnly: false,
  }));
  return [...statements, ...bare, ...dynamic];
}

/** The room that a file of src stands in; the entries are rooms of their own. */
function roomOf(file: string): string {
  const parts = relative("src", file).split("/");
  if (parts.length === 1) return parts[0];
  return parts[0] === "backends" && parts.length > 2 ? `backends/${parts[1]}` : parts[0];
}

/*
 * Imports allowed to each room, its own files aside. `types` names rooms of which only types may be taken. Rooms are in
 * order: none imports from one that stands below it.
 */
const LANGUAGE = ["core", "graph", "ops"];
const MODEL = [...LANGUAGE, "layers", "losses", "optimizers", "schedules", "initializers", "model"];
const rooms: Record<string, { imports: string[]; types?: string[] }> = {
  core: { imports: [] },
  graph: { imports: ["core"] },
  // A rule of updates comes with its WGSL.
  ops: { imports: ["core", "graph", "shaders"] },
  compile: { imports: LANGUAGE },
  // Kernels share numbers with their op (sizes, thresholds) and read its attributes' types.
  "backends/cpu": { imports: ["core", "ops", "compile", "backends"], types: ["graph"] },
  "backends/webgpu": { imports: ["core", "ops", "compile", "backends", "shaders"], types: ["graph"] },
  "backends/wasm": { imports: ["core", "ops", "compile", "backends"], types: ["graph"] },
  // The contract and the choice of a backend, which loads each when it is first used.
  backends: { imports: ["core", "backends/cpu", "backends/webgpu", "backends/wasm"], types: ["compile"] },
  initializers: { imports: LANGUAGE },
  schedules: { imports: LANGUAGE },
  losses: { imports: LANGUAGE },
  optimizers: { imports: [...LANGUAGE, "shaders"] },
  layers: { imports: [...LANGUAGE, "initializers"] },
  metrics: { imports: ["core"] },
  data: { imports: ["core"] },
  model: { imports: MODEL },
  formats: { imports: MODEL },
  language: { imports: ["core"] },
  charts: { imports: ["core", "language", "metrics"] },
  training: { imports: [...MODEL, "metrics", "data", "formats", "compile", "backends"] },
  sweep: { imports: [...MODEL, "data", "metrics", "compile", "training"] },
  // Pages of trainings and sweeps. Curves of activations are worked out as the checks work things out.
  report: {
    imports: [...MODEL, "language", "charts", "metrics", "data", "training", "checks"],
    types: ["sweep"],
  },
  // Gradient check and parity: the CPU's kernels over float64, any subject that a user can build.
  checks: { imports: [...MODEL, "compile", "backends", "backends/cpu"] },
  // Text that is printed when the library is built.
  build: { imports: ["graph", "ops", "optimizers", "backends/wasm"] },
  // Code that needs Node: files, the terminal, Dawn. The browser's entry takes nothing from it.
  node: {
    imports: ["core", "model", "formats", "training", "sweep", "backends", "backends/webgpu"],
    types: ["data"],
  },
};

/** AssemblyScript, which is not TypeScript to the checks of src. */
const ENGINE = "src/backends/wasm/assembly";
const sources = filesIn("src", ".ts").filter((file) => !file.startsWith(ENGINE) && !file.endsWith("vite.config.ts"));
const FREE = ["index.ts", "node.ts", "predict.ts", "cli"];

describe("imports point one way", () => {
  test.each(sources.filter((file) => !FREE.includes(roomOf(file))))("%s", (file) => {
    const room = rooms[roomOf(file)];
    expect(room, `src/${roomOf(file)} is not in the list of rooms`).toBeDefined();
    for (const { from, typeOnly } of importsOf(textOf(file))) {
      if (!from.startsWith(".")) {
        expect(!from.startsWith("node:") || roomOf(file) === "node", `${file} imports ${from}`).toBe(true);
        expect(from.startsWith("neuromotor"), `${file} imports ${from}: inside src use relative paths`).toBe(false);
        continue;
      }
      const target = relative(root, resolve(root, dirname(file), from.replace(/\?.*$/, "")));
      const targetRoom = target.startsWith("shaders/") ? "shaders" : roomOf(target);
      const allowed = [roomOf(file), ...room.imports, ...(typeOnly ? (room.types ?? []) : [])];
      expect(allowed, `${file} imports ${typeOnly ? "the type of " : ""}${target}`).toContain(targetRoom);
    }
  });

  test("and every import is seen", () => {
    const text =
      'import type { A } from "./a.js";\nimport {\n  b,\n} from "./b.js";\nimport "./c.js";\nawait import("./d.js");';
    expect(importsOf(`${text}\nexport * from "./e.js";\nexport type { F } from "./f.js";`)).toEqual([
      { from: "./a.js", typeOnly: true },
      { from: "./b.js", typeOnly: false },
      { from: "./e.js", typeOnly: false },
      { from: "./f.js", typeOnly: true },
      { from: "./c.js", typeOnly: false },
      { from: "./d.js", typeOnly: false },
    ]);
  });
});

/** Groups of files each of which imports every other, directly or by way of others; types count as well. */
function importCycles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const reached = new Map([...imports.keys()].map((file) => [file, reachedFrom(file, imports)]));
  const cycles = new Map<string, string[]>();
  for (const [file, others] of reached) {
    const cycle = [...others].filter((other) => reached.get(other)!.has(file)).sort();
    if (cycle.length > 1) cycles.set(cycle.join(), cycle);
  }
  return [...cycles.values()];
}

/** Files that are imported by a file, directly or by way of others; the file itself where it is among them. */
function reachedFrom(file: string, imports: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set(imports.get(file));
  for (const each of reached) for (const next of imports.get(each) ?? []) reached.add(next);
  return reached;
}

describe("files that import each other, types included,", () => {
  test("are two at the most", () => {
    const files = [...sources, ...filesIn("demo", ".ts"), ...filesIn("demo", ".tsx")];
    const targetsOf = (file: string) =>
      staticImportsOf(textOf(file))
        .filter(({ from }) => from.startsWith("."))
        .map(({ from }) => relative(root, resolve(root, dirname(file), from)).replace(/\.js$/, ""))
        .flatMap((target) => files.filter((file) => file === `${target}.ts` || file === `${target}.tsx`));
    const cycles = importCycles(new Map(files.map((file) => [file, targetsOf(file)])));
    expect(cycles.filter((cycle) => cycle.length > 2)).toEqual([]);
  });

  test("are found", () => {
    const imports = { a: ["b"], b: ["c"], c: ["a", "d"], d: ["e"], e: ["d"], f: ["a", "f"] };
    expect(importCycles(new Map(Object.entries(imports)))).toEqual([
      ["a", "b", "c"],
      ["d", "e"],
    ]);
  });
});

test("the top level has what the project is made of, and no more", () => {
  const tracked = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" });
  const top = new Set(tracked.split("\n").map((path) => path.split("/")[0]));
  const visible = [...top].filter((name) => name !== "" && !name.startsWith("."));
  const files = ["LICENSE", "README.md", "package-lock.json", "package.json", "tsconfig.json"];
  expect(visible.sort()).toEqual([...files, "demo", "docs", "shaders", "src", "test"].sort());
});

test("WebGPU's objects are named in backends/webgpu only", () => {
  const elsewhere = sources.filter((file) => roomOf(file) !== "backends/webgpu");
  const naming = elsewhere.filter((file) => /\bGPU(Device|Buffer|Queue|Adapter|Compute\w*)\b/.test(textOf(file)));
  expect(naming).toEqual([]);
  // A platform hands in WebGPU's entry point.
  const entry = elsewhere.filter((file) => /(?<!["'`\w])GPU(?= ?[|;>)])/.test(code(textOf(file))));
  expect(entry).toEqual(["src/backends/platform.ts", "src/node/dawn.ts"]);
});

/** Without comments and strings. */
function code(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$|"[^"\n]*"|'[^'\n]*'|`[^`]*`/gm, "");
}

describe("shaders", () => {
  const shaders = filesIn("shaders", ".wgsl");
  const taken = sources.flatMap((file) =>
    importsOf(textOf(file)).map(({ from }) => resolve(root, dirname(file), from)),
  );
  const needed = shaders.flatMap((file) =>
    Array.from(textOf(file).matchAll(/^\/\/ Needs (\S+): /gm), ([, path]) => path),
  );
  test("are there", () => {
    expect(shaders.length).toBeGreaterThan(20);
  });

  test.each(shaders)("%s is taken in, and begins with what it computes", (file) => {
    expect([...taken, ...needed.map((path) => resolve(root, "shaders", path))]).toContain(resolve(root, file));
    const name = file.split("/").at(-1);
    expect(textOf(file)).toMatch(new RegExp(`^// ${name!.replace(".", "\\.")}: .+`));
  });

  test.each(shaders.filter((file) => /^fn (each|work)\(/m.test(textOf(file))))("%s states its grid", (file) => {
    expect(textOf(file)).toMatch(/^\/\/ Grid: /m);
  });
});

describe("the WASM engine", () => {
  test.each(filesIn(ENGINE, ".ts"))("%s begins with what it is, and takes only codes from outside", (file) => {
    expect(textOf(file)).toMatch(/^\/\/ .+/);
    const from = importsOf(textOf(file)).map((each) => each.from);
    for (const path of from) expect(path.startsWith("./") || path === "../codes", path).toBe(true);
  });
});

test("no file of the library has more than 400 lines", () => {
  const long = [
    ...sources,
    ...filesIn("shaders", ".wgsl"),
    ...filesIn(ENGINE, ".ts"),
    ...filesIn("demo", ".tsx"),
  ].filter((file) => textOf(file).split("\n").length > 401);
  expect(long).toEqual([]);
});

test('no comment begins without a subject, as "What ..." does', () => {
  const commented = ["src", "test", "shaders"].flatMap((folder) =>
    [".ts", ".mjs", ".js", ".wgsl"].flatMap((ending) => filesIn(folder, ending)),
  );
  const isWithout = (file: string) => /^\s*(?:\/\*\*?|\*|.*\/\/) ?What /m.test(textOf(file));
  expect(commented.filter(isWithout)).toEqual([]);
});

test("the demo imports the public entries only", () => {
  const files = [...filesIn("demo", ".ts"), ...filesIn("demo", ".tsx")].filter(
    (each) => each !== "demo/vite.config.ts",
  );
  expect(files.length).toBeGreaterThan(20);
  for (const file of files) {
    for (const { from } of importsOf(textOf(file))) {
      const target = from.startsWith(".") ? relative(root, resolve(root, dirname(file), from)) : from;
      expect(target.startsWith("src/"), `${file} imports ${from}`).toBe(false);
      if (target.startsWith("neuromotor"))
        expect(["neuromotor", "neuromotor/data", "neuromotor/predict", "neuromotor/report"]).toContain(target);
    }
  }
});
