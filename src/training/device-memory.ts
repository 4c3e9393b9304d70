import type { Backend, DeviceBuffer, Program } from "../backends/backend.js";
import { compile } from "../compile/compile.js";
import type { Plan } from "../compile/plan.js";
import type { DType, Values } from "../core/dtype.js";
import type { Tensor } from "../graph/tensor.js";
import type { Model } from "../model/model.js";
import type { Optimizer } from "../optimizers/index.js";
import { stateName } from "./graphs.js";

/** Parameters and optimizer state on the device, and copies of them to go back to. */
export class DeviceMemory {
  readonly #parameters = new Map<string, DeviceBuffer>();
  readonly #state = new Map<string, DeviceBuffer>();
  readonly #copies = new Map<string, Map<DeviceBuffer, DeviceBuffer>>();

  constructor(
    readonly device: Backend,
    private readonly model: Model,
    optimizer: Optimizer | undefined,
    state: ReadonlyMap<string, { values: Float32Array<ArrayBuffer> }> | undefined,
  ) {
    try {
      for (const [name, { values }] of model.parameters()) {
        this.#parameters.set(name, device.create(name, "f32", values.length, values));
        if (optimizer && optimizer.moments > 0) {
          const moments = state?.get(name)?.values;
          this.#state.set(name, device.create(stateName(name), "f32", values.length * optimizer.moments, moments));
        }
      }
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Parameters and state by the names that graphs know them by. */
  variables(): Map<string, DeviceBuffer> {
    const state = [...this.#state].map(([name, buffer]) => [stateName(name), buffer] as const);
    return new Map([...this.#parameters, ...state]);
  }

  /** Writes the model's parameters to the device. */
  upload(): void {
    for (const [name, { values }] of this.model.parameters()) this.device.write(this.#parameters.get(name)!, values);
  }

  /** Brings the parameters home into the model. */
  async download(): Promise<void> {
    const names = [...this.#parameters.keys()];
    const values = await this.device.read([...this.#parameters.values()]);
    this.model.adoptParameters(new Map(names.map((name, i) => [name, values[i]])));
  }

  /** The optimizer's state by parameter name. */
  async readState(): Promise<Map<string, Values>> {
    const values = await this.device.read([...this.#state.values()]);
    return new Map([...this.#state.keys()].map((name, i) => [name, values[i]]));
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
  readonly #own: Map<string, DeviceBuffer>;
  private constructor(
    private readonly device: Backend,
    own: Map<string, DeviceBuffer>,
    readonly plan: Plan,
    readonly program: Program,
  ) {
    this.#own = own;
  }

  /**
   * @param memory - parameters and state
   * @param own - buffers to create: their values, or their length
   * @param shared - buffers of someone else
   */
  static async load(
    label: string,
    outputs: readonly Tensor[],
    memory: DeviceMemory,
    own: Readonly<Record<string, { dtype?: DType; values?: Values; length?: number }>>,
    maxSteps: number,
    shared: Readonly<Record<string, DeviceBuffer>> = {},
  ): Promise<LoadedGraph> {
    const { device } = memory;
    const created = new Map<string, DeviceBuffer>();
    try {
      for (const [name, { dtype = "f32", values, length = values?.length ?? 0 }] of Object.entries(own)) {
        created.set(name, device.create(name, dtype, length, values));
      }
      const variables = new Map([...memory.variables(), ...Object.entries(shared), ...created]);
      const plan = compile(label, outputs, device);
      return new LoadedGraph(device, created, plan, await device.load(plan, variables, maxSteps));
    } catch (error) {
      device.destroy([...created.values()]);
      throw error;
    }
  }

  has(name: string): boolean {
    return this.#own.has(name);
  }

  buffer(name: string): DeviceBuffer {
    return this.#own.get(name)!;
  }

  dispose(): void {
    this.program.dispose();
    this.device.destroy([...this.#own.values()]);
  }
}
