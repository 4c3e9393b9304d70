/* Declarations that a file of `shaders/` is given by others, as its header lists them. */

/** A declaration that somebody else makes. */
export interface Given {
  name: string;
  /** As the header has it: `x_at(i: u32) -> f32`, `const SMOOTHING: f32`, `alias Operand = f32`, `var step_record: Step`. */
  declaration: string;
}

export interface Header {
  /** Files of shaders/ that come with this one, by their paths there, and the names that are taken from each. */
  needs: Map<string, string[]>;
  /** Likewise a file that the glue chooses. */
  operands: Map<string, string[]>;
  /** Declarations by the file of src/backends/ that makes them. */
  glue: Map<string, Given[]>;
  /** Declarations that whoever needs this file makes. */
  caller: Given[];
}

export function parseHeader(text: string): Header {
  const header: Header = { needs: new Map(), operands: new Map(), glue: new Map(), caller: [] };
  const lines = text.split("\n");
  for (const line of lines.slice(
    0,
    lines.findIndex((each) => !each.startsWith("//")),
  )) {
    const [, kind, file, list] = line.match(/^\/\/ (Needs|Operands|Glue|Caller)(?: (\S+))?: (.*)$/) ?? [];
    if (kind === "Needs") header.needs.set(file, list.split(", "));
    if (kind === "Operands") header.operands.set(file, list.split(", "));
    if (kind === "Glue") header.glue.set(file, [...(header.glue.get(file) ?? []), ...declarationsIn(list)]);
    if (kind === "Caller") header.caller.push(...declarationsIn(list));
  }
  return header;
}

/** At commas that stand in no parentheses. */
const declarationsIn = (list: string): Given[] =>
  list.split(/, (?![^(]*\))/).map((declaration) => ({
    declaration,
    name: declaration.match(/^(?:(?:const|alias|var) )?(\w+)/)![1],
  }));

/** WGSL that stands for a declaration: of its type, and nothing behind it. */
export function stub({ declaration }: Given): string {
  if (declaration.startsWith("alias ")) return `${declaration};`;
  if (declaration.startsWith("var ")) return declaration.replace("var ", "var<private> ").concat(";");
  const [, name, type] = declaration.match(/^const (\w+): (\w+)$/) ?? [];
  if (name) return `const ${name}: ${type} = ${type}(4);`;
  const returned = declaration.match(/ -> (.*)$/)?.[1];
  return `fn ${declaration} {${returned ? ` return ${returned}();` : ""} }`;
}

/** WGSL without its comments. */
export const codeOf = (text: string): string => text.replace(/\/\/.*$/gm, "");

/** The names that a file declares for others. */
export const declaredBy = (text: string): string[] =>
  [...codeOf(text).matchAll(/^(?:(?:override|const|fn|struct|alias) |var<\w+> )(\w+)/gm)].map(([, name]) => name);

/** Every word of a file's code but names of fields. */
export const wordsOf = (text: string): Set<string> =>
  new Set([...codeOf(text).matchAll(/(?<![.\w@])[A-Za-z_]\w*/g)].map(([word]) => word));
