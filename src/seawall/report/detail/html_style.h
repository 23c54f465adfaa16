#pragma once

#include <string_view>

namespace seawall::report_detail {

/// The style sheet of every page. Colours meet WCAG 2.1 AA in light and dark.
inline constexpr std::string_view kStyle = R"css(
:root{color-scheme:light dark;--page:#f4f6f9;--card:#fff;--text:#17202b;--muted:#556070;--line:#d9dfe7;
--accent:#0b5fa5;--block:#9c1420;--block-bg:#fde9eb;--review:#744700;--review-bg:#fff0d3;--allow:#155f30;
--allow-bg:#e1f5e8}
@media (prefers-color-scheme:dark){:root{--page:#0f151c;--card:#18212b;--text:#e7ecf2;--muted:#a4b0be;
--line:#2d3945;--accent:#73b9ff;--block:#ffb7bd;--block-bg:#4a171c;--review:#ffd796;--review-bg:#45320c;
--allow:#9ee8b5;--allow-bg:#133d23}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);
font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
header,main,footer{max-width:70rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2rem}
h1{font-size:1.75rem;line-height:1.2;margin:0}
h2{font-size:1.2rem;margin:0 0 .75rem}
.brand{margin:0 0 .25rem;color:var(--accent);font-weight:700;letter-spacing:.02em}
.subject{margin:.35rem 0 .5rem;font-size:1.05rem;overflow-wrap:anywhere}
.state{margin:0 0 1.5rem;color:var(--muted)}
section{background:var(--card);border:1px solid var(--line);border-radius:.75rem;
padding:1.25rem;margin:0 0 1.25rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));gap:.75rem;margin:0}
.tiles div{border-left:3px solid var(--line);padding:.1rem .75rem}
.tiles dt{color:var(--muted);font-size:.875rem}
.tiles dd{margin:0;font-size:1.4rem;font-weight:650;font-variant-numeric:tabular-nums;line-height:1.3}
.pair{display:grid;grid-template-columns:minmax(0,3fr) minmax(14rem,1fr);gap:1.5rem;align-items:start}
.scroll{overflow:auto;max-height:22rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%}
caption{text-align:left;color:var(--muted);font-size:.9rem;padding:0 0 .5rem}
th,td{text-align:left;vertical-align:top;padding:.5rem .75rem .5rem 0;border-top:1px solid var(--line)}
thead th{border-top:0;font-size:.85rem;color:var(--muted);font-weight:600;white-space:nowrap}
tbody th{font-weight:500}
.number{text-align:right;font-variant-numeric:tabular-nums;padding-right:1.25rem}
th,td{overflow-wrap:anywhere}
.note{color:var(--muted);font-size:.9rem;margin:.75rem 0 0}
.sub{display:block;color:var(--muted);font-size:.85rem}
.badge{display:inline-block;white-space:nowrap;border-radius:1rem;padding:.05rem .6rem;
font-size:.85rem;font-weight:600}
.block{color:var(--block);background:var(--block-bg)}
.review{color:var(--review);background:var(--review-bg)}
.allow{color:var(--allow);background:var(--allow-bg)}
.chart{width:100%;height:auto;display:block}
.chart text{fill:var(--muted);font-size:12px;font-family:inherit}
.chart .bar{fill:var(--accent)}
.chart .grid{stroke:var(--line);stroke-width:1}
.thumb{width:48px;height:48px;object-fit:cover;border-radius:.35rem;display:block;filter:blur(2px)}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:1rem;background:var(--card);color:var(--accent);padding:.5rem 1rem}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
footer{color:var(--muted);font-size:.875rem;padding-bottom:2rem}
@media (max-width:46rem){.pair{grid-template-columns:minmax(0,1fr)}
header,main,footer{padding-left:.75rem;padding-right:.75rem}section{padding:1rem .9rem}
.chart text{font-size:20px}
.cards thead{position:absolute;left:-99rem}
.cards table,.cards tbody,.cards tr,.cards caption{display:block}
.cards tr{border-top:1px solid var(--line);padding:.6rem 0}
.cards th,.cards td{display:grid;grid-template-columns:6rem minmax(0,1fr);gap:.5rem;border:0;padding:.15rem 0}
.cards th::before,.cards td::before{content:attr(data-label);
color:var(--muted);font-size:.85rem;font-weight:400}
.cards .number{text-align:left}
.tiles{grid-template-columns:repeat(auto-fill,minmax(8rem,1fr))}}
@media print{body{background:#fff}section{break-inside:avoid-page;border:0;padding:0}.scroll{max-height:none}}
)css";

}  // namespace seawall::report_detail
