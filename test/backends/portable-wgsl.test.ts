import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

/* Nothing in shaders/ or in glue that a browser's compiler lacks; docs/wgsl.md lists what, and what to write instead. */

const root = new URL("../../", import.meta.url);
const filesOf = (folder: string, ending: string) =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(ending))
    .map((file) => `${folder}${file}`);
const files = [
  ...filesOf("shaders/", ".wgsl"),
  ...filesOf("src/backends/webgpu/", ".ts"),
  ...filesOf("src/optimizers/", ".ts"),
  ...filesOf("src/ops/", ".ts"),
];
const codeOf = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
const page = readFileSync(new URL("docs/wgsl.md", root), "utf8");

/** By what the page calls each: what finds it, and an example. */
const refused: Record<string, [pattern: RegExp, example: string]> = {
  "`bitcast` of a constant": [
    /\b(?:const|override)\b[^;=]*=[^;]*\bbitcast<|\bbitcast<\w+>\(\s*(?:-?[\d.]|\$\{)/,
    "const SMOOTHING = bitcast<f32>(0x0u);",
  ],
  "`mix`, `smoothstep`, `ldexp`, `frexp`, `quantizeToF16`, `extractBits`, `pack4x8unorm` in a `const`": [
    /\bconst\b[^;=]*=[^;]*\b(?:mix|smoothstep|ldexp|frexp|quantizeToF16|extractBits|pack4x8unorm)\(/,
    "const HALF: f32 = mix(0.0, 1.0, 0.5);",
  ],
  "a vector chosen by an `override`": [
    /\bselect\(\s*vec\d[^;]*,\s*!?[A-Z][A-Z_\d]*\s*\)/,
    "let second = select(vec2<u32>(0u, 8u), vec2<u32>(DEPTH / 2u, 0u), A_BY_ROW);",
  ],
  "a pointer parameter into `storage` or `workgroup`": [
    /\bptr<\s*(?:storage|workgroup)\b/,
    "fn add(sums: ptr<workgroup, array<f32, 64>>) {}",
  ],
  "a pointer to an element or a member as an argument": [
    /(?<!&)&\s*[a-z_]\w*\s*(?:\[|\.\s*\w)/,
    "accumulate(&blocks[1], a, b);",
  ],
  "a `workgroup` array whose length an `override` gives": [
    /\boverride (\w+)\b[\s\S]*\bvar<workgroup>[^;]*,[^;]*\b\1\b[^;]*>;/,
    "override STATES: u32;\nvar<workgroup> states: array<f32, 2 * STATES>;",
  ],
  "an infinite or NaN constant": [
    /\bbitcast<f32>\(\s*0x(?:7f8|ff8|7fc|ffc)00000u\s*\)/i,
    "let worst = bitcast<f32>(0x7f800000u);",
  ],
};

describe.each(Object.entries(refused))("%s", (name, [pattern, example]) => {
  test("is found, and listed", () => {
    expect(codeOf(example)).toMatch(pattern);
    expect(page).toContain(`\n| ${name} |`);
  });

  test.each(files)("isn't in %s", (file) => {
    expect(codeOf(readFileSync(new URL(file, root), "utf8"))).not.toMatch(pattern);
  });
});

test("the page lists nothing else", () => {
  const listed = [...page.matchAll(/^\| (.+?) \|/gm)].map(([, name]) => name);
  expect(listed.slice(1)).toEqual(Object.keys(refused)); // without the table's head
});
