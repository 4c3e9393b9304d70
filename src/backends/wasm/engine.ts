import { DeviceError } from "../../core/errors.js";

/** Runs instructions once for each of `steps` records on some threads; see assembly/index.ts. Addresses in bytes. */
export type RunInstructions = (
  first: number,
  end: number,
  record: number,
  recordBytes: number,
  steps: number,
  scratch: number,
  scratchBytes: number,
  threads: number,
) => void;

/** Runs programs of replicas, first and end of each at `programs`, each by one of the threads; see assembly/index.ts. */
export type RunReplicas = (
  programs: number,
  replicas: number,
  record: number,
  span: number,
  recordBytes: number,
  steps: number,
  scratch: number,
  scratchBytes: number,
  threads: number,
) => void;

/** Computes a user's activation, as the record at an address says; see assembly/host.ts. */
export type CallCustom = (record: number) => void;

/** The exports of the engine. */
export interface Exports {
  heapStart(): number;
  setControl(address: number, maySleep: boolean): void;
  run: RunInstructions;
  runReplicas: RunReplicas;
  /** Ends the other threads. */
  dismiss(): void;
  philox(c0: number, c1: number, c2: number, c3: number, k0: number, k1: number, out: number): void;
}

/** f32.const (1 + 2^-12), f32x4.splat: its square needs 25 bits. */
const FACTOR = [0x43, 0x00, 0x08, 0x80, 0x3f, 0xfd, 0x13];
/** f32.const -(1 + 2^-11), f32x4.splat: minus the square, rounded. */
const MINUS_SQUARE = [0x43, 0x00, 0x10, 0x80, 0xbf, 0xfd, 0x13];
/** A function "f" of relaxed SIMD's multiply-add, which gives 2^-24 in one rounding, 0 in two. Without relaxed SIMD it is invalid. */
const PROBE = new Uint8Array(
  [
    [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    [0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7d], // type: no parameters, one f32
    [0x03, 0x02, 0x01, 0x00], // function
    [0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00], // export: "f"
    [0x0a, 0x1f, 0x01, 0x1d, 0x00, ...FACTOR, ...FACTOR, ...MINUS_SQUARE], // code: one body
    [0xfd, 0x85, 0x02, 0xfd, 0x1f, 0x00, 0x0b], // f32x4.relaxed_madd, f32x4.extract_lane 0, end
  ].flat(),
);

/** True where the processor multiplies and adds in one rounding: else relaxed SIMD's multiply-add takes two, as the plain engine. */
function isFused(): boolean {
  try {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(PROBE));
    return (exports.f as () => number)() !== 0;
  } catch {
    return true; // kept out by a policy, which compiling the engine reports
  }
}

/** True where the platform has a fused multiply-add. Node 20 has it behind a flag. */
function hasFusedMultiplyAdd(): boolean {
  if (typeof WebAssembly === "undefined") {
    throw new DeviceError('This platform has no WebAssembly. backend: "cpu" works everywhere.');
  }
  if (WebAssembly.validate(PROBE)) return isFused();
  globalThis.process?.getBuiltinModule?.("node:v8").setFlagsFromString("--experimental-wasm-relaxed-simd");
  return WebAssembly.validate(PROBE) && isFused();
}

/** Names of what is printed into the engine when it is built, by the numbers that programs call them by. */
export interface Printed {
  /** Optimizers' updates; see print-rules.ts. */
  updates: readonly string[];
  /** Ops that are functions of numbers; see print-functions.ts. */
  functions: readonly string[];
}

export interface CompiledEngine {
  module: WebAssembly.Module;
  /** True where the engine multiplies and adds in one rounding. */
  fused: boolean;
  printed: Printed;
}

const compiled = new Map<string, Promise<CompiledEngine>>();

/**
 * The engine for a memory that threads share, or one that they don't; compiled once. Tests ask for the engine without
 * fused multiply-add.
 *
 * @throws DeviceError when the platform has no WebAssembly, or none with SIMD
 */
export async function compileEngine(shared: boolean, fused = hasFusedMultiplyAdd()): Promise<CompiledEngine> {
  const name = `${shared} ${fused}`;
  const known = compiled.get(name) ?? compile(shared, fused);
  compiled.set(name, known);
  return known;
}

async function compile(shared: boolean, fused: boolean): Promise<CompiledEngine> {
  const { default: base64, printed } = await (fused
    ? import("./assembly/index.ts?wasm=relaxed")
    : import("./assembly/index.ts?wasm=plain"));
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  if (!shared) importPlainMemory(bytes);
  try {
    return { module: await WebAssembly.compile(bytes), fused, printed };
  } catch (cause) {
    throw Object.assign(new DeviceError(refusal(bytes, cause as Error)), { cause });
  }
}

/** The reason why an engine wasn't compiled: one that is valid is kept out by a policy. */
const refusal = (bytes: Uint8Array<ArrayBuffer>, { message }: Error): string =>
  WebAssembly.validate(bytes)
    ? "This page's Content-Security-Policy keeps WebAssembly out. Add 'wasm-unsafe-eval' to its script-src; " +
      `backend: "cpu" works without (${message})`
    : `This platform's WebAssembly can't run the engine, which needs SIMD: ${message}`;

/** Limits of an imported memory: a maximum is given, and whether threads share it. */
const SHARED_WITH_MAXIMUM = 0x03;
const WITH_MAXIMUM = 0x01;

/** The module is built for memory that threads share; the same code runs on plain memory if its import says so. */
function importPlainMemory(bytes: Uint8Array): void {
  const name = [..."memory"].map((character) => character.charCodeAt(0));
  const pattern = [...name, 0x02, SHARED_WITH_MAXIMUM];
  const at = bytes.findIndex((_, i) => pattern.every((byte, j) => bytes[i + j] === byte));
  bytes[at + pattern.length - 1] = WITH_MAXIMUM;
}

/** An instance of the engine on a memory. */
export async function instantiate(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  custom: CallCustom,
): Promise<Exports> {
  const instance = await WebAssembly.instantiate(module, { env: { memory }, host: { custom } });
  return instance.exports as unknown as Exports;
}
