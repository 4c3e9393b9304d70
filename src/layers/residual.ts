import { ArgumentError, ShapeError } from "../core/errors.js";
import { optionsOf } from "../core/options.js";
import { sameShape } from "../core/shape.js";
import { add } from "../ops/elementwise.js";
import { defineLayer, type Layer, type LayerFunction } from "./layer.js";
import { layersOf } from "./names.js";
import { withBatch } from "./window.js";

/** Options of `residual`. */
export interface ResidualOptions {
  /** A layer for the input before it is added, where its shape changes: conv2d(16, 1, { stride: 2 }); none where absent. */
  shortcut?: Layer | LayerFunction;
  name?: string;
}

/**
 * Layers whose output is added to their input: y = x + layers(x), so that the gradient has a way around them (He et al.,
 * 2016). With a shortcut y = shortcut(x) + layers(x).
 *
 * @example residual([conv2d(8, 3, { padding: "same" }), batchNorm()], { shortcut: conv2d(8, 1) })
 * @returns a layer whose parameters go by the names of its layers: `residual.conv2d.weight`, `residual.shortcut.weight`
 * @throws ArgumentError when there is no layer; ShapeError, when the model is made, when the shapes to be added differ
 */
export function residual(layers: readonly (Layer | LayerFunction)[], options: ResidualOptions = {}): Layer {
  const { shortcut, name } = optionsOf("residual", options, { shortcut: undefined, name: undefined });
  if (!Array.isArray(layers) || layers.length === 0) {
    throw new ArgumentError("residual: needs at least one layer, such as residual([dense(8)]).");
  }
  const inner = layersOf("residual", layers);
  const [around] = shortcut === undefined ? [] : layersOf("residual: shortcut", [shortcut]);
  // Its own name, unless it has another.
  const bypass = around && { ...around, config: { name: "shortcut", ...around.config } };
  const parts = bypass ? [...inner, bypass] : inner;
  return defineLayer({
    config: {
      layer: "residual",
      layers: inner.map(({ config }) => config),
      shortcut: around?.config,
      name,
    },
    parts,
    byPlace: "endless",
    checkPixels: inner[0].checkPixels,
    forward(x, scope) {
      const through = inner.reduce((value, layer) => scope.call(layer, value), x);
      const beside = bypass ? scope.call(bypass, x) : x;
      if (!sameShape(through.shape, beside.shape)) {
        throw new ShapeError(
          `residual "${scope.name}": its layers give ${withBatch(through.shape)}, which can't be added to ` +
            `${bypass ? "its shortcut's" : "its input"} ${withBatch(beside.shape)}. Give the last layer as many outputs, or a ` +
            `shortcut of that shape, such as shortcut: ${through.shape.length === 4 ? "conv2d(filters, 1)" : "dense(units)"}.`,
        );
      }
      return add(beside, through);
    },
  });
}
