import { type ReadonlySignal, signal } from "@preact/signals";
import type { ImageSource, Order } from "../engine/protocol.js";
import type { TableInfo } from "../engine/run.js";
import { dataChoices } from "../settings/data-sets.js";
import { hasTarget, isForOther } from "../settings/left-out.js";
import { decodePoints } from "../settings/points.js";
import type { PublishedName, Settings } from "../settings/settings.js";

/** Files that the visitor brought, as the page knows them; the worker has them as well. */
export class Brought {
  readonly #file = signal<File | undefined>(undefined);
  readonly #table = signal<TableInfo | undefined>(undefined);
  readonly #images = signal<Readonly<Partial<Record<PublishedName, ImageSource>>>>({});
  /** The visitor's own table, and what the library takes its columns for. */
  readonly file: ReadonlySignal<File | undefined> = this.#file;
  readonly table: ReadonlySignal<TableInfo | undefined> = this.#table;
  readonly images: ReadonlySignal<Readonly<Partial<Record<PublishedName, ImageSource>>>> = this.#images;

  /** Those of the training that is shown. */
  #kept = this.#now;

  get #now() {
    return { file: this.#file.peek(), table: this.#table.peek(), images: this.#images.peek() };
  }

  /** Keeps what is there, to come back to. */
  keep(): void {
    this.#kept = this.#now;
  }

  /** Whether there are other files than those kept: other data under the same name. */
  get isOther(): boolean {
    return this.#kept.file !== this.file.peek() || this.#kept.images !== this.images.peek();
  }

  /** Comes back to what was kept. @param send - tells the worker of what it had in its place */
  comeBack(send: (order: Order) => void): void {
    const [before, { file, table, images }] = [this.#now, this.#kept];
    this.#file.value = file;
    this.#table.value = table;
    this.#images.value = images;
    if (file && file !== before.file) send({ do: "file", file });
    for (const [name, source] of Object.entries(images))
      if (source !== before.images[name as PublishedName]) send({ do: "images", data: name as PublishedName, source });
  }

  takeFile(file: File): void {
    this.#file.value = file;
    this.#table.value = undefined;
  }

  /** Whether there is a table with the columns that settings name. */
  isTableFor({ target, leftOut }: Settings): boolean {
    const table = this.#table.peek();
    return table !== undefined && hasTarget(table, target) && !isForOther(table, leftOut);
  }

  takeTable(table: TableInfo): void {
    this.#table.value = table;
  }

  takeImages(name: PublishedName, source: ImageSource): void {
    this.#images.value = { ...this.#images.peek(), [name]: source };
  }

  /** Whether there are rows to learn from: a file, images, or points of two colours. */
  isEnoughFor({ data, points }: Settings): boolean {
    if (data === "own") return this.#file.peek() !== undefined;
    if (dataChoices[data].from === "published") return this.#images.peek()[data as PublishedName] !== undefined;
    return data !== "byHand" || new Set(decodePoints(points).map(({ label }) => label)).size > 1;
  }
}
