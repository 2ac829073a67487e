"""How the HTML report looks, by day and by night."""

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1c1e21; --soft: #6b7280; --line: #d9dce1;
  --tint: #f4f5f7; --mark: #fff1b8; --good: #15803d; --bad: #b91c1c; --half: #b45309;
  --node: #eef3fb; --edge: #64748b }
@media (prefers-color-scheme: dark) { :root { --paper: #14161a; --ink: #e4e6ea; --soft: #9aa3af;
  --line: #363b43; --tint: #1d2026; --mark: #57480f; --good: #4ade80; --bad: #f87171;
  --half: #fbbf24; --node: #1f2a3a; --edge: #8b98a9 } }
body { background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif;
  margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { border-top: 1px solid var(--line); font-size: 1.2rem;
  margin-top: 2.5rem; padding-top: 1.5rem; overflow-wrap: anywhere } h3 { font-size: 1rem }
p.about { color: var(--soft) } code, .timeline { font-family: ui-monospace, monospace }
table { border-collapse: collapse; margin: .75rem 0 }
td, th { border-bottom: 1px solid var(--line); font-weight: normal; padding: .2rem .7rem;
  text-align: left; vertical-align: top }
tr:first-child > th { color: var(--soft); font-size: .85em }
td.number { font-variant-numeric: tabular-nums; text-align: right }
.holds { color: var(--good) } .violated, .nondeterministic, .never { color: var(--bad) }
.incomplete { color: var(--half) }
.wide { overflow-x: auto } .timeline { font-size: 13px } .timeline td { white-space: nowrap }
.timeline .changed { background: var(--mark); font-weight: 600 }
.timeline tr.loop > :first-child { border-left: 3px solid var(--bad) }
.timeline tr.turn { color: var(--bad); font-family: system-ui, sans-serif }
.bar { background: var(--edge); border-radius: 2px; display: inline-block; height: .6em }
figure { margin: 1rem 0; overflow-x: auto } figcaption { color: var(--soft); font-size: .9em }
svg.graph { display: block; font: 12px ui-monospace, monospace; height: auto; max-width: none }
svg .node rect { fill: var(--node); stroke: var(--edge) }
svg text { fill: var(--ink); text-anchor: middle }
svg .arrow { fill: none; stroke: var(--edge) } svg marker path { fill: var(--edge) }
svg .label text { font-size: 11px; paint-order: stroke; stroke: var(--paper); stroke-width: 5px;
  stroke-linejoin: round }
"""
