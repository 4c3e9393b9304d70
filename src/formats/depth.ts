import { FormatError } from "../core/errors.js";

/** Levels of lists and objects in each other that a file may have; those written here have some ten. */
const MOST_LEVELS = 200;

/**
 * Refuses JSON whose lists and objects lie too deep in each other: what walks through them would overflow the stack.
 *
 * @param json - as read from the file, before it is parsed
 * @param where - the file, for the message
 * @throws FormatError
 */
export function checkDepth(json: string, where: string): void {
  let depth = 0;
  let isText = false;
  for (let i = 0; i < json.length; i++) {
    const letter = json[i];
    if (isText && letter === "\\") i++;
    else if (letter === '"') isText = !isText;
    else if (isText) continue;
    else if (letter === "[" || letter === "{") depth++;
    else if (letter === "]" || letter === "}") depth--;
    if (depth > MOST_LEVELS) {
      throw new FormatError(
        `${where} has lists more than ${MOST_LEVELS} deep in each other. It is damaged: save it again.`,
      );
    }
  }
}
