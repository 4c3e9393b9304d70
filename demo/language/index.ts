import type { Texts } from "./english.js";
import type { FurtherTexts } from "./further/english.js";

export type { Texts } from "./english.js";
export type { FurtherTexts } from "./further/english.js";

/** Languages of the page. Each is fetched when it is first spoken. */
const loaders = {
  en: async () => (await import("./english.js")).english as Texts,
  es: async () => (await import("./spanish.js")).spanish,
};

export type LanguageCode = keyof typeof loaders;

const further: Record<LanguageCode, () => Promise<FurtherTexts>> = {
  en: async () => (await import("./further/english.js")).english,
  es: async () => (await import("./further/spanish.js")).spanish,
};

/** Texts of the panels that a first look doesn't show. */
export const loadFurther = (code: LanguageCode): Promise<FurtherTexts> => further[code]();

export const languageNames: Record<LanguageCode, string> = { en: "English", es: "Español" };

/** A language of the page by its code. */
export const loadLanguage = async (code: LanguageCode) => ({ code, texts: await loaders[code]() });

/** The first of the visitor's languages that the page speaks. */
export function preferredLanguage(wanted: readonly string[]): LanguageCode {
  const codes = wanted.map((each) => each.slice(0, 2).toLowerCase());
  return (codes.find((code) => code in loaders) ?? "en") as LanguageCode;
}
