/** The first screen: how good it is, and why that can be trusted. */
export const FIRST_SCREEN = `
header {
  padding: 44px 0 48px;
}
.over {
  color: var(--soft);
  font-size: 13px;
}
h1 {
  margin: 4px 0 6px;
  font-size: 30px;
  font-weight: 650;
  line-height: 1.2;
  letter-spacing: -0.015em;
  overflow-wrap: anywhere;
}
.about {
  color: var(--soft);
}
.first {
  display: grid;
  gap: 40px 72px;
  margin-top: 36px;
}
.value {
  font-size: 68px;
  font-weight: 600;
  line-height: 1;
  letter-spacing: -0.035em;
}
.label {
  margin-top: 8px;
  color: var(--soft);
}
.sentence {
  max-width: 34em;
  margin: 18px 0 22px;
  font-size: 17px;
  line-height: 1.5;
}
.facts {
  display: flex;
  flex-wrap: wrap;
  gap: 14px 36px;
  margin-top: 22px;
}
.facts dt {
  color: var(--soft);
  font-size: 13px;
}
.facts dd {
  font-size: 20px;
  font-weight: 600;
  letter-spacing: -0.01em;
}
.why-title {
  font-size: 15px;
  font-weight: 650;
}
.why li {
  display: grid;
  grid-template-columns: 20px 1fr;
  gap: 10px;
  padding: 11px 0;
  border-bottom: 1px solid var(--grid);
}
.why ul {
  margin-top: 6px;
  border-top: 1px solid var(--grid);
}
.why-sign {
  width: 18px;
  height: 18px;
  margin-top: 3px;
}
.links {
  display: flex;
  flex-wrap: wrap;
  gap: 4px 22px;
  padding: 14px 0;
  border-top: 1px solid var(--axis);
  border-bottom: 1px solid var(--axis);
  font-size: 14px;
}
.links a {
  color: var(--ink);
  text-decoration: none;
}
.links a:hover {
  color: var(--accent);
  text-decoration: underline;
}
`;
