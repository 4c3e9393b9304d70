/** Text, links and what everything else stands on. */
export const BASE = `
*,
*::before,
*::after {
  box-sizing: border-box;
}
html {
  color-scheme: light dark;
  scroll-behavior: smooth;
  -webkit-text-size-adjust: 100%;
}
body {
  margin: 0;
  background: var(--paper);
  color: var(--ink);
  font:
    15px / 1.55 system-ui,
    -apple-system,
    "Segoe UI",
    Roboto,
    "Helvetica Neue",
    Arial,
    sans-serif;
  font-variant-numeric: tabular-nums;
}
main,
footer {
  max-width: 1168px;
  margin: 0 auto;
  padding: 0 24px;
}
a {
  color: var(--accent);
  text-underline-offset: 2px;
}
:focus-visible {
  outline: 2px solid var(--accent);
  outline-offset: 2px;
  border-radius: 2px;
}
h1,
h2,
h3,
p,
ul,
dl,
dd,
figure,
pre {
  margin: 0;
  padding: 0;
}
ul {
  list-style: none;
}
.unseen {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
`;
