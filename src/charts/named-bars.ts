import { light } from "./palette.js";

/* Bars beside their names, with how far their values may be off. */

/** The names, from top to bottom in the order of the rows, whose field `name` they are. */
export const nameAxis = {
  field: "name",
  type: "nominal",
  sort: null,
  title: null,
  axis: { labelColor: light.ink, grid: false },
  scale: { paddingInner: 0.35, paddingOuter: 0.2 },
};

/** Lines from each row's `low` to its `high`, where they differ. @param x - the channel of the values */
export const deviationLines = (x: object) => ({
  transform: [{ filter: "datum.high > datum.low" }],
  mark: { type: "rule", color: light.ink, strokeWidth: 1.5 },
  encoding: { x: { field: "low", ...x }, x2: { field: "high" } },
});
