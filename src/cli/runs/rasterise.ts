import { ArgumentError } from "../../index.js";

/** Pixels of the picture for each of the chart's. */
const ZOOM = 2;

/** Draws the text of an SVG file as the bytes of a PNG file, on white. */
export type Rasteriser = (svg: string) => Uint8Array;

/** Resvg, which the user installs. @throws ArgumentError when it isn't there, or finds no font to write with */
export async function openRasteriser(): Promise<Rasteriser> {
  const { Resvg } = await import("@resvg/resvg-js").catch((cause) => {
    const message = "--png draws with resvg, which isn't installed: npm install @resvg/resvg-js";
    throw Object.assign(new ArgumentError(message), { cause });
  });
  const options = {
    fitTo: { mode: "zoom", value: ZOOM },
    background: "white",
    font: { loadSystemFonts: true },
  } as const;
  const words = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text y="9" font-family="sans-serif">a</text></svg>`;
  if (!new Resvg(words, options).getBBox()) {
    throw new ArgumentError(
      "--png: this machine has no font to write numbers and names with. Install one, such as the package fonts-dejavu-core.",
    );
  }
  return (svg) => new Resvg(svg, options).render().asPng();
}
