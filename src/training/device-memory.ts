import type { Backend, DeviceBuffer, Program } from "../backends/backend.js";
import type { Plan } from "../compile/plan.js";
import type { Values } from "../core/dtype.js";
import { DeviceLostError } from "../core/errors.js";
import { sizeOf } from "../core/shape.js";
import { nextTask } from "../core/tasks.js";
import type { Model } from "../model/model.js";
import type { Optimizer } from "../optimizers/index.js";
import { stateVariables } from "./graphs.js";

/** What a run left: in a buffer, or at home already. */
export type Output = DeviceBuffer | Values;

/** What is known at home of the device's memory, as it was after an epoch; the model has its parameters of that epoch. */
export interface Home {
  epoch: number;
  step: number;
  /** Of all variables, in their order; those that the memory was first made of where absent. */
  values?: readonly Values[];
  /** The parameters that a callback kept. */
  kept?: ReadonlyMap<string, { values: Float32Array<ArrayBuffer> }>;
}

/** Parameters and optimizer state on the device, and copies of them to go back to. */
export class DeviceMemory {
  readonly #parameters = new Map<string, DeviceBuffer>();
  readonly #state = new Map<string, DeviceBuffer>();
  readonly #copies = new Map<string, Map<DeviceBuffer, DeviceBuffer>>();
  #generation: number | undefined;
  #broughtHome = 0;

  /**
   * @param state - of the optimizer, by the names of its variables; their first values where absent
   * @param home - how far the training is that the model and the state are of
   */
  constructor(
    readonly device: Backend,
    readonly model: Model,
    optimizer: Optimizer,
    readonly state: ReadonlyMap<string, { values: Values }> | undefined,
    public home: Home,
  ) {
    this.#generation = device.generation;
    try {
      for (const [name, { values }] of model.parameters()) {
        this.#parameters.set(name, device.create(name, "f32", values.length, values));
      }
      for (const [name, shape, values] of stateVariables(model, optimizer)) {
        this.#state.set(name, device.create(name, "f32", sizeOf(shape), state?.get(name)?.values ?? values));
      }
    } catch (error) {
      this.dispose();
      if (!device.reopen || !(error instanceof DeviceLostError)) throw error;
      this.#generation = -1; // made anew when it is first needed
    }
  }

  /** Parameters and state by the names that graphs know them by. */
  variables(): Map<string, DeviceBuffer> {
    return new Map([...this.#parameters, ...this.#state]);
  }

  /** Writes the model's parameters to the device. */
  upload(): void {
    for (const [name, { values }] of this.model.parameters()) this.device.write(this.#parameters.get(name)!, values);
  }

  /** Whether the device was lost, and this memory with it. */
  get isLost(): boolean {
    return this.device.generation !== this.#generation;
  }

  /** Brings parameters and state home. */
  async download(place: Home): Promise<void> {
    this.takeHome(await this.device.read([...this.variables().values()]), place);
  }

  /**
   * What is to be read along with an epoch's results, so that a lost device loses no more than the next epoch: parameters
   * and state, where that costs next to nothing. Small ones always, in the same readback; large ones when they take less
   * than a twentieth of the time since, at a slow bus's 1 GB/s.
   */
  homeward(): DeviceBuffer[] {
    const bytes = 12 * this.model.parameterCount; // with two moments, as most optimizers have
    const now = performance.now();
    if (!this.device.reopen || (bytes > 2 ** 23 && now - this.#broughtHome < (20 * bytes) / 1e6)) return [];
    this.#broughtHome = now;
    return [...this.variables().values()];
  }

  /** @param values - of all variables; nothing at all changes nothing */
  takeHome(values: readonly Values[], { epoch, step }: Home): void {
    if (values.length === 0) return;
    this.model.adoptParameters(new Map([...this.#parameters.keys()].map((name, i) => [name, values[i]])));
    this.home = { ...this.home, epoch, step, values };
  }

  /** Brings outputs home, in one go those that aren't. */
  async read(outputs: readonly Output[]): Promise<Values[]> {
    const isAway = (output: Output): output is DeviceBuffer => !ArrayBuffer.isView(output);
    const values = await this.device.read(outputs.filter(isAway));
    return outputs.map((output) => (isAway(output) ? values.shift()! : output));
  }

  /** Keeps a copy on the device under a name: of everything, or of the parameters alone. */
  keep(name: string, what: "all" | "parameters"): void {
    let copy = this.#copies.get(name);
    if (!copy) {
      const buffers = what === "all" ? this.variables().values() : this.#parameters.values();
      copy = new Map(
        [...buffers].map((buffer) => [buffer, this.device.create(`${name} ${buffer.label}`, "f32", buffer.length)]),
      );
      this.#copies.set(name, copy);
    }
    this.device.copy([...copy]);
  }

  /** Goes back to the copy of that name. */
  restore(name: string): void {
    const copy = this.#copies.get(name);
    if (copy) this.device.copy([...copy].map(([buffer, kept]) => [kept, buffer] as const));
  }

  /** The copy of that name by what it is a copy of, if there is one. */
  copyOf(name: string): ReadonlyMap<DeviceBuffer, DeviceBuffer> | undefined {
    return this.#copies.get(name);
  }

  /** Frees the copy of that name. */
  forget(name: string): void {
    this.device.destroy([...(this.#copies.get(name)?.values() ?? [])]);
    this.#copies.delete(name);
  }

  dispose(): void {
    for (const name of [...this.#copies.keys()]) this.forget(name);
    this.device.destroy([...this.variables().values()]);
  }
}

/** A compiled graph with the memory that is its own: data, order, results. */
export class LoadedGraph {
  private constructor(
    private readonly device: Backend,
    private readonly own: ReadonlyMap<string, DeviceBuffer>,
    readonly plan: Plan,
    readonly program: Program,
  ) {}

  /**
   * Creates the variables that a plan needs beside parameters and state, and makes it ready.
   *
   * @param contents - of its own variables, by name; the others begin with zeros
   */
  static async load(
    plan: Plan,
    memory: DeviceMemory,
    contents: Readonly<Record<string, Values>>,
    maxSteps: number,
  ): Promise<LoadedGraph> {
    const { device } = memory;
    const variables = memory.variables();
    const own = new Map<string, DeviceBuffer>();
    try {
      for (const { kind, name, dtype, length } of plan.buffers) {
        if (kind === "variable" && !variables.has(name)) own.set(name, device.create(name, dtype, length));
      }
      for (const [name, values] of Object.entries(contents)) await upload(device, own.get(name), values);
      return new LoadedGraph(device, own, plan, await device.load(plan, new Map([...variables, ...own]), maxSteps));
    } catch (error) {
      device.destroy([...own.values()]);
      throw error;
    }
  }

  buffer(name: string): DeviceBuffer {
    return this.own.get(name)!;
  }

  /** Other contents for a variable of its own. */
  rewrite(name: string, values: Values): Promise<void> {
    return upload(this.device, this.own.get(name), values);
  }

  dispose(): void {
    this.program.dispose();
    this.device.destroy([...this.own.values()]);
  }
}

/** Large arrays are written so much at a time: a millisecond, and not much more where a browser waits for its GPU process. */
export const UPLOAD_BYTES = 2 ** 20;

/**
 * Fills a buffer, if there is one; other work of the thread gets its turn in between. The first write makes the driver clear
 * all of the buffer: before that is done, a browser holds further ones up, and with them the thread.
 */
async function upload(device: Backend, buffer: DeviceBuffer | undefined, values: Values): Promise<void> {
  const most = UPLOAD_BYTES / 4;
  for (let start = 0; buffer && start < values.length; start += most) {
    if (start > 0) await nextTask();
    device.write(buffer, values.subarray(start, start + most) as Values, start);
    if (start === 0 && most < values.length) await device.done?.();
  }
}
