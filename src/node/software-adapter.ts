import { createReadStream, createWriteStream, existsSync, readdirSync } from "node:fs";
import { mkdtemp, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import { writableCache } from "./user-cache.js";
import { writing } from "./write-error.js";

/*
 * A software Vulkan driver (SwiftShader) with its loader, from the npm package @sparticuz/chromium, which carries them
 * for x86-64 Linux beside a headless Chromium. For tests on machines without a GPU.
 */

const NAME = "@sparticuz/chromium";

/** Where the package's archives lie, its version, and what loads its dependencies. */
export interface SoftwarePackage {
  archives: string;
  version: string;
  require: NodeJS.Require;
}

/** The package as it is installed beside this library; `undefined` where it isn't. */
export function softwarePackage(): SoftwarePackage | undefined {
  try {
    return packageOf(createRequire(import.meta.url).resolve(NAME));
  } catch {
    return undefined;
  }
}

/**
 * The package that a module belongs to: the archives lie in its root, from which the module is two folders away (version
 * 153) or three (147, the last that takes Node 20), in which there is a package.json too.
 *
 * @throws Error when no folder above is the package's root
 */
export function packageOf(entry: string): SoftwarePackage {
  const require = createRequire(entry);
  for (let folder = dirname(entry); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (!existsSync(manifest)) continue;
    const { name, version } = require(manifest) as { name?: string; version: string };
    if (name === NAME) return { archives: join(folder, "bin"), version, require };
  }
  throw new Error(`No folder above ${entry} is that of ${NAME}.`);
}

/**
 * Unpacks archives of the package into one folder of this user's cache, once, and gives the folder. `NAME.tar.br` is a
 * folder's content, `NAME.br` a single executable. Another process may do the same at the same time: each unpacks
 * beside the target and renames, and the first one stays.
 *
 * @returns `undefined` where the package or an archive isn't installed
 */
export async function unpackArchives(folder: string, archives: readonly string[]): Promise<string | undefined> {
  const found = softwarePackage();
  const files = found ? archives.map((archive) => join(found.archives, archive)) : [];
  if (!found || !files.every((file) => existsSync(file))) return undefined;
  const { version } = found;
  const cache = await writableCache();
  const target = join(cache, `${folder}-${version}`);
  if (existsSync(target)) return target;
  const tar = found.require("tar-fs") as { extract(folder: string): NodeJS.WritableStream };
  const partial = await mkdtemp(join(cache, `${folder}-`));
  try {
    for (const file of files) {
      const content = file.endsWith(".tar.br")
        ? tar.extract(partial)
        : createWriteStream(join(partial, basename(file, ".br")), { mode: 0o755 });
      await writing(partial, () => pipeline(createReadStream(file), createBrotliDecompress(), content));
    }
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
  return target;
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
  const folder = await unpackArchives("swiftshader", ["swiftshader.tar.br"]);
  if (!folder) return false;
  process.env.VK_ICD_FILENAMES = join(folder, "vk_swiftshader_icd.json");
  return loadLibrary(join(folder, "libvulkan.so.1"));
}

/** Devices of GPUs as Linux names them in /dev: DRM, WSL, NVIDIA's own and those of mobile chips. */
const GPU_NODES = /^(dri|dxg|nvidia\d+|nvgpu|nvhost.*|kgsl.*|mali\d*|pvr.*)$/;

/**
 * True where this machine may have a GPU: on Linux it then has a device for it, elsewhere it isn't looked for. A user who
 * names a Vulkan driver in the environment has one, too. Without any, Dawn and the system's drivers only write warnings.
 */
export const hasGpuNode = ({ platform, env } = process, devices = devicesOf): boolean =>
  platform !== "linux" ||
  ["VK_DRIVER_FILES", "VK_ICD_FILENAMES", "VK_ADD_DRIVER_FILES"].some((name) => env[name]) ||
  devices().some((name) => GPU_NODES.test(name));

function devicesOf(): string[] {
  try {
    return readdirSync("/dev");
  } catch {
    return ["dri"]; // a process that may not look has to try
  }
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
    // The library isn't a Node addon, so Node complains even when it is loaded now.
    return (error as Error).message.includes("did not self-register");
  }
}
