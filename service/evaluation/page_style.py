"""The report page's style, inside the page: it is one file, to be sent and opened anywhere."""

STYLE = """
:root { color-scheme: light dark; --ink: #1c2126; --soft: #5d6872; --ground: #f6f7f9; --card: #fff; --edge: #dfe3e8;
  --good: #1a7f4b; --bad: #c02f3a; --fair: #946200; --s1: #2f6fde; --s2: #e07b39; --s3: #2a9d78; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --soft: #9aa5b1; --ground: #14171b; --card: #1d2126;
  --edge: #333a42; --good: #4cc38a; --bad: #ff7a80; --fair: #e2b04a; --s1: #6ea0ff; --s2: #f09a5f; --s3: #4fc7a0; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 28px 20px 60px; }
h1 { font-size: 25px; line-height: 1.25; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 34px 0 10px; }
h3 { font-size: 14px; margin: 0 0 8px; }
p { margin: 4px 0; }
.soft, .note { color: var(--soft); }
.note { font-size: 13px; margin: 6px 0 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(124px, 1fr)); gap: 12px; margin-top: 20px; }
.tile, .card, details { background: var(--card); border: 1px solid var(--edge); border-radius: 10px; }
.tile { padding: 12px 14px; }
.tile b { display: block; font-size: 25px; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tile span { color: var(--soft); font-size: 13px; }
.card { padding: 14px 16px; overflow-x: auto; }
.stack { display: grid; gap: 14px; }
.pair { display: grid; align-items: start; grid-template-columns: repeat(auto-fit, minmax(min(100%, 430px), 1fr)); gap: 14px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 10px; text-align: right; border-bottom: 1px solid var(--edge); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; white-space: normal;
  overflow-wrap: anywhere; min-width: 130px; }
tr:last-child td { border-bottom: 0; }
th { color: var(--soft); font-weight: 600; font-size: 13px; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--soft); font: 11px system-ui, sans-serif; }
.grid { stroke: var(--edge); } .ideal { stroke: var(--soft); stroke-dasharray: 4 4; } .gap { stroke: var(--s2); stroke-width: 2; }
.s1 { fill: var(--s1); } .s2 { fill: var(--s2); } .s3 { fill: var(--s3); } .dot { fill-opacity: .8; }
.l1 { fill: none; stroke: var(--s1); stroke-width: 2; }
.key { font-size: 13px; color: var(--soft); margin: 0 14px 0 0; white-space: nowrap; }
.key i { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin-right: 5px; }
.k1 { background: var(--s1); } .k2 { background: var(--s2); } .k3 { background: var(--s3); }
details { margin: 8px 0; }
summary { padding: 9px 14px; cursor: pointer; overflow-wrap: anywhere; }
details > div { padding: 2px 16px 14px; border-top: 1px solid var(--edge); overflow-wrap: anywhere; }
.chip { display: inline-block; font-size: 12px; font-weight: 600; padding: 0 8px; border-radius: 9px; border: 1px solid;
  margin-right: 6px; }
.good { color: var(--good); } .bad { color: var(--bad); } .fair { color: var(--fair); } .plain { color: var(--soft); }
dl { display: grid; grid-template-columns: 110px 1fr; gap: 6px 14px; margin: 10px 0 0; }
dt { color: var(--soft); font-size: 13px; } dd { margin: 0; }
q, .quote { quotes: none; border-left: 3px solid var(--edge); padding-left: 10px; display: block; margin: 0 0 5px; }
.quote small { color: var(--soft); display: block; }
@media (max-width: 600px) { dl { grid-template-columns: 1fr; gap: 2px; } dd { margin-bottom: 8px; } }
@media print { details > div { display: block; } .card, .tile { break-inside: avoid; } }
"""
