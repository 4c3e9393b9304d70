/** Chapters below it: charts, tables, images, settings. */
export const CHAPTERS = `
.chapter {
  display: grid;
  gap: 24px 48px;
  padding: 44px 0;
  border-bottom: 1px solid var(--grid);
}
.chapter > div {
  min-width: 0;
}
h2 {
  font-size: 21px;
  font-weight: 650;
  line-height: 1.25;
  letter-spacing: -0.01em;
}
.intro,
.caption {
  color: var(--soft);
  font-size: 14px;
  line-height: 1.5;
}
.intro {
  max-width: 42em;
  margin-top: 8px;
}
h3 {
  margin: 0 0 10px;
  font-size: 15px;
  font-weight: 650;
}
h3 small {
  margin-left: 6px;
  color: var(--soft);
  font-size: 13px;
  font-weight: 400;
}
.chapter > div > * + * {
  margin-top: 36px;
}
.chapter > div > h3 + *,
.chapter > div > .caption {
  margin-top: 0;
}
.chapter > div > .caption + * {
  margin-top: 14px;
}
summary {
  width: fit-content;
  padding: 4px 0;
  color: var(--accent);
  font-size: 14px;
  cursor: pointer;
}
summary + * {
  margin-top: 10px;
}
.figures {
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 350px), 1fr));
  gap: 40px 40px;
  align-items: start;
}
figure {
  position: relative;
  min-width: 0;
}
figure.wide {
  grid-column: 1 / -1;
}
figcaption {
  margin-bottom: 10px;
  font-weight: 650;
}
.first > div {
  min-width: 0;
}
.score svg,
figure svg {
  display: block;
  max-width: 100%;
  height: auto;
}
figure .caption {
  max-width: 30em;
  margin-top: 8px;
}
svg a:hover path,
svg a:focus path {
  stroke: var(--ink);
}
.scroll {
  overflow-x: auto;
}
table {
  min-width: min(100%, 420px);
  border-collapse: collapse;
  font-size: 14px;
}
th,
td {
  padding: 6px 20px 6px 0;
  border-bottom: 1px solid var(--grid);
  text-align: left;
  vertical-align: top;
  overflow-wrap: break-word;
}
td,
th[scope="row"] {
  max-width: 22em;
}
thead th {
  border-color: var(--axis);
  color: var(--soft);
  font-size: 13px;
  font-weight: 400;
  vertical-align: bottom;
}
th[scope="row"] {
  font-weight: 400;
}
th a {
  white-space: nowrap;
}
.number {
  text-align: right;
}
td.number {
  white-space: nowrap;
}
td.phrase {
  min-width: 14em;
}
.cells {
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 252px), 1fr));
  gap: 28px 24px;
}
.cell-tables .cell + .cell {
  margin-top: 28px;
}
.cell {
  min-width: 0;
  scroll-margin-top: 24px;
}
.cell:target {
  margin-left: -16px;
  padding-left: 12px;
  border-left: 4px solid var(--accent);
}
.images {
  display: flex;
  flex-wrap: wrap;
  gap: 14px 12px;
}
.images li {
  width: 72px;
  font-size: 13px;
  line-height: 1.35;
  text-align: center;
}
.images img {
  display: block;
  width: 72px;
  height: auto;
  margin-bottom: 4px;
  border: 1px solid var(--grid);
  border-radius: 3px;
  image-rendering: pixelated;
}
.images small {
  display: block;
  color: var(--soft);
  font-size: 12px;
}
.pairs {
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 250px), 1fr));
  gap: 0 40px;
  font-size: 14px;
}
.pairs div {
  display: flex;
  justify-content: space-between;
  gap: 16px;
  padding: 5px 0;
  border-bottom: 1px solid var(--grid);
}
.pairs dt {
  color: var(--soft);
}
.pairs dd {
  text-align: right;
  overflow-wrap: anywhere;
}
pre {
  overflow-x: auto;
  padding: 14px 16px;
  border-radius: 6px;
  background: var(--wash);
  font:
    13px / 1.5 ui-monospace,
    SFMono-Regular,
    Menlo,
    Consolas,
    monospace;
}
pre.text {
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}
footer {
  padding-top: 28px;
  padding-bottom: 48px;
  color: var(--soft);
  font-size: 13px;
}
`;
