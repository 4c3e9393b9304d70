/** Narrow and wide screens, print, and readers who want nothing to move. */
export const SCREENS = `
@media (min-width: 960px) {
  .first {
    grid-template-columns: minmax(0, 1.1fr) minmax(0, 1fr);
  }
  .chapter {
    grid-template-columns: 208px minmax(0, 1fr);
  }
  .chapter > hgroup {
    position: sticky;
    top: 24px;
    align-self: start;
  }
}
@media (max-width: 520px) {
  header {
    padding: 28px 0 32px;
  }
  main,
  footer {
    padding-right: 16px;
    padding-left: 16px;
  }
  .value {
    font-size: 56px;
  }
  .sentence {
    font-size: 16px;
  }
  .first {
    margin-top: 26px;
  }
  .chapter {
    padding: 32px 0;
  }
  figure.wide svg {
    max-width: none;
  }
  table {
    font-size: 13px;
  }
  th,
  td {
    padding-right: 10px;
  }
}
@media (prefers-reduced-motion: reduce) {
  html {
    scroll-behavior: auto;
  }
}
@media print {
  .chapter {
    break-inside: avoid-page;
  }
  nav,
  .enlarge {
    display: none;
  }
}
`;
