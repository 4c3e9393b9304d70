import type { Backend, DeviceBuffer } from "../backends/backend.js";
import type { Values } from "../core/dtype.js";
import { DeviceLostError } from "../core/errors.js";
import { sizeOf } from "../core/shape.js";
import type { Model } from "../model/model.js";
import type { Optimizer } from "../optimizers/index.js";
import { stateVariables } from "./state.js";

/** Result of a run: in a device buffer, or on the host already. */
export type Output = DeviceBuffer | Values;

/** After a part of an epoch, up to so many bytes are read back along with its results. */
const NEXT_TO_NOTHING = 2 ** 16;

/** Parameters and optimizer state on the device, and copies of them to go back to. */
export class DeviceMemory {
  /** Buffers of the parameters, of the optimizer's state, and of both, by the names that graphs know them by. */
  readonly parameters = new Map<string, DeviceBuffer>();
  readonly state = new Map<string, DeviceBuffer>();
  readonly variables: ReadonlyMap<string, DeviceBuffer>;
  readonly #copies = new Map<string, Map<DeviceBuffer, DeviceBuffer>>();
  /** The device's, when this was made; -1 where it was lost meanwhile. */
  readonly generation: number | undefined;
  #readBackAt = 0;

  /**
   * @param model - its parameters are the first values here
   * @param optimizer - none where nothing is trained
   * @param state - of the optimizer, by the names of its variables; their first values where absent
   */
  constructor(
    readonly device: Backend,
    model: Model,
    optimizer: Optimizer | undefined,
    state: ReadonlyMap<string, { values: Values }> | undefined,
  ) {
    this.generation = device.generation;
    try {
      for (const [name, { shape }] of model.own) this.parameters.set(name, device.create(name, "f32", sizeOf(shape)));
      for (const [name, shape, values] of optimizer ? stateVariables(model, optimizer) : []) {
        this.state.set(name, device.create(name, "f32", sizeOf(shape), state?.get(name)?.values ?? values));
      }
      // First values are drawn once there is room for them.
      for (const [name, { values }] of model.own) device.write(this.parameters.get(name)!, values);
    } catch (error) {
      this.dispose();
      if (!device.reopen || !(error instanceof DeviceLostError)) throw error;
      this.generation = -1; // made anew when it is first needed
    }
    this.variables = new Map([...this.parameters, ...this.state]);
  }

  /** Overwrites variables, by name. */
  write(values: ReadonlyMap<string, Values>): void {
    for (const [name, each] of values) this.device.write(this.variables.get(name)!, each);
  }

  /** The variables worth having at home: parameters; where a device can be lost, the optimizer's state as well. */
  get worthReading(): DeviceBuffer[] {
    return [...(this.device.reopen ? this.variables : this.parameters).values()];
  }

  /**
   * Variables to be read back along with results, so that a lost device loses no more than the epoch at work. After an
   * epoch small ones always are, large ones when that takes less than a twentieth of the time since, at a slow bus's
   * 1 GB/s; after a part of an epoch likewise, but few are small enough.
   */
  homeward(afterEpoch: boolean): DeviceBuffer[] {
    const numbers = [...this.parameters.values()].reduce((sum, { length }) => sum + length, 0);
    const bytes = 12 * numbers; // with two moments, as most optimizers have
    const now = performance.now();
    const limit = afterEpoch ? 2 ** 23 : NEXT_TO_NOTHING;
    if (bytes > limit && now - this.#readBackAt < (20 * bytes) / 1e6) return [];
    this.#readBackAt = now;
    return this.worthReading;
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
      const buffers = what === "all" ? this.variables : this.parameters;
      copy = new Map(
        [...buffers.values()].map((buffer) => [
          buffer,
          this.device.create(`${name} ${buffer.label}`, "f32", buffer.length),
        ]),
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
    this.device.destroy([...this.parameters.values(), ...this.state.values()]);
  }
}
