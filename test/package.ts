import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "vite";

/*
 * The package as it is published: built, packed by npm and unpacked again, for tests of what users get.
 */
const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
/** Below node_modules, so that bundlers and Node find the package's own dependencies. */
const cache = join(root, "node_modules/.cache/neuromotor-package");
/** All that the published code is made of. */
const SOURCES = ["package.json", "package-lock.json", "src", "shaders"];

/**
 * Gives a folder in whose `node_modules` the published package is, without its papers. It is made once for each state of
 * the sources, and shared by all tests: change nothing in it but folders of your own (`consumerFolder`).
 */
export async function publishedPackage(): Promise<string> {
  const target = join(cache, await digest(SOURCES));
  if (existsSync(target)) return target;
  await mkdir(cache, { recursive: true });
  const past = (await readdir(cache)).filter((name) => !name.startsWith("making-"));
  for (const name of past) await rm(join(cache, name), { recursive: true, force: true });
  const folder = await mkdtemp(join(cache, "making-"));
  await make(folder);
  // Another process may have made the same meanwhile: the first one stays.
  await rename(folder, target).catch(() => rm(folder, { recursive: true }));
  return target;
}

/** A new folder in which `import "neuromotor"` gives the published package, as in a project that installed it. */
export async function consumerFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(await publishedPackage(), `${name}-`));
  await mkdir(join(folder, "node_modules/@types"), { recursive: true });
  await symlink(join(root, "node_modules/@types/node"), join(folder, "node_modules/@types/node"));
  return folder;
}

async function make(folder: string): Promise<void> {
  const source = join(folder, "source");
  await mkdir(source);
  await cp(join(root, "package.json"), join(source, "package.json"));
  for (const [mode, outDir] of [
    ["production", "dist"],
    ["page", "dist/browser"],
    ["vega", "dist"],
  ]) {
    const configFile = join(root, "src/vite.config.ts");
    await build({ configFile, mode, logLevel: "error", build: { outDir: join(source, outDir), emptyOutDir: false } });
  }
  const tsc = join(root, "node_modules/.bin/tsc");
  await run(process.execPath, [tsc, "--project", join(root, "src"), "--outDir", join(source, "dist/types")]);
  const { stdout } = await run("npm", ["pack", "--ignore-scripts", "--silent", source], { cwd: folder });
  const unpacked = join(folder, "node_modules/neuromotor");
  await mkdir(unpacked, { recursive: true });
  await run("tar", ["-xzf", join(folder, stdout.trim()), "--strip-components=1", "-C", unpacked]);
  await rm(source, { recursive: true });
}

/** A name for the present state of files and folders of the repository. */
async function digest(paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths) {
    const entries = await readdir(join(root, path), { recursive: true, withFileTypes: true }).catch(() => undefined);
    const files = entries?.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
    for (const file of (files ?? [join(root, path)]).sort()) hash.update(file).update(await readFile(file));
  }
  return hash.digest("hex").slice(0, 16);
}
