import { ArgumentError } from "../core/errors.js";
import type { Tensor } from "../graph/tensor.js";
import { checkTrainable, defineLayer, type Layer, type Scope } from "./layer.js";
import { isBuiltIn, registered } from "./makers.js";

/** A kind of layer of the user's own, with options that are JSON. */
export interface LayerKind<Options extends object> {
  /** Name of the kind, which saved models know it by. */
  name: string;
  /**
   * The forward pass, [batch, ...] to [batch, ...].
   *
   * @param options - that the layer was made with; an empty object where none were given
   */
  forward(x: Tensor, scope: Scope, options: Readonly<Options>): Tensor;
}

/** Options that every layer of the user's own has. */
export interface RegisteredLayerOptions {
  /** Whether training changes its parameters; true. */
  trainable?: boolean;
  /** Name in the model; the kind's where absent. */
  name?: string;
}

const kinds = new Map<string, LayerKind<never>>();

/**
 * Makes a kind of layer known by its name, so that models with it can be saved, and loaded where it was registered before.
 *
 * @example
 * const scaled = registerLayer({ name: "scaled", forward: (x, scope, { by = 2 }: { by?: number }) => ops.mul(by, x) });
 * const model = sequential({ input: [4] }, [dense(8), scaled({ by: 3 })]);
 * @returns makes layers of this kind, [batch, ...] to [batch, ...], of options that are kept in the saved model
 * @throws ArgumentError when it isn't a kind of layer, or another has its name
 */
export function registerLayer<Options extends object = Record<never, never>>(
  kind: LayerKind<Options>,
): (options?: Options & RegisteredLayerOptions) => Layer {
  const { name, forward } = kind ?? {};
  if (typeof name !== "string" || !/^[^\s./]+$/.test(name) || typeof forward !== "function") {
    throw new ArgumentError(
      "registerLayer: needs { name, forward(x, scope, options) }, the name without dots and spaces.",
    );
  }
  const known = kinds.get(name);
  if (isBuiltIn(name) || (known && known !== (kind as unknown))) {
    throw new ArgumentError(`registerLayer: there is a layer "${name}" already. Choose another name.`);
  }
  kinds.set(name, kind as unknown as LayerKind<never>);
  const make = (given: Options & RegisteredLayerOptions = {} as Options): Layer => {
    const { name: own, trainable, ...options } = copyOf(name, given);
    checkTrainable(name, trainable);
    return defineLayer({
      config: { layer: name, ...options, trainable, name: own },
      forward: (x, scope) => forward(x, scope, options as unknown as Options),
    });
  };
  registered.set(name, make as (options: object) => Layer);
  return make;
}

/** Options as a saved model would have them. @throws ArgumentError when they aren't JSON */
function copyOf<T extends object>(layer: string, options: T): T & RegisteredLayerOptions {
  if (typeof options === "object" && options !== null && isJson(options)) return structuredClone(options);
  throw new ArgumentError(
    `${layer}: options must be an object of what JSON can hold: finite numbers, text, true, false, null, lists and plain ` +
      "objects of these. Give arrays of numbers as lists: Array.from(values).",
  );
}

function isJson(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (value === null || value === undefined || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value !== "object") return false;
  const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
  return isPlain && Object.values(value).every(isJson);
}
