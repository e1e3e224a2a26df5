/**
 * The look of a page, light and dark by the viewer's own choice. Every colour of text has a contrast of 4.5:1 or more on
 * its ground. Prod is blue, gray is violet, as in the terminal.
 */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--paper:#fff;--ink:#1a1d21;--quiet:#59616a;--line:#d8dce1;--band:#f3f5f7;--prod:#1a5fb4;--gray:#8a2da5;
--bad:#b3261e;--warn:#7d5000;--good:#1b6e3c;--on:#fff;--alarm:#b3261e;--caution:#7d5000;--relief:#1b6e3c}
@media (prefers-color-scheme:dark){:root{--paper:#14171a;--ink:#e8eaec;--quiet:#a3abb3;--line:#353b41;--band:#1e2226;--prod:#7db8f5;
--gray:#d79bea;--bad:#ff8f86;--warn:#f0c060;--good:#7fd6a0;--on:#14171a;--alarm:#ff8f86;--caution:#f0c060;--relief:#7fd6a0}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:80rem;padding:.75rem 1rem 2rem;background:var(--paper);color:var(--ink);
font:15px/1.45 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;overflow-wrap:anywhere}
header{display:flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:baseline}
h1{font-size:1.35rem;margin:0}h2 span{margin-right:.25rem}h2{font-size:1rem;margin:0 0 .35rem}h2 small,th small{font-weight:400;color:var(--quiet)}
.now{margin-left:auto;color:var(--quiet);font-variant-numeric:tabular-nums}
a{color:var(--prod)}p{margin:.2rem 0}
.badge{font-weight:700;padding:.05rem .5rem;border-radius:.25rem;white-space:nowrap}
.t-strong{font-weight:700}.t-quiet,.who{color:var(--quiet)}.t-prod{color:var(--prod)}.t-gray{color:var(--gray)}
.t-good{color:var(--good)}.t-warn{color:var(--warn);font-weight:600}.t-bad{color:var(--bad);font-weight:700}
.t-alarm{background:var(--alarm);color:var(--on);font-weight:700}.t-caution{background:var(--caution);color:var(--on)}
.t-relief{background:var(--relief);color:var(--on)}
.headline{padding:.3rem .6rem;border-radius:.3rem}.headline.first{font-size:1.2rem;margin:.5rem 0}
.headline.t-good,.headline.t-quiet,.headline.t-plain{padding-left:0}
.state{display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;align-items:baseline;margin:.3rem 0}.state .t-strong.badge{border:1px solid}
.phases{display:flex;flex-wrap:wrap;gap:.25rem .3rem;margin:.4rem 0;padding:0;list-style:none}
.phases li{flex:1 1 auto;padding:.15rem .5rem;border-top:.25rem solid var(--line);color:var(--quiet)}
.phases .past{border-color:var(--gray)}.phases .now{border-color:var(--gray);margin:0;color:var(--ink);background:var(--band)}
section p{white-space:pre-wrap}section{margin-top:.9rem;padding:.6rem .75rem;border:1px solid var(--line);border-radius:.4rem}
.cause{border:2px solid var(--bad)}
table{border-collapse:collapse;width:100%;margin-top:.75rem;table-layout:fixed;font-variant-numeric:tabular-nums}
th,td{text-align:left;vertical-align:top;padding:.25rem .5rem;border-bottom:1px solid var(--line)}
thead th{vertical-align:bottom}thead small{display:block}tbody th{font-weight:500}
th:first-child{width:22%}td b{font-size:1.05rem}td.gray,th.gray{border-left:1px solid var(--line)}
tbody td>div{display:inline-block;vertical-align:middle;width:49%}.limit{color:var(--quiet);white-space:nowrap}
svg{display:block;width:100%;height:1.8rem}svg path{fill:none;stroke-width:1.6;stroke-linejoin:round;vector-effect:non-scaling-stroke}
svg .prod{stroke:var(--prod)}svg .gray{stroke:var(--gray)}svg .worse{stroke:var(--bad);stroke-width:2.6}
.log,.list{list-style:none;margin:0;padding:0}
.log li{display:grid;grid-template-columns:7.2rem 1.2rem 1fr auto;gap:.1rem .4rem;padding:.1rem 0}
.log time{color:var(--quiet);font-variant-numeric:tabular-nums}
.list a{display:grid;grid-template-columns:1.4rem minmax(9rem,1.2fr) 5rem 8rem 4rem 4fr auto;gap:.1rem .6rem;padding:.4rem .3rem;
border-bottom:1px solid var(--line);color:var(--ink);text-decoration:none}.list a:hover{background:var(--band)}
.list .mark{justify-self:start;align-self:start;padding:0 .3rem;border-radius:.2rem}.list .badge{justify-self:start;align-self:start}.list .version{color:var(--quiet)}
footer{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin-top:.9rem}
#link{margin-top:.75rem;color:var(--quiet)}#link.lost{position:sticky;bottom:0;padding:.4rem .75rem;background:var(--caution);color:var(--on);font-weight:700}
main.lost{opacity:.75}.notice{max-width:34rem;margin:3rem auto}
input,button{font:inherit;padding:.35rem .6rem;border:1px solid var(--quiet);border-radius:.3rem;background:var(--paper);color:var(--ink);max-width:100%}
@media (max-width:40rem){body{padding:.5rem .6rem 1.5rem;font-size:14px}th,td{padding:.25rem .3rem}th:first-child{width:27%}
tbody td>div{width:100%}.log li{grid-template-columns:auto 1.1rem 1fr}.log .who{grid-column:3}
.list a{grid-template-columns:1.4rem 1fr auto auto}.list .version{display:none}.list .text{grid-column:2/-1}.state .fact{flex-basis:100%}}
@media (prefers-reduced-motion:no-preference){.headline{transition:background .2s}}
`;
