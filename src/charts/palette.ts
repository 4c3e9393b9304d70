/**
 * The colours of all pictures, each on light paper and on dark. Series can be told apart with any colour vision
 * (`test/charts/palette.test.ts` simulates each kind) and stand out from the paper by 3 to 1; text by 4.5 to 1.
 */
export interface Colour {
  light: string;
  dark: string;
}

export const palette = {
  paper: { light: "#ffffff", dark: "#15181c" },
  ink: { light: "#1b1f24", dark: "#eceef0" },
  soft: { light: "#5a636d", dark: "#a7b0b9" },
  axis: { light: "#b9c0c8", dark: "#4d5661" },
  grid: { light: "#e9ecef", dark: "#272d34" },
} as const satisfies Record<string, Colour>;

/** Of lines, bars and points, in this order. */
export const series: readonly Colour[] = [
  { light: "#0a66a8", dark: "#4f9fe0" },
  { light: "#c75000", dark: "#f0813f" },
  { light: "#2a9d74", dark: "#8fe8c4" },
  { light: "#7a2350", dark: "#c9568f" },
  { light: "#9279ec", dark: "#cdbcff" },
  { light: "#3d4700", dark: "#f3e27a" },
];

/** All colours, for whoever turns a picture from light to dark. */
export const colours: readonly Colour[] = [...Object.values(palette), ...series];

/** As specifications write them. */
export const light = {
  paper: palette.paper.light,
  ink: palette.ink.light,
  soft: palette.soft.light,
  axis: palette.axis.light,
  grid: palette.grid.light,
  series: series.map((colour) => colour.light),
};

/** Dashes of lines that share a colour: after six series they are told apart by them. */
export const dashes: readonly number[][] = [
  [1, 0],
  [5, 3],
  [1.5, 2.5],
  [7, 2, 1.5, 2],
];
