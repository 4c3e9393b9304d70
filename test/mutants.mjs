import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

/*
 * Breaks the library on purpose, one option, fusion or guard at a time, and runs the tests that should notice. A mutant
 * that no test catches says what isn't tested.
 *
 *     node test/mutants.mjs                     all of them: some twenty minutes
 *     node test/mutants.mjs --only hazard,lr    those whose names contain one of these
 *     node test/mutants.mjs --list              names them
 *
 * The mutants are edits of text, in the tables of test/mutants/; one whose text isn't there any more is an error. A copy
 * of this checkout below node_modules is edited, never the checkout itself. Exits with 1 when a mutant isn't caught.
 */

const { main } = (await runnerImport(fileURLToPath(new URL("mutants/main.ts", import.meta.url)))).module;
process.exitCode = await main(process.argv.slice(2), fileURLToPath(new URL("..", import.meta.url)));
