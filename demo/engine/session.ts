import type { Backend, EpochRecord } from "neuromotor";
import { dataChoices } from "../settings/data-sets.js";
import { augmentations, type Settings } from "../settings/settings.js";
import { type Built, build } from "./build.js";
import { loadParts, type Parts, predictsNumbers } from "./data.js";
import { FramePace } from "./frame-pace.js";
import type { Pace } from "./pace.js";
import { Picture } from "./picture.js";
import type { Beginning, News } from "./protocol.js";
import type { Answers, Inputs, Question } from "./questions.js";
import type { EpochPoint, Frame, Past, RunInfo } from "./run.js";
import { Scoring } from "./scoring.js";
import { spreadsOf } from "./spreads.js";
import { Timeline } from "./timeline.js";
import { nextTurn } from "./turns.js";

/** Epochs of one call of `fit`, whose records it keeps. */
const EPOCHS_PER_FIT = 2000;
/** Milliseconds between two moments at which it listens to the page. */
const LISTEN = 8;

/** One training: its network, its past, and what it tells the page. */
export class Session {
  readonly #timeline: Timeline;
  readonly #scoring: Scoring;
  readonly #picture: Picture;
  readonly #stepsPerEpoch: number;
  readonly #firstStep: number;
  /** Chosen while it can't be set yet: in the middle of an epoch. */
  #chosenRate: number | undefined;
  #stopAt = Number.POSITIVE_INFINITY;
  #halted = false;
  readonly #frames = new FramePace();
  #ended: EpochPoint[] = [];
  /** Questions that wait for the next rest between steps, and those that are being answered. */
  #asked: (() => Promise<void>)[] = [];
  readonly #answering = new Set<Promise<void>>();
  /** Whether another image is looked at than the last frame shows. */
  #looksAnew = false;
  #listened = 0;
  #isTraining = false;

  private constructor(
    readonly run: number,
    private readonly settings: Settings,
    private readonly parts: Parts,
    private readonly built: Built,
    private readonly device: Backend,
    private readonly pace: Pace,
    private readonly tell: (news: News, moved?: Transferable[]) => void,
    past: Past | undefined,
  ) {
    const { rows } = parts.train;
    this.#stepsPerEpoch = Math.ceil(rows / Math.min(settings.batchSize, rows));
    const { step } = built.trainer;
    this.#firstStep = step;
    this.#timeline = new Timeline(past ?? { rates: [{ epoch: 0, learningRate: settings.learningRate }] }, step);
    this.#ended = [...this.#timeline.points];
    built.trainer.learningRate = this.#timeline.rateAfter(built.trainer.epoch);
    this.stopAfter(settings.stopAt);
    pace.restart();
    this.#scoring = new Scoring(parts);
    this.#picture = new Picture(built, parts, settings);
  }

  /** Loads data, builds the network, and says what they are. */
  static async open(
    run: number,
    settings: Settings,
    device: Backend,
    pace: Pace,
    tell: Session["tell"],
    { files, past }: Beginning = {},
  ) {
    const parts = await loadParts(settings, (table) => tell({ news: "table", table }));
    const built = await build(settings, parts, device, files);
    const session = new Session(run, settings, parts, built, device, pace, tell, past);
    try {
      await session.#keep();
      const frame = await session.#frameNow();
      tell({ news: "opened", info: session.#info() });
      session.#send(frame);
    } catch (error) {
      await session.dispose();
      throw error;
    }
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
      firstStep: this.#firstStep,
      isOfOtherWeights: built.files !== undefined && this.#firstStep === 0,
      parameters: built.model.parameterCount,
      layers: this.#picture.layers,
      plane: parts.plane,
      ...(!parts.plane && !this.#picture.side && { spreads: spreadsOf(train) }),
      ...(this.#picture.side && { side: this.#picture.side }),
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
          { built, parts, settings, device, past: this.#timeline.past, look: (pixels) => this.#look(pixels) },
          input,
        );
      this.#asked.push(() =>
        answer()
          .then(resolve, reject)
          .then(() => this.#showLook()),
      );
      if (!this.#isTraining) void this.#answerAll();
    });
  }

  /** Shows what the network makes of an image from now on. */
  #look(pixels: Float32Array<ArrayBuffer>): void {
    this.#looksAnew = this.#picture.look(pixels);
  }

  /** Shows another image at once where no training will. */
  async #showLook(): Promise<void> {
    if (!this.#looksAnew || this.#isTraining || !this.#frames.isDrawn) return;
    // A device that is lost is told of by the next order.
    await this.#sendFrame().catch(() => {});
  }

  async #answerAll(): Promise<void> {
    for (const answer of this.#asked.splice(0)) {
      const answering = answer();
      this.#answering.add(answering);
      await answering;
      this.#answering.delete(answering);
    }
  }

  /** Holds for the next time that it trains. */
  stopAfter(epoch: number | undefined): void {
    this.#stopAt = epoch ?? Number.POSITIVE_INFINITY;
  }

  drawn(): void {
    this.#frames.drawn();
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
  async seek(wanted: number): Promise<void> {
    const { trainer } = this.built;
    const step = Math.max(wanted, this.#firstStep);
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
    const changes = dataChoices[data].isSquare && augmentations[augment];
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
    const { step } = this.built.trainer;
    const isOtherPace = this.pace.arrive(step);
    if (isPaced) await this.pace.wait();
    await this.#breathe();
    this.pace.leave(step);
    return this.#halted || isOtherPace ? "stop" : undefined;
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
    if (this.#frames.isDue) await this.#sendFrame();
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
    this.#send(await this.#frameNow());
  }

  /** All that is shown of this moment, and when it was begun. */
  async #frameNow() {
    const began = performance.now();
    const { trainer } = this.built;
    const { drawn, moved } = await this.#picture.now();
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
      ...drawn,
    };
    return { frame, moved, began };
  }

  #send({ frame, moved, began }: { frame: Frame; moved: Transferable[]; began: number }): void {
    this.#ended = [];
    this.#looksAnew = false;
    this.#frames.sent(began);
    this.tell({ news: "frame", frame }, moved);
  }

  /** Once all questions are answered. */
  async dispose(): Promise<void> {
    await this.#answerAll();
    await Promise.all(this.#answering);
    this.built.trainer.dispose();
  }
}
