import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/*
 * Prints what the public entries export, as JSON: each declaration and member with its docstring, its types as they are
 * written, and the errors that it throws itself or by functions that it calls.
 */
const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const entries = ["index", "node", "data/index", "report/index"].map((entry) => join(root, `src/${entry}.ts`));
const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
const { options } = ts.convertCompilerOptionsFromJson({ ...config.compilerOptions, types: [] }, root);
const program = ts.createProgram(entries, options);
const checker = program.getTypeChecker();

const unalias = (symbol) => (symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
const isOurs = (node) => node.getSourceFile().fileName.startsWith(join(root, "src"));

/** The docstring before a declaration, as it is written. */
function docOf(node) {
  const holder = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  const docs = holder.jsDoc ?? [];
  return docs.length === 0 ? "" : docs.at(-1).getText();
}

/** The function that a declaration is or holds. */
function functionOf(node) {
  if (node === undefined) return undefined;
  if (ts.isVariableDeclaration(node)) return node.initializer && functionOf(node.initializer);
  return ts.isFunctionLike(node) ? node : undefined;
}

/** Classes of errors that a function's own text throws. */
function thrownBy(declaration) {
  const thrown = new Set();
  const visit = (node) => {
    if (ts.isThrowStatement(node) && ts.isNewExpression(node.expression))
      thrown.add(node.expression.expression.getText());
    if (!isLaterCall(node)) ts.forEachChild(node, visit);
  };
  const body = functionOf(declaration)?.body;
  if (body) visit(body);
  return thrown;
}

/** Functions within a function, such as a layer's forward pass, throw when they are called, not when they are made. */
const isLaterCall = (node) =>
  ts.isFunctionExpression(node) || ts.isMethodDeclaration(node) || (ts.isArrowFunction(node) && !isCallback(node));
const isCallback = (node) => ts.isCallExpression(node.parent);

/** The same with those of the functions that it calls. */
function errorsOf(declaration) {
  const thrown = thrownBy(declaration);
  const visit = (node) => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const target = unalias(checker.getSymbolAtLocation(node.expression))?.declarations?.[0];
      if (target && isOurs(target)) for (const error of thrownBy(target)) thrown.add(error);
    }
    if (!isLaterCall(node)) ts.forEachChild(node, visit);
  };
  const body = functionOf(declaration)?.body;
  if (body) visit(body);
  return [...thrown].filter((name) => name !== "Error").sort();
}

function describe(name, node) {
  const callable = functionOf(node);
  const typed = callable ?? node;
  return {
    name,
    file: relative(root, node.getSourceFile().fileName),
    kind: ts.SyntaxKind[node.kind],
    isFunction: callable !== undefined,
    doc: docOf(node),
    type: typed.type?.getText() ?? "",
    parameters: (callable?.parameters ?? []).map((each) => ({
      name: each.name.getText(),
      type: each.type?.getText() ?? "",
    })),
    throws: errorsOf(node),
  };
}

const isHidden = (member) =>
  ts.getCombinedModifierFlags(member) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected) ||
  (member.name && ts.isPrivateIdentifier(member.name)) ||
  docOf(member).includes("@internal");

const seen = new Set();
const surface = [];
for (const entry of entries) {
  for (const exported of checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(entry)))) {
    add(exported.name, unalias(exported));
  }
}

function add(name, symbol) {
  if (seen.has(symbol)) return;
  seen.add(symbol);
  if (symbol.flags & ts.SymbolFlags.ValueModule) {
    for (const each of checker.getExportsOfModule(symbol)) add(`${name}.${each.name}`, unalias(each));
    return;
  }
  const declarations = symbol.declarations.filter(isOurs);
  // Of an overloaded function the implementation stands last; its docstring stands before any of them.
  const doc = declarations.map(docOf).find((text) => text !== "") ?? "";
  const node = declarations.at(-1);
  surface.push({ ...describe(name, node), doc });
  if (!ts.isClassDeclaration(node) && !ts.isInterfaceDeclaration(node)) return;
  for (const [key, member] of membersOf(node)) surface.push({ ...describe(`${name}.${key}`, member), member: true });
}

/** Members by name, the overloads of a method as one. */
function membersOf(node) {
  const members = new Map();
  for (const member of node.members) {
    if (isHidden(member)) continue;
    const key = ts.isConstructorDeclaration(member) ? "constructor" : (member.name?.getText() ?? "()");
    if (!members.has(key) || docOf(members.get(key)) === "") members.set(key, member);
  }
  return members;
}

console.log(JSON.stringify(surface));
