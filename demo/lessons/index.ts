import type { LanguageCode } from "../language/index.js";
import type { LessonTexts } from "./english.js";

const loaders: Record<LanguageCode, () => Promise<LessonTexts>> = {
  en: async () => (await import("./english.js")).english,
  es: async () => (await import("./spanish.js")).spanish,
};

/** All lessons in a language. */
export const loadLessons = (code: LanguageCode): Promise<LessonTexts> => loaders[code]();
