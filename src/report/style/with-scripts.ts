/** Style of elements that need scripts: numbers beside the pointer, enlarged charts. */
export const WITH_SCRIPTS = `
#tip {
  position: fixed;
  z-index: 2;
  max-width: 280px;
  padding: 5px 9px;
  border-radius: 4px;
  background: var(--ink);
  color: var(--paper);
  font-size: 13px;
  line-height: 1.4;
  pointer-events: none;
}
.enlarge {
  position: absolute;
  top: -4px;
  right: 0;
  width: 28px;
  height: 28px;
  padding: 0;
  border: 0;
  border-radius: 4px;
  background: none;
  color: var(--soft);
  font:
    16px / 28px system-ui,
    sans-serif;
  cursor: pointer;
}
.enlarge:hover {
  background: var(--wash);
  color: var(--ink);
}
dialog {
  width: min(1100px, 96vw);
  max-height: 96vh;
  padding: 20px 24px 24px;
  border: 0;
  border-radius: 8px;
  background: var(--paper);
  color: var(--ink);
}
dialog::backdrop {
  background: rgb(0 0 0 / 55%);
}
dialog svg {
  display: block;
  width: 100%;
  height: auto;
  max-height: 78vh;
}
dialog form {
  display: flex;
  justify-content: space-between;
  margin-bottom: 16px;
  font-weight: 650;
}
dialog button {
  padding: 4px 12px;
  border: 1px solid var(--axis);
  border-radius: 4px;
  background: none;
  color: inherit;
  font: inherit;
  font-weight: 400;
  cursor: pointer;
}
`;
