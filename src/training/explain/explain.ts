import { emptyStep, readStep } from "../../compile/read-step.js";
import type { Values } from "../../core/dtype.js";
import { ArgumentError } from "../../core/errors.js";
import { optionsOf } from "../../core/options.js";
import { shown } from "../../core/shown.js";
import type { Dataset } from "../../data/dataset.js";
import { isVariable } from "../../graph/tensor.js";
import { asNumbers } from "../as-numbers.js";
import type { DeviceMemory } from "../device-memory.js";
import { encode } from "../encode.js";
import { epochOrder, Steps } from "../epochs.js";
import type { Internals } from "../internals.js";
import { Rates } from "../rates.js";
import { aroundOf } from "./around.js";
import { ExplainedStep, Explanation } from "./explanation.js";
import { type NamedTensor, nameTensors } from "./names.js";
import { stateSteps } from "./state-steps.js";
import { type Trace, traceStep } from "./trace.js";
import { updateSteps } from "./update-steps.js";
import { type ValuesOf, work } from "./work.js";
import { Writer } from "./writer.js";
import { show } from "./written.js";

/** Options of `Trainer.explainStep`. */
export interface ExplainOptions {
  /** Of dropout and noise; that of the `fit` at work, else the model's, as `fit`. */
  seed?: number;
}

/** All intermediate numbers of a step are kept at once: 256 MiB of them. */
const MOST_NUMBERS = 2 ** 26;

/**
 * Works the next training step on all rows of `batch`, at the rate that the schedule gives it, and names and writes down
 * everything on the way.
 *
 * @throws ArgumentError when the model has no parameters, the seed is none, or there are too many numbers to keep
 */
export async function explainStep(
  { spec, position, schedule, session, run }: Internals,
  batch: Dataset,
  options: ExplainOptions,
): Promise<Explanation> {
  const { seed } = optionsOf("explainStep", options, { seed: run?.settings.seed ?? spec.model.seed });
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new ArgumentError(`explainStep: the seed must be a whole number from 0 to 2^53 - 1, got ${shown(seed)}.`);
  }
  const { model, optimizer } = spec;
  const learningRate = schedule ? new Rates(schedule, position, 1).next(1)(0) : position.learningRate;
  const { rows } = batch;
  if (model.own.size === 0) {
    throw new ArgumentError("explainStep: the model has no parameters to train. Add a dense layer.");
  }
  const source = asNumbers(spec, encode(spec, batch, rows));
  const trace = traceStep(spec, source.shapes);
  const kept = trace.order.reduce((sum, { size }) => sum + size, 0);
  if (kept > MOST_NUMBERS) {
    throw new ArgumentError(
      `explainStep: a step on ${rows} rows makes ${kept.toLocaleString("en")} numbers, more than can be kept at once. ` +
        "Explain fewer rows: data.take([0, 1, 2, 3]).",
    );
  }
  const before = await variablesOf(session.memory);
  const after = new Map([...before].map(([name, values]) => [name, values.slice() as Values]));
  const data = { ...source.data, order: epochOrder(rows, 0, 0, false) };
  const { hyperparameters } = optimizer;
  const training = { seed, step: position.step, epochs: 1, learningRate: () => learningRate, hyperparameters };
  const step = emptyStep();
  readStep(new Steps(rows, rows, training).table(), 0, step);
  const worked = await work(trace.order, new Map([...Object.entries(data), ...after]), step, trace.loweredOf);
  // A parameter's name in equations means its value before the step.
  const valuesOf: ValuesOf = (tensor) => (isVariable(tensor) && before.get(tensor.label)) || worked(tensor);

  // A gradient may be worked from where another's lies: then it has no numbers of its own.
  const named = nameTensors(trace).filter(({ tensor }) => valuesOf(tensor) !== undefined);
  const writer = new Writer(named, trace, valuesOf);
  const symbols = new Map(named.map(({ name, symbol }) => [name, symbol]));
  const steps = [
    ...named.map((each) => explained(each, trace, writer, valuesOf)),
    ...stateSteps(trace, writer, before, after),
    ...[...trace.updates].flatMap(([{ label }, update]) =>
      updateSteps({
        name: label,
        symbol: symbols.get(label)!,
        gradient: (symbols.get(`${label}.gradientAfterRules`) ?? symbols.get(`${label}.gradient`))!,
        update,
        hyperparameters: hyperparameters(position.step + 1, learningRate),
        t: position.step + 1,
        before,
        after,
        valuesOf,
        around: aroundOf(optimizer.config),
      }),
    ),
  ];
  const { optimizer: name } = optimizer.config;
  return new Explanation({ rows, step: position.step + 1, learningRate, optimizer: name }, steps);
}

/** The device's parameters and optimizer state, by name. */
async function variablesOf(memory: DeviceMemory): Promise<Map<string, Values>> {
  const { variables } = memory;
  const values = await memory.read([...variables.values()]);
  return new Map([...variables.keys()].map((name, i) => [name, values[i]]));
}

function explained(named: NamedTensor, { draws }: Trace, writer: Writer, valuesOf: ValuesOf): ExplainedStep {
  const { name, symbol, section, tensor } = named;
  const { shape } = tensor;
  const values = valuesOf(tensor);
  const isDrawn = [...draws.values()].includes(tensor);
  if (section === "given" || isDrawn) return new ExplainedStep({ name, symbol, section, shape, values });
  return new ExplainedStep({
    name,
    symbol,
    section,
    shape,
    values,
    formula: show(writer.definition(named)),
    elementFormula: (index) => show(writer.elementDefinition(named, index)),
  });
}
