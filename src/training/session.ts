import type { Backend } from "../backends/backend.js";
import type { Values } from "../core/dtype.js";
import { ArgumentError } from "../core/errors.js";
import type { Model, Position } from "../model/model.js";
import type { Optimizer } from "../optimizers/index.js";
import { DeviceMemory } from "./device-memory.js";

/** The session that trains a model, and the one whose device has newer parameters than the model, if there is one. */
const trainedBy = new WeakMap<Model, Session>();
const newest = new WeakMap<Model, Session>();

/** The host's copy of a device's memory, as it was after a step; the model has the parameters of that step. */
export interface Home extends Pick<Position, "epoch" | "step" | "underway"> {
  /** The optimizer's state by the names of its variables; its first values where absent. */
  state?: ReadonlyMap<string, { values: Values }>;
  /** The parameters that a callback kept. */
  kept?: ReadonlyMap<string, { values: Float32Array<ArrayBuffer> }>;
}

/** Where a run of steps started, of which the device keeps a copy to go back to. */
export interface RunStart {
  /** The memory that has the copy; none yet where absent. */
  memory?: DeviceMemory;
  position: Position;
}

/** The name of that copy: of parameters and optimizer state. */
export const RUN_START = "run start";

/**
 * A trainer's hold on its device: parameters and optimizer state there, and what is at home of them. The model is the
 * truth about parameters: what anyone changes of it is on the device before any work, what is trained is in the model
 * once it is read back. A lost device is opened again, and work repeated.
 */
export class Session {
  home: Home;
  /** Memory on the device, made when it is first needed. */
  held?: DeviceMemory;
  /** Whether the host has what the device has. */
  isHome = true;
  /** The model's version that the device has. */
  #version = 0;

  /**
   * @param optimizer - none of a session that only predicts
   * @param position - how far the training is; the session reads it, and goes back with it after a loss
   * @param state - of the optimizer, by the names of its variables; their first values where absent
   * @param askHome - asks for what isn't at home in between other work on this session
   */
  constructor(
    public device: Backend,
    readonly model: Model,
    readonly optimizer: Optimizer | undefined,
    readonly position: Position,
    state: ReadonlyMap<string, { values: Values }> | undefined,
    private readonly askHome: () => Promise<void>,
  ) {
    this.home = homeAt(position, state);
  }

  /** @throws DeviceError when the device has no room for it */
  get memory(): DeviceMemory {
    return this.held ?? this.renew();
  }

  /**
   * Works with the parameters that the model has now. Where the device is lost meanwhile, opens it again, and begins the
   * work anew with what is at home.
   *
   * @param start - of work that trains the model: until `release`, no other trainer may
   * @throws DeviceLostError where no device can be had: the model keeps what is at home
   * @throws ArgumentError when another trainer is training the model
   */
  async survive<T>(work: (memory: DeviceMemory) => Promise<T>, start?: RunStart): Promise<T> {
    if (start && (trainedBy.get(this.model) ?? this) !== this) {
      throw new ArgumentError("Trainer: another trainer is training this model. Await its fit first.");
    }
    if (start) trainedBy.set(this.model, this);
    const other = newest.get(this.model);
    if (other && other !== this) await other.askHome();
    const begin = (memory: DeviceMemory) => {
      if (start) this.#keep(start);
      return work(memory);
    };
    try {
      if (!this.isLost) {
        this.follow();
        return await begin(this.memory);
      }
    } catch (error) {
      if (!this.isLost) throw error;
    }
    const { recover } = await import("./recover.js");
    return recover(this, begin);
  }

  /** Keeps a copy of the memory as a run starts, where it has none. */
  #keep(start: RunStart): void {
    const { memory, position } = this;
    if (start.memory === memory) return;
    memory.keep(RUN_START, "all");
    Object.assign(start, { memory, position: { ...position } });
  }

  setHome(isHome: boolean): void {
    this.isHome = isHome;
    if (!isHome) newest.set(this.model, this);
    else if (newest.get(this.model) === this) newest.delete(this.model);
  }

  /** Lets others train the model. */
  release(): void {
    if (trainedBy.get(this.model) === this) trainedBy.delete(this.model);
  }

  /** Whether the device was lost, and its memory with it. */
  get isLost(): boolean {
    return this.device.generation !== this.memory.generation;
  }

  /** Writes to the device what anyone has changed of the model's parameters since. */
  follow(): void {
    const { memory, model } = this; // which is made with what the model has
    if (model.version === this.#version) return;
    memory.write(model.changesSince(this.#version));
    this.#version = model.version;
  }

  /** Memory made of what is at home, in place of one that was lost. */
  renew(): DeviceMemory {
    this.#version = this.model.version;
    this.setHome(true);
    this.held = new DeviceMemory(this.device, this.model, this.optimizer, this.home.state);
    return this.held;
  }

  /**
   * Takes home what was read of the variables along with results. Parameters that someone has changed since the work
   * began stay as they are in the model, and are written to the device.
   *
   * @param values - nothing at all where nothing was read
   */
  takeHome(values: readonly Values[]): void {
    const { model, memory, position } = this;
    this.setHome(values.length > 0);
    if (values.length === 0) return;
    const changed = model.changesSince(this.#version);
    if (changed.size > 0) memory.write(changed);
    const names = [...memory.parameters.keys()];
    const state = values.slice(names.length);
    model.adoptParameters(new Map(names.map((name, i) => [name, changed.get(name) ?? values[i]])));
    this.#version = model.version;
    this.home = { ...placeOf(position), kept: this.home.kept };
    if (state.length > 0) {
      this.home.state = new Map([...memory.state.keys()].map((name, i) => [name, { values: state[i] }]));
    }
  }

  /** Reads back what isn't at home. */
  async bringHome(): Promise<void> {
    if (!this.isHome) this.takeHome(await this.memory.read(this.memory.worthReading));
  }

  /** Makes parameters and optimizer state what they were when the run at work started. */
  goBack(): void {
    this.memory.restore(RUN_START);
    this.setHome(false);
  }

  keepParameters(): void {
    this.follow();
    this.memory.keep("kept", "parameters");
    this.home.kept = this.isHome ? this.model.parameters() : undefined;
  }

  restoreParameters(): void {
    const { home, model } = this;
    const memory = this.held;
    if (!memory?.copyOf("kept")) return;
    memory.restore("kept");
    memory.forget("kept");
    const { kept } = home;
    if (kept) model.adoptParameters(new Map([...kept].map(([name, { values }]) => [name, values])));
    this.#version = model.version; // what was changed meanwhile is overwritten
    if (!kept) {
      this.setHome(false);
      home.step = -1; // a device lost now takes them along
    }
    home.kept = undefined;
  }

  dispose(): void {
    this.setHome(true);
    this.release();
    this.held?.dispose();
    this.held = undefined;
  }
}

/** The copy at home as it begins. */
export const homeAt = (position: Position, state: Home["state"]): Home => ({ ...placeOf(position), state });

const placeOf = ({ epoch, step, underway }: Position): Home => ({
  epoch,
  step,
  ...(underway && { underway: { ...underway, sums: [...underway.sums] } }),
});
