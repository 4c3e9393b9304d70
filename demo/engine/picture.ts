import { dataChoices } from "../settings/data-sets.js";
import type { Settings } from "../settings/settings.js";
import type { Built } from "./build.js";
import { type Parts, predictsNumbers } from "./data.js";
import { sideOf } from "./layers.js";
import { gridOf } from "./plane.js";
import { responsesOf, sampleOf } from "./responses.js";
import { type Frame, type LayerOutline, SIDE } from "./run.js";
import { linesOf, outlinesOf, weightsOf } from "./weights.js";

/** The most parameters that are sent with every frame. */
const MOST_SENT = 200_000;

/** What is drawn of a network: its weights, and what its neurons make of the plane or of an image. */
export class Picture {
  readonly layers: readonly LayerOutline[];
  /** Side of rows that are images. */
  readonly side: number | undefined;
  readonly #grid: Float32Array<ArrayBuffer> | undefined;
  /** The image that the network is shown looking at. */
  #pixels: Float32Array<ArrayBuffer> | undefined;

  constructor(
    private readonly built: Built,
    private readonly parts: Parts,
    { data }: Settings,
  ) {
    const { train, heldOut, plane } = parts;
    this.layers = outlinesOf(built.model);
    if (plane) this.#grid = parts.scale(gridOf(plane.bounds, SIDE));
    this.side = dataChoices[data].isImage ? sideOf(train.shape) : undefined;
    if (this.side) this.#pixels = (heldOut ?? train).features.slice(0, this.side ** 2);
  }

  /** Shows the network looking at an image from now on. @returns whether it is a network for images */
  look(pixels: Float32Array<ArrayBuffer>): boolean {
    if (this.side) this.#pixels = pixels;
    return this.side !== undefined;
  }

  /** The network as it is, and the arrays that may be moved to the page with it. */
  async now(): Promise<{ drawn: Pick<Frame, "weights" | "lines" | "sample" | "responses">; moved: Transferable[] }> {
    const { trainer, model } = this.built;
    await trainer.sync();
    const isOfClasses = !predictsNumbers(this.parts.train);
    const responses = this.#grid && (await responsesOf(this.built, this.#grid, isOfClasses));
    const weights = model.parameterCount > MOST_SENT ? [] : weightsOf(model);
    const sample = this.#pixels && (await sampleOf(this.built, this.#pixels));
    const moved = weights.flatMap(({ weight, bias }) => [weight.buffer, bias.buffer]);
    return {
      drawn: { weights, lines: linesOf(weights, this.layers, sample !== undefined), sample, responses },
      moved: responses ? [...moved, responses.buffer] : moved,
    };
  }
}
