import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Entry, entryPoint, glue, moduleOf } from "../../src/backends/webgpu/glue.js";
import { nullPlatform } from "../devices/platform.js";
import { codeOf, declaredBy, type Header, parseHeader, stub, wordsOf } from "./shader-header.js";

/* Each file of shaders/ is WGSL that its header makes whole: what others declare for it is listed, and where. */

const folder = new URL("../../shaders/", import.meta.url);
const paths = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".wgsl"))
  .sort();
const textOf = (path: string) => readFileSync(new URL(path, folder), "utf8");
const headerOf = (path: string) => parseHeader(textOf(path));

/** A file and all that come with it, each once. */
function withNeeds(path: string, found = new Set<string>()): Set<string> {
  if (found.has(path)) return found;
  found.add(path);
  const { needs, operands } = headerOf(path);
  for (const other of [...needs.keys(), ...operands.keys()]) withNeeds(other, found);
  return found;
}

const givenTo = ({ glue: glued, caller }: Header) => [...[...glued.values()].flat(), ...caller];

/** The names that a file gives to those that need it: its own, and those that glue declares for it. */
const namesFrom = (path: string) => [...declaredBy(textOf(path)), ...givenTo(headerOf(path)).map(({ name }) => name)];

/** The entry point that the glue would write for a kernel; its work is told what its parameters are called. */
function entryOf(path: string): string {
  const [, kind, parameters] = textOf(path).match(/^fn (each|work)\((.*)\)/m) ?? [];
  if (!kind) return "";
  const builtins = { size: "subgroup_size", subgroup: "subgroup_id", lane: "subgroup_invocation_id" };
  const given = [...parameters.matchAll(/(\w+): u32/g)].slice(1).map(([, name]) => {
    if (name === "invocation") return builtins.lane;
    return builtins[name as keyof typeof builtins] ?? "local_invocation_index";
  });
  const entry = kind === "each" ? { each: 1 } : { work: 1, builtins: given };
  return moduleOf([entryPoint(entry as Entry).part]);
}

/** The module of a file: it, what comes with it, and stubs of what their headers list. */
function moduleWithStubs(path: string): string {
  const files = [...withNeeds(path)].filter((file) => file !== "functions/grid.wgsl" || !entryOf(path));
  const declared = new Set(files.flatMap((file) => declaredBy(textOf(file))));
  const stubs = new Map(
    files
      .flatMap((file) => givenTo(headerOf(file)))
      .filter(({ name }) => !declared.has(name)) // a caller's own
      .map((given) => [given.name, stub(given)]),
  );
  const text = [...files.map(textOf), ...stubs.values(), entryOf(path)].join("\n");
  const extensions = ["f16", "subgroups", "chromium_experimental_subgroup_matrix"].map((name) => `enable ${name};`);
  return `${extensions.join("\n")}\n${text}`;
}

let gpu: GPU; // kept, or Dawn collects it while its device lives
let device: GPUDevice;
beforeAll(async () => {
  gpu = (await nullPlatform().gpu(true, true))!;
  const features = ["shader-f16", "subgroups", "chromium-experimental-subgroup-matrix"] as GPUFeatureName[];
  device = await (await gpu.requestAdapter())!.requestDevice({ requiredFeatures: features });
});
afterAll(() => device.destroy());

async function errorsIn(code: string): Promise<string[]> {
  device.pushErrorScope("validation");
  const { messages } = await device.createShaderModule({ code }).getCompilationInfo();
  await device.popErrorScope();
  return messages
    .filter(({ type }) => type === "error")
    .map(({ message, lineNum }) => `${message}: ${code.split("\n")[lineNum - 1]}`);
}

describe.each(paths)("shaders/%s", (path) => {
  const text = textOf(path);
  const header = parseHeader(text);
  const words = wordsOf(text);
  const takenByOthers = paths.flatMap((other) => headerOf(other).needs.get(path) ?? []);

  test("names no binding and has no entry point", () => {
    expect(codeOf(text)).not.toMatch(/@(group|binding|compute|builtin)\b|var<(storage|uniform)/);
  });

  test("compiles with stubs of what its header lists", async () => {
    expect(await errorsIn(moduleWithStubs(path))).toEqual([]);
  });

  test("lists what it takes of other files, and no more", () => {
    const own = new Set(declaredBy(text));
    for (const [other, names] of [...header.needs, ...header.operands]) {
      const taken = namesFrom(other).filter((name) => words.has(name) && !own.has(name));
      const glued = givenTo(header).map(({ name }) => name);
      expect(names.toSorted(), other).toEqual(taken.filter((name) => !glued.includes(name)).toSorted());
    }
  });

  test("lists what glue declares for it, and no more, with the file that does", () => {
    for (const [file, given] of header.glue) {
      const source = readFileSync(new URL(`../src/backends/${file}`, folder), "utf8").toLowerCase();
      for (const { name } of given) {
        expect(words.has(name) || takenByOthers.includes(name), name).toBe(true);
        const written = name.replace(/^\w+_at$/, "_at(").replace(/^store_(?!second)\w+$/, "store_");
        expect(source, `${file}: ${name}`).toContain(written.toLowerCase());
      }
    }
  });
});

describe("these tests find", () => {
  const kernel =
    "// x.wgsl: y = x\n// Glue webgpu/glue.ts: x_at(i: u32) -> f32\n\nfn each(i: u32) { store(i, x_at(i)); }";

  test("an identifier that isn't listed", async () => {
    const stubs = givenTo(parseHeader(kernel)).map(stub).join("\n");
    expect(await errorsIn(`${kernel}\n${stubs}`)).toEqual([expect.stringMatching(/unresolved call target 'store'/)]);
  });

  test("what headers are made of", () => {
    const header = parseHeader(`// x.wgsl: y
// Needs functions/step.wgsl: step_record, Step
// Glue webgpu/glue.ts: x_at(i: u32) -> f32, store(i: u32, value: f32)
// Glue webgpu/glue.ts: const SIZE: u32, alias Operand = f16
// Caller: combine(a: f32, b: f32) -> f32
fn each(i: u32) {}`);
    expect([...header.needs]).toEqual([["functions/step.wgsl", ["step_record", "Step"]]]);
    expect(givenTo(header).map(stub)).toEqual([
      "fn x_at(i: u32) -> f32 { return f32(); }",
      "fn store(i: u32, value: f32) { }",
      "const SIZE: u32 = u32(4);",
      "alias Operand = f16;",
      "fn combine(a: f32, b: f32) -> f32 { return f32(); }",
    ]);
  });
});

test("a part that is put into a module twice is there once, after those that need it", () => {
  const needed = glue("b.ts", "fn b() {}");
  const code = moduleOf([glue("a.ts", "fn a() { b(); }", needed), needed], { extensions: ["f16"] });
  expect(code).toBe("enable f16;\n// --- glue: a.ts\nfn a() { b(); }\n// --- glue: b.ts\nfn b() {}");
});
