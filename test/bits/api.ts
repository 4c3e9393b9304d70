import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as data from "../../src/data/index.js";
import type * as library from "../../src/index.js";
import type * as node from "../../src/node.js";

/** Everything that a checkout offers, by today's names. */
export type Api = Omit<typeof library, "openDevice" | "checkParity"> & typeof node & typeof data;

/**
 * Names that other checkouts know otherwise: today's, and those before it. Whoever renames something that the trainings
 * use writes it down here: `{ standardScaler: ["standardise"] }`.
 */
const EARLIER: Readonly<Record<string, readonly string[]>> = {};

/** A name that a checkout doesn't have: a training of what it can't do yet. */
export class MissingName extends Error {
  override readonly name = "MissingName";
}

/** The public surface of a built checkout. */
export async function loadApi(checkout: string): Promise<Api> {
  const load = (entry: string) => import(pathToFileURL(join(checkout, "dist", `${entry}.js`)).href);
  const modules = { ...(await load("index")), ...(await load("data")), ...(await load("node")) };
  return strict(modules) as unknown as Api;
}

/** Throws on names that aren't there, also within `ops`. */
function strict(names: Record<string, unknown>): object {
  return new Proxy(names, {
    get(target, name) {
      if (name === "then") return undefined; // asked by `await`
      const found = [String(name), ...(EARLIER[String(name)] ?? [])].find((each) => each in target);
      if (found === undefined) throw new MissingName(String(name));
      const value = target[found];
      return found === "ops" ? strict({ ...(value as Record<string, unknown>) }) : value;
    },
  });
}

/** WebGPU's classes as a checkout's own copy of Dawn has them. */
export async function loadGpuClasses(checkout: string): Promise<Record<string, { prototype: object }>> {
  const { resolve } = createRequire(join(checkout, "dist/node.js"));
  return (await import(pathToFileURL(resolve("webgpu")).href)).globals;
}
