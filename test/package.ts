import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
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
/** A link to the number of the process that makes the package: created at once, or not at all. */
const LOCK = join(cache, "making");
/** All that the published code is made of. */
const SOURCES = ["package.json", "package-lock.json", "src", "shaders"];

/**
 * Gives a folder in whose `node_modules` the published package is, without its papers. It is made once for each state of
 * the sources, and shared by all tests: change nothing in it but folders of your own (`consumerFolder`).
 */
export async function publishedPackage(): Promise<string> {
  const target = join(cache, await digest(SOURCES));
  await mkdir(cache, { recursive: true });
  while (!existsSync(target)) {
    // Other processes wait for the one that makes it.
    const isOurs = await symlink(`${process.pid}`, LOCK).then(
      () => true,
      () => false,
    );
    if (isOurs) await make(target).finally(() => rm(LOCK));
    else if (await isLeft()) await rm(LOCK, { force: true });
    else await setTimeout(200);
  }
  return target;
}

/** Whether the process that has the lock was killed. */
async function isLeft(): Promise<boolean> {
  const holder = await readlink(LOCK).catch(() => undefined);
  if (holder === undefined) return false;
  try {
    return !process.kill(Number(holder), 0);
  } catch {
    return true;
  }
}

/**
 * A new folder in which `import "neuromotor"` gives the published package, as in a project that installed it. Without a
 * package.json of its own it would belong to this repository for bundlers, and the name would be this repository's dist.
 */
export async function consumerFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(await publishedPackage(), `${name}-`));
  await mkdir(join(folder, "node_modules/@types"), { recursive: true });
  await symlink(join(root, "node_modules/@types/node"), join(folder, "node_modules/@types/node"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ name, private: true, type: "module" }));
  return folder;
}

async function make(target: string): Promise<void> {
  const past = (await readdir(cache)).map((name) => join(cache, name)).filter((path) => path !== LOCK);
  for (const path of past) await rm(path, { recursive: true, force: true });
  const folder = await mkdtemp(join(cache, "making-"));
  const source = join(folder, "source");
  await mkdir(source);
  await cp(join(root, "package.json"), join(source, "package.json"));
  const tsc = join(root, "node_modules/.bin/tsc");
  const types = run(process.execPath, [tsc, "--project", join(root, "src"), "--outDir", join(source, "dist/types")]);
  for (const [mode, outDir] of [
    ["production", "dist"],
    ["page", "dist/browser"],
    ["predict", "dist/predict"],
    ["vega", "dist"],
  ]) {
    const configFile = join(root, "src/vite.config.ts");
    await build({ configFile, mode, logLevel: "error", build: { outDir: join(source, outDir), emptyOutDir: false } });
  }
  await types;
  const { stdout } = await run("npm", ["pack", "--ignore-scripts", "--silent", source], { cwd: folder });
  const unpacked = join(folder, "node_modules/neuromotor");
  await mkdir(unpacked, { recursive: true });
  await run("tar", ["-xzf", join(folder, stdout.trim()), "--strip-components=1", "-C", unpacked]);
  await rm(source, { recursive: true });
  await rename(folder, target);
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
