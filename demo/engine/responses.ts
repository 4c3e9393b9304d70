import {
  type Backend,
  type Layer,
  type LayerFunction,
  type Model,
  meanSquaredError,
  ops,
  type Scope,
  sequential,
  sgd,
  Trainer,
} from "neuromotor";

type Tensor = Parameters<LayerFunction>[0];

/** Rows that predictions take at a time without building anything anew. */
const ROWS_AT_A_TIME = 256;

/** Of the single layer, at the head of its parameters' names. */
const NAME = "all";

/**
 * The outputs of every neuron of a network. The network is traced once more as a single layer whose outputs are those of all
 * its layers side by side, so that one prediction gives them all.
 */
export class Responses {
  readonly #trainer: Trainer;
  readonly #model: Model;
  /** Outputs of all layers. */
  readonly units: number;

  /** @param finish - what is done to the last layer's outputs, such as a softmax */
  constructor(
    private readonly network: Model,
    layers: readonly Layer[],
    device: Backend,
    finish: (outputs: Tensor) => Tensor,
  ) {
    const hasNeurons = network.outline.map(({ parameters }) => parameters > 0);
    function all(x: Tensor, scope: Scope): Tensor {
      const outputs: Tensor[] = [];
      let value = x;
      for (const [i, layer] of layers.entries()) {
        value = scope.call(layer, value);
        if (hasNeurons[i]) outputs.push(i === layers.length - 1 ? finish(value) : value);
      }
      return outputs.length === 1 ? outputs[0] : ops.concatenate(outputs, 1);
    }
    this.#model = sequential({ input: network.input, seed: 0 }, [{ config: { layer: NAME }, forward: all }]);
    // It is never trained: any loss and optimizer will do.
    this.#trainer = new Trainer(this.#model, { device, loss: meanSquaredError(), optimizer: sgd() });
    this.units = this.#model.output[0];
  }

  /**
   * Outputs of all neurons with the network's present parameters.
   *
   * @param features - [rows, ...input]
   * @returns [rows, units]
   */
  async of(features: Float32Array<ArrayBuffer>): Promise<Float32Array<ArrayBuffer>> {
    const parameters = [...this.network.parameters()].map(
      ([name, parameter]) => [`${NAME}.${name}`, parameter] as const,
    );
    this.#model.setParameters(new Map(parameters));
    const size = this.network.input.reduce((product, axis) => product * axis, 1);
    const rows = features.length / size;
    const values = new Float32Array(rows * this.units);
    for (let row = 0; row < rows; row += ROWS_AT_A_TIME) {
      const some = features.subarray(row * size, Math.min(rows, row + ROWS_AT_A_TIME) * size);
      values.set((await this.#trainer.predict(some)).values, row * this.units);
    }
    return values;
  }

  dispose(): void {
    this.#trainer.dispose();
  }
}
