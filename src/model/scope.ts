import { ArgumentError } from "../core/errors.js";
import type { RandomStream } from "../core/random.js";
import type { Shape } from "../core/shape.js";
import { inScope, type Tensor } from "../graph/tensor.js";
import { storageOf } from "../graph/views.js";
import {
  freeName,
  isFrozen,
  type Layer,
  type ParameterOptions,
  type Scope,
  type SequenceMemory,
  wantedName,
} from "../layers/index.js";
import { rowWeights } from "../ops/batch.js";

/** Gives a parameter's tensor while a model is traced. */
export type ParameterSource = (
  name: string,
  shape: Shape,
  initializer: { values(shape: Shape, random: RandomStream): Float32Array<ArrayBuffer> },
  trainable: boolean,
  /** The model's layer that it belongs to. */
  owner: Layer,
  /** Its part in penalties and limits of norms. */
  options: ParameterOptions | undefined,
) => Tensor;

/** Settings of one trace of a model, and what is told of it. */
export interface Trace {
  training: boolean;
  firstRow: number;
  /** Rows of the pass. */
  batch: number;
  parameter: ParameterSource;
  /** Of a pass over a part of sequences. */
  memory?: SequenceMemory;
  /** Takes a change of state. */
  effect?(assigned: Tensor): void;
  /** The next source of random numbers. */
  source: number;
  /** Variables that layers asked for so far, by their full names. */
  variables: Map<string, Tensor>;
  /** Done around the work of each layer's call; depth is 0 for a layer of the model, 1 for one inside of that, ... */
  around?(name: string, layer: Layer, depth: number, work: () => Tensor): Tensor;
}

/** The scope of one call of a layer. */
export class LayerScope implements Scope {
  /** Names of the layers that were called in this one. */
  readonly #names = new Map<Layer, string>();
  readonly #taken = new Set<string>();
  /** Names of the variables that were asked for. */
  readonly #asked = new Set<string>();
  readonly #states = new Set<Tensor>();
  /** Whether the layer's own work has begun: a further one of its kind is another. */
  #isEntered = false;
  readonly training: boolean;
  readonly firstRow: number;
  readonly memory: SequenceMemory | undefined;
  /** @internal */
  readonly enter: Scope["enter"];

  // All that layers call is a property of its own, so that a copy with another `parameter` has it: { ...scope, parameter }.
  constructor(
    readonly name: string,
    private readonly layer: Layer,
    /** The layer of the model that this is, or that this is in. */
    private readonly owner: Layer,
    private readonly trace: Trace,
    private readonly depth = 0,
  ) {
    this.training = trace.training;
    this.firstRow = trace.firstRow;
    this.memory = trace.memory;
    const original = this;
    this.enter = function (this: Scope, entered, work) {
      return this === original ? original.#enter(entered, work) : work(this);
    };
  }

  randomSource: Scope["randomSource"] = () => this.trace.source++;
  parameter: Scope["parameter"] = (name, shape, initializer, options) =>
    this.#variable(name, shape, initializer, !isFrozen(this.layer) && !isFrozen(this.owner), options);
  borrow: Scope["borrow"] = (name) => this.trace.variables.get(name);
  state: Scope["state"] = (name, shape, initializer) => {
    const state = this.#variable(name, shape, initializer, false);
    this.#states.add(storageOf(state));
    return state;
  };

  effect: Scope["effect"] = (assigned) => {
    if (!assigned?.op?.writes || !this.#states.has(storageOf(assigned))) {
      throw new ArgumentError(`${this.name}: effect() needs ops.assign(state, value), of a state of this layer.`);
    }
    if (this.training && !isFrozen(this.layer) && !isFrozen(this.owner)) this.trace.effect?.(assigned);
  };
  rowWeights: Scope["rowWeights"] = () => rowWeights(this.trace.batch, this.firstRow);

  #variable(
    local: string,
    shape: Shape,
    initializer: Parameters<ParameterSource>[2],
    trainable: boolean,
    options?: ParameterOptions,
  ): Tensor {
    const name = `${this.name}.${local}`;
    if (this.#asked.has(local)) throw new ArgumentError(`sequential: two parameters are called ${name}.`);
    this.#asked.add(local);
    const variable = this.trace.parameter(name, shape, initializer, trainable, this.owner, options);
    this.trace.variables.set(name, variable);
    return variable;
  }

  call: Scope["call"] = (layer, x, ...further) => this.#inside(layer, (scope) => layer.forward(x, scope, ...further));

  #enter(layer: Layer, work: (scope: Scope) => Tensor): Tensor {
    if (this.#isEntered || layer.config.layer !== this.layer.config.layer) {
      return this.#inside(layer, (scope) => scope.enter(layer, work));
    }
    this.#isEntered = true;
    return work(this);
  }

  #inside(layer: Layer, work: (scope: Scope) => Tensor): Tensor {
    const local = this.#names.get(layer) ?? freeName(wantedName(layer), this.#taken);
    this.#names.set(layer, local);
    const { owner, trace, depth } = this;
    const scope = new LayerScope(`${this.name}.${local}`, layer, owner, trace, depth + 1);
    return scope.work(local, () => work(scope));
  }

  /** Does the call's work. @param local - its name in the scope around it */
  work(local: string, forward: () => Tensor): Tensor {
    const { name, layer, trace, depth } = this;
    const work = () => inScope(local, forward);
    return trace.around ? trace.around(name, layer, depth, work) : work();
  }
}
