/** An element of Vega's SVG, or text between elements. */
type Node = Element | string;

interface Element {
  tag: string;
  attributes: Map<string, string>;
  children: Node[];
}

/**
 * Vega's SVG without what a finished picture has no use for: classes and roles, empty frames, digits beyond a tenth of
 * a pixel, what every element repeats. A mark's `aria-label` becomes its `<title>`, which browsers show where one points
 * at it; dots that differ only in where they are become one path.
 *
 * @param label - the picture's accessible name
 */
export function compactSvg(svg: string, label: string): string {
  const root = parse(svg);
  const { width = "0", height = "0" } = Object.fromEntries(root.attributes);
  const children = root.children.flatMap((child) => (typeof child === "string" ? [child] : simplify(child)));
  const hasLinks = /<a /.test(svg);
  root.attributes = new Map([
    ["xmlns", "http://www.w3.org/2000/svg"],
    ["viewBox", `0 0 ${width} ${height}`],
    ["width", width],
    ["height", height],
    ["role", hasLinks ? "group" : "img"], // the parts of an image can't be reached
    ["aria-label", escapeXml(label)],
  ]);
  root.children = hoistFont(root, children);
  return write(root);
}

const TOKEN = /<(\/?)([\w:]+)((?:\s[^\s=>]+="[^"]*")*)\s*(\/?)>|([^<]+)/g;

function parse(svg: string): Element {
  const open: Element[] = [{ tag: "", attributes: new Map(), children: [] }];
  for (const [, closes, tag, attributes, isEmpty, text] of svg.matchAll(TOKEN)) {
    if (text !== undefined) open.at(-1)!.children.push(text);
    else if (closes) open.pop();
    else {
      const pairs = [...attributes.matchAll(/\s([^\s=]+)="([^"]*)"/g)].map(([, name, value]) => [name, value] as const);
      const element: Element = { tag, attributes: new Map(pairs), children: [] };
      open.at(-1)!.children.push(element);
      if (!isEmpty) open.push(element);
    }
  }
  return open[0].children[0] as Element;
}

const DROPPED = ["class", "role", "aria-roledescription", "aria-hidden", "pointer-events", "stroke-miterlimit"];
/** Values of absent attributes. */
const DEFAULTS: Record<string, string> = {
  opacity: "1",
  "stroke-width": "1",
  "text-anchor": "start",
  transform: "translate(0,0)",
  "font-weight": "normal",
  "stroke-dasharray": "1,0",
};

function simplify(element: Element): Node[] {
  const { tag, attributes } = element;
  const kind = attributes.get("class");
  if (kind === "foreground" || attributes.get("display") === "none") return [];
  if (kind === "background" && !attributes.has("fill") && !attributes.has("stroke")) return [];
  const label = attributes.get("aria-label");
  attributes.delete("aria-label");
  for (const name of DROPPED) attributes.delete(name);
  for (const [name, value] of attributes) {
    const rounded = ["d", "transform", "x2", "y2"].includes(name) ? round(value) : value;
    if (rounded === DEFAULTS[name] || (name === "transform" && rounded === DEFAULTS.transform)) attributes.delete(name);
    else attributes.set(name, rounded);
  }
  let children = element.children.flatMap((child) => (typeof child === "string" ? [child] : simplify(child)));
  if (tag === "g") {
    if (children.length === 0) return [];
    children = mergeAlike(mergeDots(children));
    if (attributes.size === 0) return children;
  }
  if (tag === "a") {
    const href = attributes.get("xlink:href");
    if (href === undefined || href === "undefined") return children; // Vega's, of a mark that leads nowhere
    attributes.set("href", href);
    attributes.delete("xlink:href");
    const named = children.find((child): child is Element => typeof child !== "string" && child.tag !== "title");
    const title = named?.children.find((child): child is Element => typeof child !== "string" && child.tag === "title");
    if (title) attributes.set("aria-label", title.children.join(""));
  }
  if (label && tag !== "g") children.push({ tag: "title", attributes: new Map(), children: [label] });
  return [{ tag, attributes, children }];
}

const round = (text: string) =>
  text.replace(/-?\d*\.\d+(?:e-?\d+)?/g, (digits) => String(Number(Number(digits).toFixed(1))));

/** A circle as Vega draws its symbols, around (0, 0). */
const CIRCLE = /^M([\d.]+),0A\1,\1,0,1,1,-\1,0A\1,\1,0,1,1,\1,0$/;
const FEW_DOTS = 30;

/** Many circles alike become one path whose round line ends are the dots, on a wider one where they have an outline. */
function mergeDots(children: Node[]): Node[] {
  const dots = children.map(dotOf);
  if (children.length < FEW_DOTS || dots.some((dot) => dot === undefined)) return children;
  return [...groupBy(dots as Dot[], ({ look }) => look)].flatMap((alike) => {
    const [{ radius, attributes }] = alike;
    const { fill, stroke, "stroke-width": width = "1", ...rest } = Object.fromEntries(attributes);
    const d = alike.map(({ place }) => `M${place}h0`).join("");
    const path = (colour: string, diameter: number): Element => {
      const line = { stroke: colour, "stroke-width": String(Number(diameter.toFixed(1))), "stroke-linecap": "round" };
      return { tag: "path", attributes: new Map(Object.entries({ ...rest, ...line, d })), children: [] };
    };
    return [...(stroke ? [path(stroke, 2 * radius + Number(width))] : []), path(fill, 2 * radius - (stroke ? 1 : 0))];
  });
}

interface Dot {
  look: string;
  radius: number;
  place: string;
  /** All but where it is. */
  attributes: Map<string, string>;
}

function dotOf(node: Node): Dot | undefined {
  if (typeof node === "string" || node.tag !== "path" || node.children.length > 0) return undefined;
  const radius = node.attributes.get("d")?.match(CIRCLE)?.[1];
  const place = (node.attributes.get("transform") ?? "translate(0,0)").match(/^translate\(([^)]+)\)$/)?.[1];
  if (radius === undefined || place === undefined || !node.attributes.has("fill")) return undefined;
  const attributes = new Map([...node.attributes].filter(([name]) => name !== "transform" && name !== "d"));
  return { look: [radius, ...attributes].join("|"), radius: Number(radius), place, attributes };
}

/** Straight lines, and areas without outlines, that differ only in where they are become one path. */
function mergeAlike(children: Node[]): Node[] {
  const paths = children.map((child) => (typeof child === "string" ? undefined : pathOf(child)));
  return [
    ...groupBy(
      children.map((child, i) => ({ child, path: paths[i] })),
      ({ path }, i) => path?.look ?? String(i),
    ),
  ].map((alike) => {
    const [{ child, path }] = alike;
    if (!path || alike.length === 1) return child;
    const d = alike.map((each) => each.path!.d).join("");
    return { tag: "path", attributes: new Map([...path.attributes, ["d", d]]), children: [] };
  });
}

function pathOf({ tag, attributes, children }: Element) {
  if (children.length > 0) return undefined;
  const rest = new Map(attributes);
  const take = (name: string, absent: string) => {
    const value = rest.get(name) ?? absent;
    rest.delete(name);
    return value;
  };
  if (tag === "line") {
    const place = take("transform", "translate(0,0)").match(/^translate\(([^)]+)\)$/)?.[1];
    const d = `M${place}l${take("x2", "0")},${take("y2", "0")}`;
    return place === undefined ? undefined : { look: ["line", ...rest].join("|"), d, attributes: rest };
  }
  if (tag !== "path" || rest.has("stroke") || rest.has("transform") || !rest.has("fill")) return undefined;
  const d = take("d", "");
  return { look: ["area", ...rest].join("|"), d, attributes: rest };
}

/** In the order of the first of each. */
function groupBy<T>(items: readonly T[], keyOf: (item: T, index: number) => string): Iterable<T[]> {
  const groups = new Map<string, T[]>();
  items.forEach((item, index) => {
    const key = keyOf(item, index);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  });
  return groups.values();
}

/** The font that all texts share is said once. */
function hoistFont(root: Element, children: Node[]): Node[] {
  const texts: Element[] = [];
  const collect = (node: Node) => {
    if (typeof node === "string") return;
    if (node.tag === "text") texts.push(node);
    node.children.forEach(collect);
  };
  children.forEach(collect);
  for (const name of ["font-family", "font-size"]) {
    const first = texts[0]?.attributes.get(name);
    if (first === undefined || texts.some((text) => text.attributes.get(name) !== first)) continue;
    for (const text of texts) text.attributes.delete(name);
    root.attributes.set(name, first);
  }
  return children;
}

const escapeXml = (text: string) =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");

function write(node: Node): string {
  if (typeof node === "string") return node;
  const attributes = [...node.attributes].map(([name, value]) => ` ${name}="${value}"`).join("");
  if (node.children.length === 0) return `<${node.tag}${attributes}/>`;
  return `<${node.tag}${attributes}>${node.children.map(write).join("")}</${node.tag}>`;
}
