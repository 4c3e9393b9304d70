import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Beginning, ImageSource, News, Order, Takeover } from "../engine/protocol.js";
import type { Answers, Inputs, Question } from "../engine/questions.js";
import type { Frame, RunInfo } from "../engine/run.js";
import type { LanguageCode, Texts } from "../language/index.js";
import type { LessonName } from "../lessons/names.js";
import { suggestedFor } from "../settings/data-sets.js";
import type { DataName, PublishedName, Settings } from "../settings/settings.js";
import { Brought } from "./brought.js";
import { Curves } from "./curves.js";
import { Questions } from "./questions.js";

/** A training that is under way: being made, at rest, at work, or ended by an error; or waiting for the visitor's data. */
export type Status = "opening" | "resting" | "training" | "failed" | "waiting";

/** Speeds to choose from, in steps a second; undefined: as fast as the device can. */
export const SPEEDS = [1, 3, 10, 30, 100, undefined] as const;

/** A layer of the picture that stands out: by its weights on the way forward, or on the way back. */
export interface Looked {
  layer: number;
  way: "forward" | "backward";
}

/** A training as it began. */
interface Training {
  settings: Settings;
  /** Settings as they are now: rate and last epoch can be changed on the way. */
  now: Settings;
  /** Absent: new weights. */
  beginning?: Beginning;
}

/** The worker as the store knows it. */
export interface Engine {
  send(order: Order): void;
}

/** Everything the page knows, and all that can be done: panels read signals and call methods. */
export class Store {
  readonly #settings: Signal<Settings>;
  readonly #info = signal<RunInfo | undefined>(undefined);
  readonly #frame = signal<Frame | undefined>(undefined);
  readonly #curves = new Curves();
  readonly #status = signal<Status>("opening");
  readonly #failure = signal<string | undefined>(undefined);
  readonly #speed = signal<(typeof SPEEDS)[number]>(undefined);
  /** The training that is shown, and the one that takes its place. */
  #shown: Training;
  #opening: Training;
  /** The beginning of a training that waits for its data. */
  #awaiting: Beginning | undefined;
  /** Numbers of the last order that took over, and of the last that opens a training. */
  #orders = 0;
  #opens = 0;
  #afterwards: (() => void) | undefined;
  readonly #isGpuLost = signal(false);
  readonly #questions = new Questions();
  readonly #language: Signal<{ code: LanguageCode; texts: Texts }>;
  /** Settings of the next training. */
  readonly settings: ReadonlySignal<Settings>;
  readonly #brought = new Brought();
  /** Files of the visitor. */
  readonly brought: Pick<Brought, "file" | "table" | "images"> = this.#brought;
  /** The layer that is looked at, and whether on the way there or back. */
  readonly looked = signal<Looked | undefined>(undefined);
  /** Whether the GPU was lost, so that training goes on with the CPU. */
  readonly isGpuLost: ReadonlySignal<boolean> = this.#isGpuLost;
  /** The lesson that is open, beside the page. */
  readonly lesson = signal<LessonName | undefined>(undefined);
  readonly info: ReadonlySignal<RunInfo | undefined> = this.#info;
  /** The moment that is shown. */
  readonly frame: ReadonlySignal<Frame | undefined> = this.#frame;
  /** Scores of the epochs so far. */
  readonly curve = this.#curves.curve;
  /** Trainings before this one on the same data, the oldest first. */
  readonly earlier = this.#curves.earlier;
  readonly status: ReadonlySignal<Status> = this.#status;
  readonly failure: ReadonlySignal<string | undefined> = this.#failure;
  readonly speed: ReadonlySignal<(typeof SPEEDS)[number]> = this.#speed;
  readonly language: ReadonlySignal<LanguageCode>;
  readonly texts: ReadonlySignal<Texts>;

  constructor(
    private readonly engine: Engine,
    settings: Settings,
    language: { code: LanguageCode; texts: Texts },
    /** Whether this browser has WebGPU. */
    readonly mayUseGpu: boolean,
  ) {
    this.#settings = signal(settings);
    this.#shown = { settings, now: settings };
    this.#opening = this.#shown;
    this.settings = this.#settings;
    this.#language = signal(language);
    this.language = computed(() => this.#language.value.code);
    this.texts = computed(() => this.#language.value.texts);
    this.open();
  }

  /** Makes the training of the present settings. @param from - its beginning, where that isn't new weights */
  open(from?: Beginning): void {
    const settings = this.#settings.peek();
    if (!this.#brought.isEnoughFor(settings)) {
      this.#takeOver({ do: "pause" });
      this.#awaiting = from;
      this.#status.value = "waiting";
      this.#remember(settings);
      this.#curves.begin();
      this.#info.value = undefined;
      return;
    }
    this.#status.value = "opening";
    this.#opening = { settings, now: settings, ...(from && { beginning: from }) };
    this.#takeOver({ do: "open", settings, mayUseGpu: this.mayUseGpu, ...(from && { from }) });
    this.#opens = this.#orders;
  }

  /** Keeps the curve of the training that is shown, before another takes its place. */
  #remember(next: Settings): void {
    this.#curves.remember(this.#info.peek()?.run, this.#shown.settings, next, this.#brought.isOther);
  }

  /** The beginning of the training that is shown, where that wasn't new weights. */
  get beginning(): Beginning | undefined {
    return this.#shown.beginning;
  }

  #takeOver(order: Takeover): void {
    this.#afterwards = undefined;
    this.#failure.value = undefined;
    this.engine.send({ ...order, order: ++this.#orders });
  }

  /** Changes settings; the training begins anew. */
  change(some: Partial<Settings>): void {
    this.#settings.value = { ...this.#settings.peek(), ...some };
    this.#awaiting = undefined;
    this.open();
  }

  /** Other data, with settings that suit them. */
  chooseData(data: DataName): void {
    const { seed, backend } = this.#settings.peek();
    this.change(suggestedFor(data, { seed, backend }));
  }

  /** The visitor's own table; settings of an address that waited for it stay, also where it found another table. */
  takeFile(file: File): void {
    const { data, seed, backend } = this.#settings.peek();
    const isAwaited = data === "own" && !this.#brought.isTableFor(this.#settings.peek());
    this.#brought.takeFile(file);
    this.engine.send({ do: "file", file });
    if (isAwaited) this.open(this.#awaiting);
    else this.change(suggestedFor("own", { seed, backend }));
  }

  /** Published images, of files or fetched; settings that waited for them stay. */
  takeImages(name: PublishedName, source: ImageSource): void {
    const { data, seed, backend } = this.#settings.peek();
    this.#brought.takeImages(name, source);
    this.engine.send({ do: "images", data: name, source });
    if (data === name) this.open(this.#awaiting);
    else this.change(suggestedFor(name, { seed, backend }));
  }

  /** Goes on from a model that was brought. */
  goOnFrom(beginning: Beginning, settings: Settings): void {
    this.#settings.value = settings;
    this.open(beginning);
  }

  /** Says what can't be done; all else goes on. */
  complain(message: string): void {
    this.#failure.value = message;
  }

  /** The learning rate, also while training: from the next epoch on. */
  chooseRate(learningRate: number): void {
    this.#adjust({ learningRate });
    if (this.#status.peek() === "opening") this.open(this.#opening.beginning);
    else if ((this.#frame.peek()?.farthest ?? 0) === 0) this.open();
    else this.engine.send({ do: "rate", learningRate });
  }

  /** Changes settings of the training that is shown, which goes on. */
  #adjust(some: Partial<Settings>): void {
    this.#settings.value = { ...this.#settings.peek(), ...some };
    this.#shown = { ...this.#shown, now: { ...this.#shown.now, ...some } };
  }

  /** The epoch to stop after: the training stays as it is. */
  stopAt(epoch: number | undefined): void {
    this.#adjust({ stopAt: epoch });
    this.engine.send({ do: "stopAt", epoch });
  }

  /** @param until - the epoch to stop after */
  play(until?: number): void {
    this.#status.value = "training";
    this.#takeOver({ do: "play", until });
  }

  /** Opens a training and trains it until so many epochs are over. */
  tryOut(settings: Settings, epochs: number): void {
    const { backend } = this.#settings.peek();
    this.change({ ...settings, backend });
    this.#afterwards = () => this.play(epochs);
  }

  pause(): void {
    this.#takeOver({ do: "pause" });
  }

  /** Goes to the place after so many steps, back or forth. */
  seek(step: number): void {
    this.#status.value = "training";
    this.#takeOver({ do: "seek", step: Math.max(0, step) });
  }

  /** One step on or back. */
  step(by = 1): void {
    this.seek((this.#frame.peek()?.step ?? 0) + by);
  }

  /** To the end of the epoch. */
  playEpoch(): void {
    this.play((this.#frame.peek()?.epoch ?? 0) + 1);
  }

  chooseSpeed(speed: (typeof SPEEDS)[number]): void {
    this.#speed.value = speed;
    this.engine.send({ do: "pace", stepsPerSecond: speed });
  }

  speak(language: { code: LanguageCode; texts: Texts }): void {
    this.#language.value = language;
  }

  /** Asks about the network as it is. @throws Error when it can't be answered */
  ask<Q extends Question>(question: Q, input: Inputs[Q]): Promise<Answers[Q]> {
    return this.#questions.ask(this.engine, question, input);
  }

  /** Takes news from the worker. */
  hear(news: News): void {
    batch(() => {
      switch (news.news) {
        case "opened":
          this.#remember(this.#opening.settings);
          this.#shown = this.#opening;
          this.#brought.keep();
          this.#info.value = news.info;
          this.#curves.begin();
          break;
        case "table":
          this.#brought.takeTable(news.table);
          break;
        case "frame":
          this.#show(news.frame);
          break;
        case "done":
          if (news.order !== this.#orders || this.#status.peek() === "waiting") break;
          this.#status.value = "resting";
          this.#goOn();
          break;
        case "answer":
          this.#questions.hear(news);
          break;
        case "failed":
          if (news.order !== undefined && news.order !== this.#orders) break;
          if (news.isLost) {
            this.#goOnWithoutGpu();
            break;
          }
          if (news.order === this.#opens && this.#info.peek()) this.#comeBack();
          else this.#status.value = "failed";
          this.#failure.value = news.message;
      }
    });
  }

  /** Where a training can't be made: the one before it is still there, with its settings and data. */
  #comeBack(): void {
    this.#settings.value = this.#shown.now;
    this.#brought.comeBack((order) => this.engine.send(order));
    this.#status.value = "resting";
  }

  /** After the GPU was lost: the same training on the CPU, worked out again to the place where it was. */
  #goOnWithoutGpu(): void {
    const { step = 0, rates } = this.#frame.peek() ?? {};
    this.#isGpuLost.value = true;
    this.#settings.value = { ...this.#settings.peek(), backend: "wasm" };
    const past = this.beginning?.past ?? (rates && { rates });
    this.open({ ...this.beginning, ...(past && { past: { ...past, rates: rates ?? past.rates } }) });
    this.#afterwards = () => this.seek(step);
  }

  /** Does what was to be done once the training at hand was open. */
  #goOn(): void {
    const next = this.#afterwards;
    this.#afterwards = undefined;
    next?.();
  }

  #show(frame: Frame): void {
    if (frame.run !== this.#info.peek()?.run) return;
    this.#frame.value = frame;
    this.#curves.add(frame);
  }
}
