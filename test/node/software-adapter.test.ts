import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { hasGpuNode, packageOf } from "../../src/node/software-adapter.js";
import { useFolder } from "../fixtures.js";

const { next } = useFolder();

function write(file: string, content: unknown) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
}

// 153 as for Node 22, and 147 as npm installs it on Node 20.
test.each([
  ["153.0.0", "build/index.js", []],
  ["147.0.0", "build/cjs/index.cjs", ["build/cjs/package.json", "build/esm/package.json"]],
])("the archives of version %s are found from %s", (version, entry, others) => {
  const root = join(next(), "node_modules/@sparticuz/chromium");
  write(join(root, "package.json"), { name: "@sparticuz/chromium", version });
  for (const other of others) write(join(root, other), { type: "commonjs" });
  write(join(root, entry), "");
  expect(packageOf(join(root, entry))).toMatchObject({ archives: join(root, "bin"), version });
});

test("a module of no such package is refused", () => {
  const file = join(next(), "build/index.js");
  write(join(dirname(dirname(file)), "package.json"), { name: "other", version: "1.0.0" });
  write(file, "");
  expect(() => packageOf(file)).toThrow(/No folder above .*index.js is that of @sparticuz\/chromium/);
});

test("a GPU is looked for where Linux has a device of one, or the user names a driver", () => {
  const linux = (devices: string[], env = {}) =>
    hasGpuNode({ platform: "linux", env } as NodeJS.Process, () => devices);
  for (const node of ["dri", "dxg", "nvidia0", "kgsl-3d0", "mali0"]) expect(linux(["null", node]), node).toBe(true);
  expect(linux(["null", "nvidia-uvm-tools", "drill", "tty0"])).toBe(false);
  expect(linux(["null"], { VK_ICD_FILENAMES: "/lvp.json" })).toBe(true);
  expect(hasGpuNode({ platform: "darwin", env: {} } as NodeJS.Process, () => [])).toBe(true);
});
