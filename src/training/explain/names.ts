import { ancestors, isVariable, type Tensor } from "../../graph/tensor.js";
import { viewBase } from "../../graph/views.js";
import { Forward } from "./forward.js";
import type { Trace } from "./trace.js";

export type Section = "given" | "forward" | "loss" | "backward" | "update";

/** A tensor of the step that has a name of its own; the others are written out where they are used. */
export interface NamedTensor {
  name: string;
  /** As equations call it: a letter, or the name. */
  symbol: string;
  section: Section;
  tensor: Tensor;
}

const DATA: Record<string, string> = { features: "x", targets: "y", weights: "w" };
const PARAMETERS: Record<string, string> = { weight: "W", bias: "b" };
const DRAWN: Record<string, string> = { dropout: "mask", noise: "noise" };
const ROLES: Record<string, string> = { preactivation: "z", activation: "a" };

/**
 * The tensors that are told of one by one, in the order in which they are worked out.
 *
 * - `features`, `targets`, `weights`: what the step is given; parameters by their own names
 * - `LAYER.preactivation`: inputs times weight, plus bias; `LAYER.activation`: what a layer with one puts out after it,
 *   `LAYER.output` what any other layer does; `LAYER.mask` of dropout, `LAYER.noise` of noise; everything else `LAYER.OP`
 * - `loss.digit.rows`, `loss.digit` of each of several outputs, and their weighted sum `loss`
 * - `loss.rows`, `loss`: of each row, and their mean; what leads there, where that isn't short, `loss.OP`
 * - `NAME.gradient`: the loss's gradient for any of these
 * - `PARAMETER.gradientAfterRules`: where gradient rules change it; `gradients.OP`: what these share between parameters,
 *   such as the factor of clipping by norm
 *
 * Equal names are numbered: `_1`, `_2`. Symbols are x, y, and for the n-th layer with parameters Wn, bn, zn and an, without
 * the number where there is but one such layer; other symbols are the names.
 */
export function nameTensors(trace: Trace): NamedTensor[] {
  const forward = new Forward(trace);
  const named: NamedTensor[] = [];
  const taken = new Set<string>();
  const add = (wanted: string, symbol: string | undefined, section: Section, tensor: Tensor) => {
    let name = wanted;
    for (let count = 1; taken.has(name); count++) name = `${wanted}_${count}`;
    taken.add(name);
    named.push({ name, symbol: symbol && name === wanted ? symbol : name, section, tensor });
    return name;
  };

  const layers = [...new Set(forward.parameters.map(({ label }) => scopeOf(label)))];
  const numbered = (scope: string, letter: string | undefined) =>
    letter && layers.includes(scope) ? letter + (layers.length > 1 ? layers.indexOf(scope) + 1 : "") : undefined;

  for (const tensor of forward.data) {
    const { label } = tensor.inputs[0];
    add(label, DATA[label], "given", tensor);
  }
  for (const parameter of forward.parameters) {
    const { label } = parameter;
    const scope = scopeOf(label);
    add(label, numbered(scope, PARAMETERS[label.slice(scope.length + 1)]), "given", parameter);
  }
  for (const tensor of forward.explained) {
    const scope = tensor.scope.replaceAll("/", ".");
    const head = forward.heads.findIndex(({ rowLosses, loss }) => rowLosses === tensor || loss === tensor);
    const { name = "", rowLosses } = trace.heads[head] ?? {};
    const own = name ? `loss.${name}` : "loss";
    if (tensor === trace.loss) add("loss", "L", "loss", tensor);
    else if (rowLosses && tensor === viewBase(rowLosses)) add(`${own}.rows`, name ? undefined : "ℓ", "loss", rowLosses);
    else if (head >= 0) add(own, undefined, "loss", tensor);
    else if (forward.isLoss(tensor)) add(`${scope}.${tensor.op.name}`, undefined, "loss", tensor);
    else {
      const drawn = trace.draws.get(tensor.attributes);
      if (drawn) add(`${scope}.${DRAWN[drawn.op.name]}`, undefined, "forward", drawn);
      const role = forward.roleOf(tensor);
      add(scope ? `${scope}.${role}` : role, numbered(scope, ROLES[role]), "forward", tensor);
    }
  }
  for (const of of backwardOrder(forward, named)) {
    const gradient = trace.gradientOf.get(of.tensor);
    if (gradient && of.tensor !== trace.loss) add(`${of.name}.gradient`, gradientSymbol(of), "backward", gradient);
  }
  for (const tensor of sharedByRules(trace)) add(`gradients.${tensor.op.name}`, undefined, "update", tensor);
  for (const [parameter, { inputs }] of trace.updates) {
    if (inputs[1] === trace.gradientOf.get(parameter)) continue;
    const { symbol } = named.find(({ tensor }) => tensor === parameter)!;
    add(`${parameter.label}.gradientAfterRules`, `g_${symbol}`, "update", inputs[1]);
  }
  return named;
}

const gradientSymbol = ({ symbol }: NamedTensor) => `dL/d${/^[\wℓ]+$/.test(symbol) ? symbol : `(${symbol})`}`;

/** "dense_1.weight" belongs to "dense_1". */
const scopeOf = (parameter: string) => parameter.slice(0, parameter.lastIndexOf("."));

/** From the loss back; a parameter after the last tensor that adds to its gradient. */
function backwardOrder(forward: Forward, named: readonly NamedTensor[]): NamedTensor[] {
  const placeOf = ({ tensor }: NamedTensor) => (isVariable(tensor) ? forward.firstUse(tensor) : viewBase(tensor).id);
  return named
    .filter(({ tensor }) => tensor.op.name !== "takeBatch")
    .map((each) => ({ each, place: placeOf(each), isParameter: isVariable(each.tensor) }))
    .sort((a, b) => b.place - a.place || Number(a.isParameter) - Number(b.isParameter))
    .map(({ each }) => each);
}

/** Tensors that rules make of all gradients together and use for several. */
function sharedByRules({ updates }: Trace): Tensor[] {
  const applied = [...updates.values()].map(({ inputs }) => inputs[1]);
  const made = ancestors(applied).filter(({ scope, op }) => scope === "gradients" && !op.view);
  const users = new Map<Tensor, number>();
  for (const { inputs } of made) {
    for (const input of new Set(inputs.map(viewBase))) users.set(input, (users.get(input) ?? 0) + 1);
  }
  return made.filter((tensor) => users.get(tensor)! > 1 && !applied.includes(tensor));
}
