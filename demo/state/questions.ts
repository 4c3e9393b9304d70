import type { News } from "../engine/protocol.js";
import type { Answers, Inputs, Question } from "../engine/questions.js";
import type { Engine } from "./store.js";

type Answer = News & { news: "answer" };

/** Questions to the worker that wait for their answers. */
export class Questions {
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #last = 0;

  /** @throws Error when it can't be answered */
  ask<Q extends Question>(engine: Engine, question: Q, input: Inputs[Q]): Promise<Answers[Q]> {
    const id = ++this.#last;
    engine.send({ do: "ask", id, question, input });
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ answer, error }) =>
        error === undefined ? resolve(answer as Answers[Q]) : reject(new Error(error)),
      );
    });
  }

  hear(answer: Answer): void {
    this.#waiting.get(answer.id)?.(answer);
    this.#waiting.delete(answer.id);
  }
}
