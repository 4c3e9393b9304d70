import { type Colour, colours, palette, series } from "../../charts/palette.js";
import { BASE } from "./base.js";
import { CHAPTERS } from "./chapters.js";
import { FIRST_SCREEN } from "./first-screen.js";
import { SCREENS } from "./screens.js";
import { WITH_SCRIPTS } from "./with-scripts.js";

/** A little darker than the paper: behind code. */
const wash: Colour = { light: "#f4f5f6", dark: "#1f242a" };

const variables = (paper: keyof Colour) =>
  Object.entries({ ...palette, accent: series[0], good: series[2], warning: series[1], wash })
    .map(([name, colour]) => `--${name}:${colour[paper]};`)
    .join("");

/** Pictures have the colours of light paper in their attributes; on dark paper these say others. */
const darkPictures = colours
  .flatMap(({ light, dark }) => ["fill", "stroke"].map((of) => `svg [${of}="${light}"]{${of}:${dark}}`))
  .join("");

const compact = (css: string) =>
  css
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/\s+/g, " ")
    .replace(/ ?([{}:;,>]) ?/g, "$1")
    .replace(/;}/g, "}");

/** The page's style sheet. */
export const style = (): string =>
  `:root{${variables("light")}}${[BASE, FIRST_SCREEN, CHAPTERS, WITH_SCRIPTS, SCREENS].map(compact).join("")}` +
  `@media (prefers-color-scheme:dark){:root{${variables("dark")}}${darkPictures}}`;
