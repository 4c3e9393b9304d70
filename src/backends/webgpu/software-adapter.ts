import { createReadStream, existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { constants, homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";

/*
 * A software Vulkan driver (SwiftShader) with its loader, from the npm package @sparticuz/chromium, which carries them
 * for x86-64 Linux beside a headless Chromium. For tests on machines without a GPU.
 */

/** Folder of the package's archives, `undefined` where it isn't installed. */
export function softwarePackage(): { archives: string; require: NodeJS.Require } | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve("@sparticuz/chromium");
    return { archives: join(dirname(entry), "..", "bin"), require: createRequire(entry) };
  } catch {
    return undefined;
  }
}

/**
 * Unpacks `NAME.tar.br` of the package into this user's cache, once, and gives the folder. Another process may do the
 * same at the same time: each unpacks beside the target and renames, and the first one stays.
 */
export async function unpackArchive(name: string): Promise<string | undefined> {
  const found = softwarePackage();
  if (!found || !existsSync(join(found.archives, `${name}.tar.br`))) return undefined;
  const { version } = found.require("../package.json") as { version: string };
  const cache = await writableCache();
  const target = join(cache, `${name}-${version}`);
  if (existsSync(target)) return target;
  const tar = found.require("tar-fs") as { extract(folder: string): NodeJS.WritableStream };
  const partial = await mkdtemp(join(cache, `${name}-`));
  await pipeline(
    createReadStream(join(found.archives, `${name}.tar.br`)),
    createBrotliDecompress(),
    tar.extract(partial),
  );
  await rename(partial, target).catch(() => rm(partial, { recursive: true, force: true }));
  return target;
}

/** This user's cache folder, or the temporary one where the home can't be written. */
async function writableCache(): Promise<string> {
  const home = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "neuromotor");
  try {
    await mkdir(home, { recursive: true });
    return home;
  } catch {
    return mkdtemp(join(tmpdir(), "neuromotor-"));
  }
}

/** glibc's RTLD_NODELETE, which Node has no name for. */
const RTLD_NODELETE = 0x1000;

/**
 * Makes the software driver visible to Dawn in this process.
 *
 * @returns whether there is one for this machine
 */
export async function loadSoftwareDriver(): Promise<boolean> {
  if (process.platform !== "linux" || process.arch !== "x64") return false;
  const folder = await unpackArchive("swiftshader");
  if (!folder) return false;
  process.env.VK_ICD_FILENAMES = join(folder, "vk_swiftshader_icd.json");
  return loadLibrary(join(folder, "libvulkan.so.1"));
}

/** Whether Dawn can look for GPUs here: on Linux it needs the system's Vulkan loader, and warns where there is none. */
export const hasVulkanLoader = (): boolean => process.platform !== "linux" || loadLibrary("libvulkan.so.1");

/** Loads a shared library for good, so that others find it by its name. Returns whether it was found. */
function loadLibrary(file: string): boolean {
  const { RTLD_NOW, RTLD_GLOBAL } = constants.dlopen;
  try {
    process.dlopen({ exports: {} }, file, RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE);
    return true;
  } catch (error) {
    // It isn't a Node addon, so Node complains even when it is loaded now.
    return (error as Error).message.includes("did not self-register");
  }
}
