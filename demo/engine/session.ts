import type { Backend, EpochRecord, ModelFiles } from "neuromotor";
import { dataChoices } from "../settings/data-sets.js";
import { augmentations, type Settings } from "../settings/settings.js";
import { type Built, build } from "./build.js";
import { loadParts, type Parts, predictsNumbers } from "./data.js";
import { sideOf } from "./layers.js";
import type { Pace } from "./pace.js";
import { gridOf } from "./plane.js";
import {
  type Answers,
  type EpochPoint,
  type Frame,
  type Inputs,
  type LayerOutline,
  type News,
  type Question,
  type RunInfo,
  SIDE,
} from "./protocol.js";
import { responsesOf, sampleOf } from "./responses.js";
import { Scoring } from "./scoring.js";
import { Timeline } from "./timeline.js";
import { nextTurn } from "./turns.js";
import { linesOf, outlinesOf, weightsOf } from "./weights.js";

/** Epochs of one call of `fit`, whose records it keeps. */
const EPOCHS_PER_FIT = 2000;
/** Milliseconds between two frames; and how much longer than a frame the training before it takes at the least. */
const FRAME = 33;
const BETWEEN_FRAMES = 3;
/** The longest time without listening to the page. */
const LISTEN = 12;
/** The most parameters that are sent with every frame. */
const MOST_SENT = 200_000;

/** One training: its network, its past, and what it tells the page. */
export class Session {
  readonly #timeline: Timeline;
  readonly #scoring: Scoring;
  readonly #layers: readonly LayerOutline[];
  readonly #grid: Float32Array<ArrayBuffer> | undefined;
  /** The image that the network is shown looking at. */
  readonly #sample: { side: number; pixels: Float32Array<ArrayBuffer> } | undefined;
  readonly #stepsPerEpoch: number;
  /** Chosen while it can't be set yet: in the middle of an epoch. */
  #chosenRate: number | undefined;
  #stopAt = Number.POSITIVE_INFINITY;
  #halted = false;
  /** Whether the last frame was drawn. */
  #isDrawn = true;
  #ended: EpochPoint[] = [];
  /** Questions that wait for the next rest between steps. */
  #asked: (() => Promise<void>)[] = [];
  #listened = 0;
  /** When the last frame was ready, and how long it took. */
  #framed = { at: 0, took: 0 };
  #isTraining = false;

  private constructor(
    readonly run: number,
    private readonly settings: Settings,
    private readonly parts: Parts,
    private readonly built: Built,
    private readonly device: Backend,
    private readonly pace: Pace,
    private readonly tell: (news: News, moved?: Transferable[]) => void,
  ) {
    const { rows } = parts.train;
    this.#stepsPerEpoch = Math.ceil(rows / Math.min(settings.batchSize, rows));
    this.#timeline = new Timeline(settings.learningRate);
    this.stopAfter(settings.stopAt);
    this.#scoring = new Scoring(parts);
    this.#layers = outlinesOf(built.model);
    if (parts.plane) this.#grid = parts.scale(gridOf(parts.plane.bounds, SIDE));
    const side = dataChoices[settings.data].isImage ? sideOf(parts.train.shape) : undefined;
    if (side) this.#sample = { side, pixels: (parts.heldOut ?? parts.train).features.slice(0, side * side) };
  }

  /** Loads data, builds the network, and says what they are. */
  static async open(
    run: number,
    settings: Settings,
    device: Backend,
    pace: Pace,
    tell: Session["tell"],
    from?: ModelFiles,
  ) {
    const parts = await loadParts(settings, (table) => tell({ news: "table", table }));
    const session = new Session(run, settings, parts, await build(settings, parts, device), device, pace, tell);
    if (from) {
      const { decodeModel } = await import("./model-files.js");
      session.built.model.setParameters(decodeModel(from).parameters());
    }
    tell({ news: "opened", info: session.#info() });
    await session.#keep();
    await session.show();
    return session;
  }

  #info(): RunInfo {
    const { parts, built, device } = this;
    const { train, heldOut } = parts;
    return {
      run: this.run,
      backend: device.backend,
      device: device.description,
      trainRows: train.rows,
      heldOutRows: heldOut?.rows ?? 0,
      task: predictsNumbers(train) ? "number" : "classes",
      featureNames: train.featureNames ?? [],
      cellNames: parts.cellNames,
      classNames: train.classNames ?? [train.targetName ?? ""],
      stepsPerEpoch: this.#stepsPerEpoch,
      parameters: built.model.parameterCount,
      layers: this.#layers,
      plane: parts.plane,
      ...(this.#sample && { side: this.#sample.side }),
    };
  }

  /** Ends what is at work after the steps in hand. */
  halt(): void {
    this.#halted = true;
    this.pace.cut();
  }

  /** Answers a question about the network as it is: when it rests, or between two steps. */
  ask<Q extends Question>(question: Q, input: Inputs[Q]): Promise<Answers[Q]> {
    return new Promise((resolve, reject) => {
      const { built, parts, settings, device } = this;
      const answer = async () =>
        (await import("./answers.js")).answers[question](
          { built, parts, settings, device, curve: this.#timeline.points, look: (pixels) => this.#look(pixels) },
          input,
        );
      this.#asked.push(() => answer().then(resolve, reject));
      if (!this.#isTraining) void this.#answerAll();
    });
  }

  /** Shows what the network makes of an image from now on. */
  #look(pixels: Float32Array<ArrayBuffer>): void {
    if (this.#sample) this.#sample.pixels = pixels;
    if (!this.#isTraining && this.#isDrawn) void this.#sendFrame();
  }

  async #answerAll(): Promise<void> {
    for (const answer of this.#asked.splice(0)) await answer();
  }

  /** Holds for the next time that it trains. */
  stopAfter(epoch: number | undefined): void {
    this.#stopAt = epoch ?? Number.POSITIVE_INFINITY;
  }

  drawn(): void {
    this.#isDrawn = true;
  }

  /** Is ready to train again. */
  resume(): void {
    this.#halted = false;
  }

  /** Trains until an epoch is over, or until it is halted. */
  async train(until = Number.POSITIVE_INFINITY): Promise<void> {
    const isThere = this.built.trainer.step >= this.#stopAt * this.#stepsPerEpoch;
    await this.#trainTo(Math.min(until, isThere ? until : this.#stopAt) * this.#stepsPerEpoch, true);
    if (!this.#halted) await this.show();
  }

  /** Goes to the place after so many steps: on, or back to a snapshot and on from there. */
  async seek(step: number): Promise<void> {
    const { trainer } = this.built;
    if (step < trainer.step) await this.#goBack(step);
    await this.#trainTo(step, false);
    if (!this.#halted) await this.show();
  }

  /** The rate from the next epoch on; what was trained beyond this place with another is forgotten. */
  chooseRate(learningRate: number): void {
    this.#chosenRate = learningRate;
  }

  /** Takes the chosen rate at once where no epoch is underway. */
  async settleRate(): Promise<void> {
    this.#takeRate();
    await this.#sendFrame();
  }

  /** Sets the chosen rate where an epoch ends. */
  #takeRate(): void {
    const { trainer } = this.built;
    if (trainer.step % this.#stepsPerEpoch > 0) return;
    if (this.#chosenRate !== undefined) this.#timeline.setRate(trainer.epoch, trainer.step, this.#chosenRate);
    this.#chosenRate = undefined;
    trainer.learningRate = this.#timeline.rateAfter(trainer.epoch);
  }

  async #goBack(step: number): Promise<void> {
    const { trainer } = this.built;
    const { snapshot } = this.#timeline.before(step);
    await trainer.restore(snapshot);
    trainer.learningRate = this.#timeline.rateAfter(trainer.epoch);
  }

  async #trainTo(goal: number, isPaced: boolean): Promise<void> {
    const { trainer } = this.built;
    const { batchSize, seed, augment, data } = this.settings;
    const changes = data === "syntheticDigits" ? augmentations[augment] : undefined;
    this.#isTraining = true;
    this.pace.begin(this.#stepsPerEpoch, isPaced);
    while (trainer.step < goal && !this.#halted) {
      const onStep = () => this.#afterSteps(isPaced);
      const onEpoch = (record: EpochRecord) => this.#afterEpoch(record);
      const every = this.pace.stepsAtATime;
      await trainer.fit(this.parts.train, {
        epochs: EPOCHS_PER_FIT,
        batchSize,
        seed,
        validation: this.parts.heldOut,
        ...(changes && { augment: changes }),
        callbacks: [
          { onEpoch },
          { every, onStep },
          ...(Number.isFinite(goal) ? [{ every: goal, onStep: () => "stop" }] : []),
        ],
      });
    }
    this.#isTraining = false;
    await this.#answerAll();
  }

  async #afterEpoch(record: EpochRecord): Promise<unknown> {
    const point = this.#scoring.of(record);
    this.#takeRate();
    if (this.#timeline.record(point)) this.#ended.push(point);
    await this.#breathe();
    return this.#halted ? "stop" : undefined;
  }

  async #afterSteps(isPaced: boolean): Promise<unknown> {
    const { trainer } = this.built;
    if (isPaced) await this.pace.wait();
    await this.#breathe();
    return this.#halted || this.pace.changes(trainer.step) ? "stop" : undefined;
  }

  /** Listens to the page now and then, keeps snapshots, and shows how far it is. */
  async #breathe(): Promise<void> {
    const { step } = this.built.trainer;
    this.pace.count(step);
    this.#timeline.farthest = Math.max(this.#timeline.farthest, step);
    const now = performance.now();
    if (now - this.#listened < LISTEN) return;
    if (this.#timeline.wants(step)) await this.#keep();
    await nextTurn();
    await this.#answerAll();
    this.#listened = performance.now();
    const { at, took } = this.#framed;
    if (this.#isDrawn && this.#listened - at >= Math.max(FRAME - took, BETWEEN_FRAMES * took)) await this.#sendFrame();
  }

  async #keep(): Promise<void> {
    const { trainer } = this.built;
    if (this.#timeline.wants(trainer.step)) this.#timeline.keep(trainer.step, await trainer.snapshot());
  }

  /** Shows where it is. */
  async show(): Promise<void> {
    this.#timeline.farthest = Math.max(this.#timeline.farthest, this.built.trainer.step);
    await this.#sendFrame();
  }

  async #sendFrame(): Promise<void> {
    const began = performance.now();
    const { trainer, model } = this.built;
    await trainer.sync();
    const isOfClasses = !predictsNumbers(this.parts.train);
    const responses = this.#grid && (await responsesOf(this.built, this.#grid, isOfClasses));
    const weights = model.parameterCount > MOST_SENT ? [] : weightsOf(model);
    const sample = this.#sample && (await sampleOf(this.built, this.#sample.pixels));
    const frame: Frame = {
      run: this.run,
      step: trainer.step,
      epoch: trainer.epoch,
      learningRate: this.#chosenRate ?? trainer.learningRate,
      isTraining: this.#isTraining,
      ended: this.#ended,
      stride: this.#timeline.stride,
      rates: this.#timeline.rates,
      lastEpoch: this.#timeline.lastEpoch,
      stepsPerSecond: this.pace.stepsPerSecond,
      farthest: Math.max(this.#timeline.farthest, trainer.step),
      weights,
      lines: linesOf(weights, this.#layers, sample !== undefined),
      sample,
      responses,
    };
    this.#ended = [];
    this.#isDrawn = false;
    const at = performance.now();
    this.#framed = { at, took: at - began };
    const arrays = frame.weights.flatMap(({ weight, bias }) => [weight.buffer, bias.buffer]);
    this.tell({ news: "frame", frame }, responses ? [...arrays, responses.buffer] : arrays);
  }

  dispose(): void {
    this.built.trainer.dispose();
  }
}
