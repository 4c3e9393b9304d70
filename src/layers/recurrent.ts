import { ArgumentError, ShapeError } from "../core/errors.js";
import { checkArgument, checkCount, optionsOf } from "../core/options.js";
import { checkNumbers, SHARE } from "../core/ranges.js";
import { type Shape, sameShape, sizeOf } from "../core/shape.js";
import { shown } from "../core/shown.js";
import { constant, type Tensor } from "../graph/tensor.js";
import { glorotUniform, type Initializer, toInitializer, zeros } from "../initializers/index.js";
import { dropout } from "../ops/dropout.js";
import { add, mul } from "../ops/elementwise.js";
import { concatenate, slice } from "../ops/indexing.js";
import { reshape } from "../ops/layout.js";
import { matmul } from "../ops/matmul.js";
import { type Cell, lastStates, recurrence, statesOf } from "../ops/recurrence.js";
import { type TracedCell, traceCell } from "../ops/traced-cell.js";
import { cells, checkStates, inSteps, type RecurrentCell } from "./cells.js";
import { checkTrainable, defineLayer, type Layer } from "./layer.js";
import { checkMask, keepMask, maskOf } from "./masks.js";
import { sequenceOf } from "./sequence.js";
import { withBatch } from "./window.js";

/*
 * Recurrent layers: [batch, time, features] to the state after the last step, or to those of all steps.
 */

/** Options of recurrent layers. */
export interface RecurrentOptions {
  /** Whether the states of all steps are given, [batch, time, units]; false: that after the last, [batch, units]. */
  returnSequences?: boolean;
  /** Whether all states after the last step are given, for a layer that goes on from them: [batch, units], of an LSTM h and c, [batch, 2 units]. False. */
  returnState?: boolean;
  /** Whether the last input are the states to begin with, as `returnState` gives them; 0 otherwise. False. */
  initialState?: boolean;
  /** Share of the state that is dropped, the same at every place, before it is multiplied. 0. */
  recurrentDropout?: number;
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
  /**
   * Whether the gate r is applied after the hidden product, as in PyTorch and by default in Keras; true. False, the form of Cho
   * et al.: n = tanh(z_n + (r h) hiddenWeight_n + hiddenBias_n), which is worked in steps.
   */
  resetAfter?: boolean;
}

/** Functional layers of a kind, as `bidirectional` turns them round. */
const directions = new WeakMap<Layer, (reverse: boolean) => Layer>();

/** A kind of recurrent layer. */
interface Kind {
  layer: string;
  /** The recurrence's own cell, or one of the user's own to be traced; undefined for what is worked in steps. */
  fused?: Cell | RecurrentCell;
  cell: Parameters<typeof inSteps>[0];
  /** Options of its own, as they are saved. */
  own?: Record<string, unknown>;
}

function recurrentOf(units: number, kind: Kind, options: RecurrentOptions): Layer {
  const { layer, cell, own } = kind;
  checkCount(`${layer}: units`, units);
  const { initializer, trainable, name, recurrentDropout, ...switches } = optionsOf(layer, options, {
    returnSequences: false,
    returnState: false,
    reverse: false,
    masked: false,
    initialState: false,
    recurrentDropout: 0,
    initializer: glorotUniform(),
    trainable: undefined,
    name: undefined,
    ...(own as object),
  });
  const { returnSequences, returnState, reverse, masked, initialState } = switches;
  checkTrainable(layer, trainable);
  checkNumbers(layer, SHARE, { recurrentDropout });
  if (returnSequences && returnState) {
    throw new ArgumentError(
      `${layer}: returnState gives the state after the last step in place of what returnSequences gives. Take one of both, or ` +
        "two layers.",
    );
  }
  const drawn = toInitializer(initializer);
  const states = cell.states ?? 1;
  const made = defineLayer({
    config: {
      layer,
      units,
      ...own,
      ...{ returnSequences, reverse, masked },
      ...(returnState && { returnState }),
      ...(initialState && { initialState }),
      ...(recurrentDropout > 0 && { recurrentDropout }),
      ...{ initializer: drawn.config, trainable, name },
    },
    joins: masked || initialState,
    // First states come after the mask.
    ...(masked && {
      checkInput: (name, place, count, values) => checkMask(name, place, count - Number(initialState), values),
    }),
    passesOver: true,
    ...(returnSequences && !reverse && !masked && !initialState && { byPlace: "endless" }),
    forward(x, scope, ...further) {
      const mask = masked ? further[0] : maskOf(x);
      const initial = initialState ? further[Number(masked)] : undefined;
      if (further.length !== Number(masked) + Number(initialState) || further.includes(undefined as never)) {
        throw new ArgumentError(
          `${layer} "${scope.name}": a mask is its second input where masked is true, and its first states the one after where ` +
            `initialState is: apply(layer, x${masked ? ", mask" : ""}${initialState ? ", states" : ""}); got ${further.length + 1} inputs.`,
        );
      }
      const [time, features] = sequenceOf(layer, scope.name, x.shape);
      const [batch] = x.shape;
      const width = cell.gates * units;
      checkInputs(layer, scope.name, [batch, time], mask, [batch, states * units], initial);
      const inputWeight = scope.parameter("inputWeight", [features, width], drawn);
      const weight = scope.parameter("hiddenWeight", [units, width], drawn);
      const inputBias = scope.parameter("inputBias", [width], zeros());
      const bias = scope.parameter("hiddenBias", [width], zeros());
      const z = reshape(add(matmul(reshape(x, [batch * time, features]), inputWeight), inputBias), [
        batch,
        time,
        width,
      ]);
      const source = recurrentDropout > 0 ? scope.randomSource() : 0;
      const drops = recurrentDropout > 0 && scope.training;
      const memory = initial ? undefined : scope.memory;
      if (memory && reverse) {
        throw new ArgumentError(
          `${layer} "${scope.name}": reads sequences from their end, so that no state of it goes on to what follows. Predict ` +
            "without stateful.",
        );
      }
      const place = `${scope.name}.states`;
      const first = initial ?? memory?.take(place, [batch, states * units]);
      // One mask for all of a sequence (Gal, Ghahramani, 2016).
      const shown = drops ? dropout(filled(1, [batch, units]), recurrentDropout, source) : undefined;
      const fused =
        typeof kind.fused === "object" ? traced(kind.fused, `${layer} "${scope.name}"`, [batch, units]) : kind.fused;
      if (fused) {
        const y = recurrence(z, weight, bias, { cell: fused, reverse }, { mask, first, shown });
        memory?.keep(place, lastStates(y, units, reverse, states));
        if (returnSequences) return keepMask(x, statesOf(y, units), mask);
        return lastStates(y, units, reverse, returnState ? states : 1);
      }
      const { outputs, last } = inSteps(cell, {
        ...{ layer: `${layer} "${scope.name}"`, units, reverse, z, weight, bias, mask, first },
        ...(shown && { before: (h: Tensor) => mul(h, shown) }),
      });
      memory?.keep(place, last);
      if (returnState) return last;
      return returnSequences ? keepMask(x, outputs, mask) : slice(last, [0, 0], [batch, units]);
    },
  });
  if (!initialState && !returnState) {
    directions.set(made, (turned) => recurrentOf(units, kind, { ...options, reverse: turned }));
  }
  return made;
}

/** A cell of the user's own as the recurrence works it; undefined where it can't. */
function traced(cell: RecurrentCell, layer: string, shape: Shape): TracedCell | undefined {
  const { gates, states = 1 } = cell;
  const step: RecurrentCell["step"] = (...given) => {
    const after = cell.step(...given);
    checkStates(layer, after, states, shape);
    return after;
  };
  return traceCell({ gates, states, step }, shape);
}

const filled = (value: number, shape: Shape) => constant(new Float32Array(sizeOf(shape)).fill(value), shape);

/** @throws ShapeError when a mask or first states have another shape */
function checkInputs(
  layer: string,
  name: string,
  places: Shape,
  mask: Tensor | undefined,
  states: Shape,
  initial: Tensor | undefined,
): void {
  for (const [what, given, shape] of [
    ["mask", mask, places],
    ["first states", initial, states],
  ] as const) {
    if (!given || sameShape(given.shape, shape)) continue;
    throw new ShapeError(
      `${layer} "${name}": its ${what} must be ${withBatch(shape)}, got ${withBatch(given.shape)}. Give input() that shape.`,
    );
  }
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
  const { activation = "tanh" } = options;
  if (activation !== "tanh" && activation !== "relu") {
    throw new ArgumentError(`rnn: activation must be "tanh" or "relu", got ${shown(activation)}.`);
  }
  return recurrentOf(units, { layer: "rnn", fused: activation, cell: cells[activation], own: { activation } }, options);
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
  const { resetAfter = true } = options;
  if (typeof resetAfter !== "boolean") {
    throw new ArgumentError(`gru: resetAfter must be true or false, got ${shown(resetAfter)}.`);
  }
  const kind: Kind = resetAfter
    ? { layer: "gru", fused: "gru", cell: cells.gru }
    : { layer: "gru", cell: cells.gruBefore };
  return recurrentOf(units, { ...kind, own: { resetAfter } }, options);
}

/**
 * Long short-term memory, as torch.nn.LSTM: i, f, o = σ(...), g = tanh(...), c = f c(t - 1) + i g, h = o tanh(c)
 * (Hochreiter, Schmidhuber, 1997; Gers et al., 2000).
 *
 * @returns a layer from [batch, time, features] to [batch, units], or [batch, time, units], with parameters `inputWeight`
 * [features, 4 units], gates in the order i, f, g, o, `hiddenWeight` [units, 4 units], `inputBias` and `hiddenBias` [4 units]
 * @throws ArgumentError when units aren't a positive integer; ShapeError when what comes before it gives no sequences
 */
export const lstm = (units: number, options: RecurrentOptions = {}): Layer =>
  recurrentOf(units, { layer: "lstm", fused: "lstm", cell: cells.lstm }, options);

/**
 * A recurrent layer with a cell of the user's own: its step is written with ops, its gradient is derived from them. It works like
 * `rnn`, on every backend: in as many launches, where all ops of the step are functions of numbers (see `RecurrentCell.step`),
 * else in some for each place. As a function, it can't be saved as JSON, but as a part of a layer of `registerLayer`.
 *
 * @example recurrent(8, { gates: 1, step: ([z], [h]) => [ops.tanh(ops.add(z, h))] }) // is rnn(8)
 * @returns a layer from [batch, time, features] to [batch, units], or [batch, time, units], with parameters `inputWeight`
 * [features, gates x units], `hiddenWeight` [units, gates x units], `inputBias` and `hiddenBias` [gates x units]
 * @throws ArgumentError when units or gates aren't positive integers or the step isn't a function; ShapeError when the step gives
 * something else than its states
 */
export function recurrent(units: number, cell: RecurrentCell, options: RecurrentOptions = {}): Layer {
  const { gates, states = 1, step } = cell ?? {};
  checkCount("recurrent: gates", gates);
  checkCount("recurrent: states", states);
  checkArgument("recurrent", "a cell { gates, step }", cell, typeof step === "function");
  const own = { gates, states, step };
  return recurrentOf(units, { layer: "recurrent", fused: own, cell: own }, options);
}

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
  if (!turned)
    throw new ArgumentError(
      "bidirectional: needs a recurrent layer without initialState and returnState: bidirectional(lstm(32)).",
    );
  const [forward, backward] = [false, true].map((reverse) => {
    const each = turned(reverse);
    return { ...each, config: { ...each.config, name: reverse ? "backward" : "forward" } };
  });
  return defineLayer({
    config: { layer: "bidirectional", of: layer.config, name },
    parts: [forward, backward],
    joins: layer.joins,
    checkInput: layer.checkInput,
    forward(x, scope, ...mask) {
      const both = [forward, backward].map((each) => scope.call(each, x, ...mask));
      const y = concatenate(both, -1);
      return y.shape.length > 2 ? keepMask(both[0], y) : y;
    },
  });
}
