import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ModelFiles } from "neuromotor";
import type {
  Answers,
  EpochPoint,
  Frame,
  Inputs,
  News,
  Order,
  Question,
  RunInfo,
  TableInfo,
  Takeover,
} from "../engine/protocol.js";
import type { LanguageCode, Texts } from "../language/index.js";
import type { LessonName } from "../lessons/names.js";
import { differences } from "../settings/compare.js";
import { suggestedFor } from "../settings/data-sets.js";
import { decodePoints } from "../settings/points.js";
import type { DataName, Settings } from "../settings/settings.js";

/** A training that is under way: being made, at rest, at work, or ended by an error; or waiting for the visitor's data. */
export type Status = "opening" | "resting" | "training" | "failed" | "waiting";

/** Speeds to choose from, in steps a second; undefined: as fast as the device can. */
export const SPEEDS = [1, 3, 10, 30, 100, undefined] as const;

/** A training that was shown before, with its curve. */
export interface EarlierRun {
  settings: Settings;
  curve: readonly EpochPoint[];
}

/** A layer of the picture that stands out: by its weights on the way forward, or on the way back. */
export interface Looked {
  layer: number;
  way: "forward" | "backward";
}

/** Trainings that are compared with the present one at the most. */
const MOST_EARLIER = 3;

/** The worker as the store knows it. */
export interface Engine {
  send(order: Order): void;
}

/** Everything the page knows, and all that can be done: panels read signals and call methods. */
export class Store {
  readonly #settings: Signal<Settings>;
  readonly #info = signal<RunInfo | undefined>(undefined);
  readonly #frame = signal<Frame | undefined>(undefined);
  readonly #curve = signal<readonly EpochPoint[]>([]);
  readonly #status = signal<Status>("opening");
  readonly #failure = signal<string | undefined>(undefined);
  readonly #speed = signal<(typeof SPEEDS)[number]>(undefined);
  readonly #earlier = signal<readonly EarlierRun[]>([]);
  /** Settings of the training that is shown. */
  #shown: Settings;
  #questions = 0;
  /** Number of the last order that took over. */
  #orders = 0;
  #afterwards: (() => void) | undefined;
  readonly #isGpuLost = signal(false);
  readonly #file = signal<File | undefined>(undefined);
  readonly #table = signal<TableInfo | undefined>(undefined);
  readonly #asked = new Map<number, (news: News & { news: "answer" }) => void>();
  readonly #language: Signal<{ code: LanguageCode; texts: Texts }>;
  /** Settings of the next training. */
  readonly settings: ReadonlySignal<Settings>;
  /** The visitor's own table, and what the library takes its columns for. */
  readonly file: ReadonlySignal<File | undefined> = this.#file;
  readonly table: ReadonlySignal<TableInfo | undefined> = this.#table;
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
  readonly curve: ReadonlySignal<readonly EpochPoint[]> = this.#curve;
  /** Trainings before this one on the same data, the oldest first. */
  readonly earlier: ReadonlySignal<readonly EarlierRun[]> = this.#earlier;
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
    this.#shown = settings;
    this.settings = this.#settings;
    this.#language = signal(language);
    this.language = computed(() => this.#language.value.code);
    this.texts = computed(() => this.#language.value.texts);
    this.open();
  }

  /** Makes the training of the present settings, at its beginning. @param from - a model whose weights it begins with */
  open(from?: ModelFiles): void {
    this.#remember();
    this.#failure.value = undefined;
    const settings = this.#settings.peek();
    if (!isComplete(settings, this.#file.peek())) {
      this.#takeOver({ do: "pause" });
      this.#status.value = "waiting";
      this.#info.value = undefined;
      return;
    }
    this.#status.value = "opening";
    this.#takeOver({ do: "open", settings, mayUseGpu: this.mayUseGpu, ...(from && { from }) });
  }

  #takeOver(order: Takeover): void {
    this.#afterwards = undefined;
    this.engine.send({ ...order, order: ++this.#orders });
  }

  /** Keeps the training that is shown, to compare the next one with. */
  #remember(): void {
    const [before, curve] = [this.#shown, this.#curve.peek()];
    this.#shown = this.#settings.peek();
    const isComparable = before.data === this.#shown.data;
    const isWorthIt = curve.length > 1 && differences(before, this.#shown).length > 0;
    const kept = isComparable ? this.#earlier.peek() : [];
    this.#earlier.value =
      isComparable && isWorthIt ? [...kept, { settings: before, curve }].slice(-MOST_EARLIER) : kept;
  }

  /** Changes settings; the training begins anew. */
  change(some: Partial<Settings>): void {
    this.#settings.value = { ...this.#settings.peek(), ...some };
    this.open();
  }

  /** Other data, with settings that suit them. */
  chooseData(data: DataName): void {
    const { seed, backend } = this.#settings.peek();
    this.change(suggestedFor(data, { seed, backend }));
  }

  /** The visitor's own table; settings of an address that waited for it stay. */
  takeFile(file: File): void {
    const { data, seed, backend } = this.#settings.peek();
    const isAwaited = data === "own" && this.#file.peek() === undefined;
    this.#file.value = file;
    this.#table.value = undefined;
    this.engine.send({ do: "file", file });
    this.change(isAwaited ? {} : suggestedFor("own", { seed, backend }));
  }

  /** The learning rate, also while training: from the next epoch on. */
  chooseRate(learningRate: number): void {
    this.#settings.value = { ...this.#settings.peek(), learningRate };
    if ((this.#frame.peek()?.farthest ?? 0) === 0) this.open();
    else this.engine.send({ do: "rate", learningRate });
  }

  /** The epoch to stop after: the training stays as it is. */
  stopAt(epoch: number | undefined): void {
    this.#settings.value = { ...this.#settings.peek(), stopAt: epoch };
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
    const id = ++this.#questions;
    this.engine.send({ do: "ask", id, question, input });
    return new Promise((resolve, reject) => {
      this.#asked.set(id, ({ answer, error }) =>
        error === undefined ? resolve(answer as Answers[Q]) : reject(new Error(error)),
      );
    });
  }

  /** Takes news from the worker. */
  hear(news: News): void {
    batch(() => {
      switch (news.news) {
        case "opened":
          this.#info.value = news.info;
          this.#curve.value = [];
          break;
        case "table":
          this.#table.value = news.table;
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
          this.#asked.get(news.id)?.(news);
          this.#asked.delete(news.id);
          break;
        case "failed":
          if (news.order !== undefined && news.order !== this.#orders) break;
          if (news.isLost) {
            this.#goOnWithoutGpu();
            break;
          }
          this.#status.value = "failed";
          this.#failure.value = news.message;
      }
    });
  }

  /** After the GPU was lost: the same training on the CPU, worked out again to the place where it was. */
  #goOnWithoutGpu(): void {
    const { step = 0 } = this.#frame.peek() ?? {};
    this.#isGpuLost.value = true;
    this.change({ backend: "wasm" });
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
    const { ended, stride, lastEpoch } = frame;
    const known = this.#curve.peek();
    if (ended.length === 0 && (known.at(-1)?.epoch ?? 0) <= lastEpoch) return;
    const until = ended[0]?.epoch ?? lastEpoch + 1;
    const kept = known.filter(({ epoch }) => epoch % stride === 0 && epoch < until);
    this.#curve.value = [...kept, ...ended.filter(({ epoch }) => epoch % stride === 0)];
  }
}

/** Whether there are rows to learn from: a file, or points of two colours. */
function isComplete({ data, points }: Settings, file: File | undefined): boolean {
  if (data === "own") return file !== undefined;
  return data !== "byHand" || new Set(decodePoints(points).map(({ label }) => label)).size > 1;
}
