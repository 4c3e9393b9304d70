import { hostname } from "node:os";

/** This process as refusals name it. */
export const ownName = (): string => `${hostname()}, process ${process.pid}`;

/** The name that a worker's connection has on the server: host, process, and how many jobs it takes at a time. */
export const connectionName = (slots: number): string =>
  `${hostname().replace(/[^\w.-]/g, "-")}/${process.pid}/${slots}`;

/** Jobs that a worker takes at a time, by the name of its connection. */
export const slotsOf = (name: string): number => Math.min(1024, Number(/\/(\d{1,6})$/.exec(name)?.[1] ?? 1));

/** A text from elsewhere as a terminal may show it. */
export const cleanText = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ").slice(0, 500);
