import { type Shape, sizeOf } from "../core/shape.js";
import { formatTable } from "../core/table.js";
import { ancestors, type Tensor, variable } from "../graph/tensor.js";
import type { Layer } from "../layers/index.js";
import type { Model } from "./model.js";

/** A call of a layer, in a model or inside of another layer. */
export interface Part {
  /** The layer's name, after those of the layers that it is in: "residual.dense". */
  name: string;
  kind: string;
  /** 0 for a layer of the model, 1 for one inside of that, ... */
  depth: number;
  /** Names of what it takes, of a layer of the model. */
  inputs: readonly string[];
  /** Its output for one sample. */
  output: Shape;
  /** Numbers that are trained, those of the layers in it included; 0 where an earlier call has them. */
  parameters: number;
  /** Numbers that are kept but not trained: running statistics. */
  state: number;
  /** Of one sample, those of the layers in it included. */
  multiplyAdds: number;
  /** Whether an earlier call has its parameters. */
  isRepeated: boolean;
}

/** The calls of a model, each followed by those inside of it. */
export function outlineOf(model: Model): Part[] {
  const { inputs, calls } = model.structure;
  const names = [...inputs, ...calls.map(({ layer }) => layer)].map(({ name }) => name);
  const parts: Part[] = [];
  const seen = new Set<string>();
  const counted = new Set<Tensor>();
  const totals = { parameters: 0, state: 0, multiplyAdds: 0 };
  let call = 0;
  const around = (name: string, layer: Layer, depth: number, work: () => Tensor): Tensor => {
    const before = { ...totals };
    const taken = depth === 0 ? calls[call++].inputs.map((place) => names[place]) : [];
    const part: Part = {
      name,
      kind: layer.config.layer,
      depth,
      inputs: taken,
      output: [],
      ...totals,
      isRepeated: seen.has(name),
    };
    seen.add(name);
    parts.push(part);
    const output = work();
    for (const tensor of ancestors([output])) {
      if (!counted.has(tensor)) totals.multiplyAdds += multiplyAddsOf(tensor);
      counted.add(tensor);
    }
    part.output = output.shape.slice(1);
    for (const what of ["parameters", "state", "multiplyAdds"] as const) part[what] = totals[what] - before[what];
    return output;
  };
  const asked = new Set<string>();
  model.trace(model.samples(1), { training: false, around }, (name, shape, _, trainable) => {
    if (!asked.has(name)) totals[trainable ? "parameters" : "state"] += sizeOf(shape);
    asked.add(name);
    return variable(name, shape);
  });
  return parts;
}

/** Terms of products and of convolutions. */
const multiplyAddsOf = ({ op, inputs, attributes, size }: Tensor): number =>
  op.ofProducts
    ? size *
      op.error!.terms!(
        inputs.map(({ shape }) => shape),
        attributes,
      )
    : 0;

/** See `Model.summary`. */
export function summaryOf(model: Model): string {
  const { inputs, outline, parameterCount } = model;
  const sample = (shape: Shape) => `[batch, ${shape.join(", ")}]`;
  const count = (n: number) => n.toLocaleString("en");
  const hasState = outline.some(({ state }) => state > 0);
  // Where it isn't the layer above.
  const rows = outline.map((part) => [
    "  ".repeat(part.depth) + (part.depth > 0 ? part.name.slice(part.name.lastIndexOf(".") + 1) : part.name),
    part.kind,
    sample(part.output),
    part.isRepeated ? "shared" : count(part.parameters),
    ...(hasState ? [count(part.state)] : []),
    count(part.multiplyAdds),
  ]);
  const head = ["layer", "kind", "output", "parameters", ...(hasState ? ["state"] : []), "multiply-adds"];
  const blank = head.slice(3).map(() => "");
  const given = inputs.map(({ name, shape }) => [name, "", sample(shape), ...blank]);
  const table = formatTable([head, ...given, ...rows], [...head.keys()].slice(3));
  const sum = (of: (part: Part) => number) =>
    outline.reduce((total, part) => total + (part.depth === 0 ? of(part) : 0), 0);
  // An optimizer with two moments takes three times as much beside it.
  const memory = parameterCount < 2 ** 20 ? "" : ` of ${count(Math.round(parameterCount / 2 ** 18))} MiB`;
  const kept = hasState ? `, ${count(sum(({ state }) => state))} of state` : "";
  return `${table}\ntotal: ${count(parameterCount)} parameters${memory}${kept}, ${count(sum((part) => part.multiplyAdds))} multiply-adds a sample`;
}
