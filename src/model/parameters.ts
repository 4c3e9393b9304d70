import type { Values } from "../core/dtype.js";
import { ArgumentError, DataError, ShapeError } from "../core/errors.js";
import { RandomStream, Stream } from "../core/random.js";
import { formatShape, type Shape, sameShape, sizeOf } from "../core/shape.js";
import { variable } from "../graph/tensor.js";
import type { Layer } from "../layers/index.js";
import type { ParameterSource } from "./scope.js";

/** A parameter's shape and its values, row-major. */
export interface Parameter {
  shape: Shape;
  /** [...shape], row-major. */
  values: Float32Array<ArrayBuffer>;
  /** False for what gradients don't change: running statistics, and parameters of a layer that isn't trainable. */
  trainable?: boolean;
}

/** Numbers of a parameter, 16 GiB: more fit nowhere. A device says what it has no room for, before values are drawn. */
const MOST_NUMBERS = 2 ** 32;

/** First values of a parameter. */
export type Draw = (name: string, shape: Shape) => Float32Array<ArrayBuffer>;

/** Parameters and state of a model by name, and which of them changed when. */
export class Parameters {
  /** Each with its values, which are drawn when they are first asked for: shapes and counts need none. */
  readonly own = new Map<string, Parameter>();
  readonly #owners = new Map<string, Layer>();
  /** The number of changes so far, and which of them was each parameter's last: a Trainer's device may be behind. */
  #version = 0;
  readonly #changedAt = new Map<string, number>();

  /** Makes parameters as a trace asks for them. @param draws - gives first values; drawn by initializers where absent */
  drawing(seed: number, draws?: Draw): ParameterSource {
    return (name, shape, initializer, trainable, owner) => {
      const known = this.own.get(name);
      if (!known) {
        let own = draws?.(name, shape);
        if (!own && sizeOf(shape) > MOST_NUMBERS) {
          throw new ArgumentError(
            `${name} ${formatShape(shape)} is more than memory holds. Give the layers fewer units.`,
          );
        }
        const random = new RandomStream(seed, Stream.weights, this.own.size);
        this.own.set(name, {
          ...(!trainable && { trainable }),
          shape,
          get values() {
            own ??= initializer.values(shape, random);
            return own;
          },
        });
        this.#owners.set(name, owner);
      } else if (this.#owners.get(name) !== owner) {
        throw new ArgumentError(`Two parameters are called ${name}. Give their layers names without dots.`);
      } else if (!sameShape(known.shape, shape)) {
        throw new ShapeError(
          `The layer of ${name} ${formatShape(known.shape)} is used again on an input for which that would be ` +
            `${formatShape(shape)}: give it inputs of one shape, or use two layers.`,
        );
      }
      return variable(name, shape);
    };
  }

  /** Number of trainable numbers. */
  get count(): number {
    return [...this.own.values()].reduce(
      (sum, { shape, trainable = true }) => sum + (trainable ? sizeOf(shape) : 0),
      0,
    );
  }

  get version(): number {
    return this.#version;
  }

  /** Values that were changed after a version, by name. */
  changesSince(version: number): Map<string, Float32Array<ArrayBuffer>> {
    const isNewer = ([name]: [string, Parameter]) => (this.#changedAt.get(name) ?? 0) > version;
    return new Map([...this.own].filter(isNewer).map(([name, { values }]) => [name, values]));
  }

  copies(): Map<string, Parameter> {
    return new Map([...this.own].map(([name, own]) => [name, { ...own, values: own.values.slice() }]));
  }

  /** @throws ArgumentError on an unknown name, ShapeError on another shape, DataError on NaN or infinity */
  set(given: ReadonlyMap<string, { shape?: Shape; values: ArrayLike<number> }>): void {
    if (typeof given?.get !== "function" || !(Symbol.iterator in given)) {
      throw new ArgumentError(
        'setParameters: needs a Map, as parameters() gives it: new Map([["dense.bias", { values: [0, 0] }]]).',
      );
    }
    for (const [name, { shape, values }] of given) {
      const own = this.own.get(name);
      if (!own) {
        throw new ArgumentError(`setParameters: there is no "${name}"; it has ${[...this.own.keys()].join(", ")}.`);
      }
      if (values.length !== sizeOf(own.shape) || (shape && !sameShape(shape, own.shape))) {
        throw new ShapeError(
          `setParameters: ${name} is ${formatShape(own.shape)}, got ${shape ? formatShape(shape) : `${values.length} values`}.`,
        );
      }
      if (!Array.prototype.every.call(values, (value: number) => Number.isFinite(Math.fround(value)))) {
        throw new DataError(`setParameters: ${name} has values that are NaN, infinite, or too large for float32.`);
      }
    }
    this.change([...given].map(([name, { values }]) => [name, Array.from(values)]));
  }

  /** Without a check. */
  change(changes: readonly (readonly [name: string, values: ArrayLike<number> | Values])[]): void {
    this.#version++;
    for (const [name, values] of changes) {
      this.own.get(name)!.values.set(values);
      this.#changedAt.set(name, this.#version);
    }
  }
}
