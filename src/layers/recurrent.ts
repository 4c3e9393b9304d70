import { ArgumentError } from "../core/errors.js";
import { checkCount, optionsOf } from "../core/options.js";
import type { Tensor } from "../graph/tensor.js";
import { glorotUniform, type Initializer, toInitializer, zeros } from "../initializers/index.js";
import { add } from "../ops/elementwise.js";
import { concatenate, reshape } from "../ops/layout.js";
import { matmul } from "../ops/matmul.js";
import { CELLS, type Cell, lastState, recurrence, statesOf } from "../ops/recurrence.js";
import { checkTrainable, defineLayer, type Layer, type Scope } from "./layer.js";
import { sequenceOf } from "./sequence.js";

/*
 * Recurrent layers: [batch, time, features] to the state after the last step, or to those of all steps.
 */

/** Options of recurrent layers. */
export interface RecurrentOptions {
  /** Whether the states of all steps are given, [batch, time, units]; false: that after the last, [batch, units]. */
  returnSequences?: boolean;
  /** Whether sequences are worked from their end; the last state is then that at the first place. False. */
  reverse?: boolean;
  /** Whether a second input is a mask [batch, time]: where it is 0, the state stays as it is. False. */
  masked?: boolean;
  /** First values of the weights, a name or an initializer; Glorot uniform. */
  initializer?: string | Initializer | Initializer["config"];
  /** Whether training changes its parameters; true. */
  trainable?: boolean;
  name?: string;
}

/** Options of `rnn`. */
export interface RnnOptions extends RecurrentOptions {
  /** "tanh", or "relu". */
  activation?: "tanh" | "relu";
}

/** Options of `gru`. */
export interface GruOptions extends RecurrentOptions {
  /** Whether the gate r is applied after the hidden product, as in PyTorch and by default in Keras; true, the only form. */
  resetAfter?: boolean;
}

/** Functional layers of a kind, as `bidirectional` turns them round. */
const directions = new WeakMap<Layer, (reverse: boolean) => Layer>();

function recurrent(
  layer: string,
  units: number,
  cell: Cell,
  options: RecurrentOptions,
  own: Record<string, unknown> = {},
): Layer {
  checkCount(`${layer}: units`, units);
  const { returnSequences, reverse, masked, initializer, trainable, name } = optionsOf(layer, options, {
    returnSequences: false,
    reverse: false,
    masked: false,
    initializer: glorotUniform(),
    trainable: undefined,
    name: undefined,
  });
  checkTrainable(layer, trainable);
  for (const [option, value] of Object.entries({ returnSequences, reverse, masked })) {
    if (typeof value !== "boolean") throw new ArgumentError(`${layer}: ${option} must be true or false, got ${value}.`);
  }
  const drawn = toInitializer(initializer);
  const made = defineLayer({
    config: { layer, units, ...own, returnSequences, reverse, masked, initializer: drawn.config, trainable, name },
    joins: masked,
    forward(x, scope, mask) {
      if (masked !== (mask !== undefined)) {
        throw new ArgumentError(
          `${layer} "${scope.name}": a mask is its second input where masked is true: apply(layer, x, mask).`,
        );
      }
      const y = states(x, scope, { layer, initializer: drawn, cell, units, reverse, mask });
      return returnSequences ? statesOf(y, units) : lastState(y, units, reverse);
    },
  });
  directions.set(made, (turned) => recurrent(layer, units, cell, { ...options, reverse: turned }, own));
  return made;
}

/** A recurrent layer as its forward pass needs it. */
interface Unrolled {
  layer: string;
  initializer: Initializer;
  cell: Cell;
  units: number;
  reverse: boolean;
  mask: Tensor | undefined;
}

/** The states of all steps. @param x - [batch, time, features] */
function states(x: Tensor, scope: Scope, { layer, initializer, cell, units, reverse, mask }: Unrolled): Tensor {
  const width = CELLS[cell].gates * units;
  const [time, features] = sequenceOf(layer, scope.name, x.shape);
  const [batch] = x.shape;
  const inputWeight = scope.parameter("inputWeight", [features, width], initializer);
  const hiddenWeight = scope.parameter("hiddenWeight", [units, width], initializer);
  const inputBias = scope.parameter("inputBias", [width], zeros());
  const hiddenBias = scope.parameter("hiddenBias", [width], zeros());
  const z = add(matmul(reshape(x, [batch * time, features]), inputWeight), inputBias);
  return recurrence(reshape(z, [batch, time, width]), hiddenWeight, hiddenBias, { cell, reverse }, mask);
}

/**
 * A plain recurrent layer, as torch.nn.RNN: h(t) = tanh(x(t) inputWeight + inputBias + h(t - 1) hiddenWeight + hiddenBias)
 * (Elman, 1990).
 *
 * @returns a layer from [batch, time, features] to [batch, units], or [batch, time, units], with parameters `inputWeight`
 * [features, units], `hiddenWeight` [units, units], `inputBias` and `hiddenBias` [units]
 * @throws ArgumentError when units aren't a positive integer, or the activation is another; ShapeError when what comes before
 * it gives no sequences
 */
export function rnn(units: number, options: RnnOptions = {}): Layer {
  const { activation = "tanh", ...rest } = options;
  if (activation !== "tanh" && activation !== "relu") {
    throw new ArgumentError(`rnn: activation must be "tanh" or "relu", got ${JSON.stringify(activation)}.`);
  }
  return recurrent("rnn", units, activation, rest, { activation });
}

/**
 * Gated recurrent units, as torch.nn.GRU: r = σ(z_r + h_r), u = σ(z_u + h_u), n = tanh(z_n + r h_n), h = (1 - u) n + u h(t - 1),
 * with z = x inputWeight + inputBias and h_* = h(t - 1) hiddenWeight + hiddenBias (Cho et al., 2014).
 *
 * @returns a layer from [batch, time, features] to [batch, units], or [batch, time, units], with parameters `inputWeight`
 * [features, 3 units], gates in the order r, u, n, `hiddenWeight` [units, 3 units], `inputBias` and `hiddenBias` [3 units]
 * @throws ArgumentError when units aren't a positive integer; ShapeError when what comes before it gives no sequences
 */
export function gru(units: number, options: GruOptions = {}): Layer {
  const { resetAfter = true, ...rest } = options;
  if (resetAfter !== true) {
    throw new ArgumentError("gru: only resetAfter: true is there, the form of PyTorch and of Keras's default.");
  }
  return recurrent("gru", units, "gru", rest, { resetAfter });
}

/**
 * Long short-term memory, as torch.nn.LSTM: i, f, o = σ(...), g = tanh(...), c = f c(t - 1) + i g, h = o tanh(c)
 * (Hochreiter, Schmidhuber, 1997; Gers et al., 2000).
 *
 * @returns a layer from [batch, time, features] to [batch, units], or [batch, time, units], with parameters `inputWeight`
 * [features, 4 units], gates in the order i, f, g, o, `hiddenWeight` [units, 4 units], `inputBias` and `hiddenBias` [4 units]
 * @throws ArgumentError when units aren't a positive integer; ShapeError when what comes before it gives no sequences
 */
export const lstm = (units: number, options: RecurrentOptions = {}): Layer => recurrent("lstm", units, "lstm", options);

/** Options of `bidirectional`. */
export interface BidirectionalOptions {
  name?: string;
}

/**
 * A recurrent layer in both directions, each with parameters of its own, `forward.*` and `backward.*`: their results side by
 * side, [batch, 2 units] or [batch, time, 2 units]; of each the last state, or all states in the order of time.
 *
 * @throws ArgumentError when it isn't given an rnn, gru or lstm
 */
export function bidirectional(layer: Layer, options: BidirectionalOptions = {}): Layer {
  const { name } = optionsOf("bidirectional", options, { name: undefined });
  const turned = directions.get(layer);
  if (!turned) throw new ArgumentError("bidirectional: needs a recurrent layer: bidirectional(lstm(32)).");
  const [forward, backward] = [false, true].map((reverse) => {
    const each = turned(reverse);
    return { ...each, config: { ...each.config, name: reverse ? "backward" : "forward" } };
  });
  return defineLayer({
    config: { layer: "bidirectional", of: layer.config, name },
    parts: [forward, backward],
    joins: layer.joins,
    forward: (x, scope, ...mask) =>
      concatenate(
        [forward, backward].map((each) => scope.call(each, x, ...mask)),
        -1,
      ),
  });
}
