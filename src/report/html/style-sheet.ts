/**
 * How the page looks. Colours are variables, set once for the light and once for the dark; the charts use the same.
 * Every text has a contrast of at least 4.5:1 against what it lies on, every mark of a chart 3:1.
 */
export const STYLE_SHEET = `
:root {
  color-scheme: light dark;
  --ink: #1c2128; --faint: #57606a; --grid: #d0d7de; --surface: #ffffff; --page: #f6f8fa; --on-phase: #ffffff;
  --failed: #c0202c; --warn: #7a4d00; --warn-surface: #fff5d6; --link: #0a58b8;
  --side-a: #1a66b0; --side-b: #a84a00;
  --phase-1: #1f6fb8; --phase-2: #a8540a; --phase-3: #1c7a50; --phase-4: #8047b8; --phase-5: #ad2f72; --phase-6: #55730f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6edf3; --faint: #9aa4af; --grid: #3a424c; --surface: #161b22; --page: #0d1117; --on-phase: #0d1117;
    --failed: #ff7b80; --warn: #f0c060; --warn-surface: #2c2410; --link: #6cb0ff;
    --side-a: #67b0f5; --side-b: #f0a05a;
    --phase-1: #67acec; --phase-2: #eb9c50; --phase-3: #5bc08d; --phase-4: #bd93ea; --phase-5: #ee85b8; --phase-6: #a5c552;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1rem; max-width: 78rem; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0.5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 0 0 0.5rem; }
h3 { font-size: 1rem; margin: 0 0 0.25rem; overflow-wrap: anywhere; }
p { margin: 0.25rem 0 0.75rem; max-width: 62rem; overflow-wrap: anywhere; }
time { white-space: nowrap; }
section { background: var(--surface); border: 1px solid var(--grid); border-radius: 8px; padding: 1rem; margin: 1rem 0; }
.verdict { font-size: 1.1rem; }
.verdict strong { font-size: 1.6rem; }
.faint, figcaption, caption { color: var(--faint); }
.warnings { background: var(--warn-surface); border-color: var(--warn); }
h3.change { margin-top: 1.25rem; }
.warnings h2 { color: var(--warn); }
figure { margin: 0; min-width: 0; }
figcaption { font-size: 0.85rem; }
svg { display: block; width: 100%; height: auto; }
.panels { display: grid; gap: 1.25rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); }
.panels figure { max-width: 34rem; }
.scroll { overflow-x: auto; margin: 0.75rem 0 0; }
.scroll:focus-visible { outline: 2px solid var(--link); }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; min-width: 100%; }
caption { text-align: left; padding: 0 0 0.35rem; }
caption span { display: block; position: sticky; left: 0; width: max-content; max-width: calc(100vw - 3.5rem); }
th, td { text-align: left; padding: 0.3rem 0.6rem 0.3rem 0; border-bottom: 1px solid var(--grid); vertical-align: top; }
th { font-weight: 600; }
.figure { text-align: right; white-space: nowrap; }
.word { white-space: nowrap; }
.text { min-width: 11rem; }
.side { min-width: 6rem; overflow-wrap: anywhere; }
th[scope=row] { min-width: 7rem; }
details { margin-top: 0.75rem; }
summary { cursor: pointer; }
code, pre { font: 0.85em/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
td code { overflow-wrap: anywhere; }
pre { overflow-x: auto; margin: 0.5rem 0; padding: 0.75rem; border: 1px solid var(--grid); border-radius: 6px; background: var(--page); }
.side-a { color: var(--side-a); font-weight: 600; }
.side-b { color: var(--side-b); font-weight: 600; }
.differs td, .differs th { background: var(--warn-surface); }
.notice { border-color: var(--warn); }
ul { margin: 0.25rem 0 0.75rem; padding-left: 1.25rem; }
.option { white-space: nowrap; }
.failed { color: var(--failed); font-weight: 600; }
.narrow { display: none; }
@media (max-width: 44rem) {
  body { padding: 0.5rem; }
  section { padding: 0.75rem; }
  .text { white-space: nowrap; }
  .wide { display: none; }
  .narrow { display: block; }
}
@media print {
  :root { font-size: 12px; }
  body { background: none; padding: 0; max-width: none; font-size: 1rem; }
  section { border: none; padding: 0; }
  figure, tr, pre, .panels > * { break-inside: avoid; }
  h2, h3, caption { break-after: avoid; }
  .panels { grid-template-columns: repeat(3, minmax(0, 1fr)); }
  .scroll { overflow: visible; }
  table { font-size: 0.75rem; }
  th, td { padding-right: 0.25rem; }
  th[scope=row], .text { min-width: 0; white-space: normal; }
  pre { white-space: pre-wrap; }
}
`;
