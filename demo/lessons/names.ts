/** Names of the lessons, in the order in which they are taught: parts of addresses. */
export const LESSONS = ["neuron", "xor", "weights", "rates", "overfitting", "optimizers", "iris", "digits"] as const;

export type LessonName = (typeof LESSONS)[number];

/** The lesson that an address names, if it names one. */
export const lessonOf = (hash: string): LessonName | undefined =>
  LESSONS.find((name) => name === new URLSearchParams(hash.slice(1)).get("lesson"));
