import { planFor } from "../compile/kept-plans.js";
import { ModelStepTable } from "../compile/steps.js";
import { sizeOf } from "../core/shape.js";
import { type Tensor, variable } from "../graph/tensor.js";
import type { Layer } from "../layers/index.js";
import type { Model } from "../model/model.js";
import { assign } from "../ops/assign.js";
import { collect } from "../ops/batch.js";
import { reshape } from "../ops/layout.js";
import { take } from "./calls.js";
import type { DeviceMemory } from "./device-memory.js";
import type { Internals } from "./internals.js";
import { LoadedGraph } from "./pass.js";

/** Layers, and those that they are made of. */
const withParts = (layers: readonly Layer[]): Layer[] =>
  layers.flatMap((layer) => [layer, ...withParts(layer.parts ?? [])]);

/** How a model's sequences can be worked place by place: for any number of places, for as many as its input has, or not at all. */
export function placesOf(model: Model): Layer["byPlace"] {
  const { structure, layers, inputs, outputs } = model;
  const [{ shape, dtype }] = inputs;
  const isSequence = outputs.length === 1 && outputs[0].shape.length === 2 && outputs[0].shape[0] === shape[0];
  if (inputs.length !== 1 || shape.length !== 1 || dtype !== "u32" || !isSequence) return undefined;
  // Places that are seen of a second sequence aren't kept.
  const isAcross = structure.calls.some(({ layer, inputs }) => inputs.length > 1 && layer.layer.byPlace === "context");
  const kinds = withParts(layers.map(({ layer }) => layer)).map(({ byPlace }) => byPlace);
  if (isAcross || kinds.includes(undefined)) return undefined;
  return kinds.includes("context") ? "context" : "endless";
}

const ONE_STEP = new ModelStepTable(1);
ONE_STEP.set(0, { first: 0, rows: 1 });

/** The pass over one place: variables `token` and `place`, `logits`, and those that layers keep. */
function graphOf(model: Model): Tensor[] {
  const before = new Map<string, Tensor>();
  const kept: Tensor[] = [];
  const memory = {
    at: { time: model.input[0], place: variable("place", [1], "u32") },
    take(name: string, shape: readonly number[]) {
      before.set(name, variable(`kept.${name}`, shape));
      return before.get(name)!;
    },
    keep: (name: string, value: Tensor) => void kept.push(assign(before.get(name)!, value)),
  };
  const parameters = new Map<string, Tensor>();
  const [output] = model.trace([variable("token", [1, 1], "u32")], { training: false, memory }, (name, shape) => {
    if (!parameters.has(name)) parameters.set(name, variable(name, shape));
    return parameters.get(name)!;
  });
  const size = output.size;
  return [collect(variable("logits", [1, size]), reshape(output, [1, size])), ...kept];
}

/**
 * A sequence worked one place after the other, with the states, keys and values that layers keep on the device: each token
 * costs one place, however many stand before it.
 */
export class PlaceByPlace {
  #memory?: DeviceMemory;
  #graph?: LoadedGraph;
  /** Tokens that the device has worked. */
  #done = 0;

  constructor(private readonly trainer: Internals) {}

  /**
   * Works the tokens that weren't yet.
   *
   * @param ids - all tokens of the sequence so far, those of the call before first
   * @returns what the model puts out at the last place, [tokens]
   */
  next(ids: readonly number[]): Promise<Float32Array> {
    return take(this.trainer, async ({ spec: { model } }, memory) => {
      if (this.#memory !== memory) {
        this.#graph?.dispose();
        const plan = await planFor(memory.device, "place", graphOf(model));
        this.#graph = await LoadedGraph.load(plan, memory, {}, 1);
        this.#memory = memory;
        this.#done = 0;
      }
      const { buffers, program } = this.#graph!;
      for (; this.#done < ids.length; this.#done++) {
        memory.device.write(buffers.get("token")!, Uint32Array.of(ids[this.#done]));
        const place = buffers.get("place"); // recurrent layers don't ask for it
        if (place) memory.device.write(place, Uint32Array.of(this.#done));
        await program.run(ONE_STEP);
      }
      const [logits] = await memory.read([buffers.get("logits")!]);
      return (logits as Float32Array).subarray(0, sizeOf(model.output.slice(1)));
    });
  }

  dispose(): void {
    this.#graph?.dispose();
    this.#graph = undefined;
    this.#memory = undefined;
  }
}
