import { dense, type Layer, type Shape } from "neuromotor";
import { type HiddenLayer, type Settings, takesImage } from "../settings/settings.js";

/** Side of rows that are square images, [side, side, 1] or side² numbers; undefined of others. */
export function sideOf(input: Shape): number | undefined {
  const side = input.length === 3 ? input[0] : Math.sqrt(input[0]);
  return Number.isInteger(side) && side > 3 ? side : undefined;
}

/** The layers of a network; the last puts out logits, or a number. Those for images come before fully connected ones. */
export async function layersOf(
  { layers: hidden, initializer }: Settings,
  input: Shape,
  outputs: number,
): Promise<Layer[]> {
  const isPlain = input.length === 1 && hidden.every(({ kind, dropout }) => !kind && !dropout);
  const further = isPlain ? undefined : await import("./further-layers.js");
  const make = (layer: HiddenLayer): Layer => {
    const { kind, units, activation, side = 3, stride = 1 } = layer;
    switch (kind) {
      case "conv2d":
        return further!.conv2d(units, side, { stride, activation, initializer });
      case "maxPool2d":
        return further!.maxPool2d(units);
      case "batchNorm":
      case "layerNorm":
        return further![kind]();
      default:
        return dense(units, { activation, initializer });
    }
  };
  const layers: Layer[] = [];
  let isImage = input.length === 3;
  const side = sideOf(input);
  if (!isImage && side && takesImage(hidden[0]?.kind)) {
    layers.push(further!.reshape([side, side, 1]));
    isImage = true;
  }
  for (const layer of hidden) {
    if (isImage && layer.kind === undefined) {
      layers.push(further!.flatten());
      isImage = false;
    }
    layers.push(make(layer), ...(layer.dropout ? [further!.dropout(layer.dropout)] : []));
  }
  return [...layers, ...(isImage ? [further!.flatten()] : []), dense(outputs)];
}
