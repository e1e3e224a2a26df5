import {escapeHtml} from '../../report/html/escape.ts';
import {tabTitle, type AnyPage, type Page, type PageHealth, type PageLine, type PageList} from './model.ts';
import {SCRIPT} from './script.ts';
import {sparkSvg} from './spark.ts';
import {PAGE_STYLE} from './style.ts';

/** A part of a page that is sent again only when it changed. `key` absent: when its text did. */
export interface PagePart {
  id: string;
  html: string;
  /** What has to differ for the part to be sent again; what stands inside it has parts of its own. */
  key?: string;
}

/** A page in parts, and what the browser's tab says. */
export interface PageParts {
  title: string;
  /** Data URI of the favicon. */
  icon: string;
  parts: PagePart[];
}

/** Renders what changes on a page. Everything in it is text of the model, escaped. */
export function partsOf(page: AnyPage): PageParts {
  const parts = page.schema === 'graydeck.page/1' ? partsOfFeature(page) : partsOfList(page);
  return {title: tabTitle(page), icon: ICONS[page.health], parts};
}

/** The whole page: the last state with its time, which its script keeps fresh. @param nonce of this answer */
export function pageHtml(page: AnyPage, nonce: string): string {
  const {title, icon, parts} = partsOf(page);
  const {words} = page;
  const body = parts
    .filter(({id}) => !id.includes('.'))
    .map(({id, html}) => `<div id="${id}">${html}</div>`)
    .join('\n');
  const attributes = ['live', 'lost', 'ended', 'stale']
    .map(name => `data-${name}="${escapeHtml(words[name] ?? '')}"`)
    .join(' ');
  return `<!doctype html>
<html lang="${page.lang === 'zh' ? 'zh-CN' : 'en'}">
${headHtml(title, icon, nonce)}
<body>
<main id="page" ${attributes}>
${body}
</main>
<p id="link" role="status"><noscript>${escapeHtml(words['noScript'] ?? '')}</noscript></p>
<script nonce="${nonce}">${SCRIPT}</script>
</body>
</html>
`;
}

function headHtml(title: string, icon: string, nonce: string): string {
  return `<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" id="icon" href="${icon}">
<noscript><meta http-equiv="refresh" content="10"></noscript>
<style nonce="${nonce}">${PAGE_STYLE}</style>
</head>`;
}

/** A page without data: who may come in, or why there is nothing to see. */
export function noticeHtml(
  {
    lang,
    title,
    text,
    form,
  }: {lang: string; title: string; text: string; form?: {label: string; button: string}},
  nonce: string,
): string {
  const ask =
    form === undefined
      ? ''
      : `<form method="post" action="/login"><label>${escapeHtml(form.label)} <input type="password" name="token" autocomplete="current-password" required autofocus></label> <button>${escapeHtml(form.button)}</button></form>`;
  return `<!doctype html>
<html lang="${lang === 'zh' ? 'zh-CN' : 'en'}">
${headHtml(`${title} · Graydeck`, ICONS.off, nonce).replace(/<noscript>.*<\/noscript>\n/u, '')}
<body><main class="notice"><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p>${ask}</main></body>
</html>
`;
}

function partsOfFeature(page: Page): PagePart[] {
  const {words, state, phases, verdict, cause, log, rows} = page;
  const label = (name: string) => escapeHtml(words[name] ?? '');
  const headlines = page.headlines.map(
    ({mark, tone, text}, index) =>
      `<p class="headline ${index === 0 ? 'first ' : ''}t-${tone}"><span class="mark">${escapeHtml(mark)}</span> ${escapeHtml(text)}</p>`,
  );
  const track = phases.map(
    ({name, percent, state: when}) =>
      `<li class="${when}"${when === 'now' ? ' aria-current="step"' : ''}><b>${escapeHtml(name)}</b> ${escapeHtml(percent)}</li>`,
  );
  const entries = log.map(
    ({time, mark, tone, text, who}) =>
      `<li><time>${escapeHtml(time)}</time><span class="mark t-${tone}">${escapeHtml(mark)}</span><span class="${tone === 'bad' ? 't-bad' : ''}">${escapeHtml(text)}</span><span class="who">${escapeHtml(who)}</span></li>`,
  );
  const [badge, version, prod] = [page.badge, page.version, page.prodVersion].map(escapeHtml);
  return [
    {
      id: 'top',
      html: `<header>${page.words['home'] === undefined ? '' : `<a href="/">${label('home')}</a>`}<h1>${escapeHtml(page.feature)}</h1><span class="versions">${version === '' ? '' : `<b class="t-gray">${version}</b>`}${version !== '' && prod !== '' ? ` ${label('over')} ` : ''}${prod === '' ? '' : `<b class="t-prod">${prod}</b>`}</span>${badge === '' ? '' : `<span class="badge t-caution">${badge}</span>`}<span class="now"><time>${escapeHtml(page.time)}</time> ${escapeHtml(page.zone)}</span></header>`,
    },
    {id: 'headlines', html: headlines.join('')},
    {
      id: 'state',
      html: `<p class="state"><span class="badge t-${state.tone}">${escapeHtml(state.mark)} ${escapeHtml(state.word)}</span>${page.facts.map(fact => `<span class="fact">${lineHtml(fact)}</span>`).join('')}</p>${track.length === 0 ? '' : `<ol class="phases">${track.join('')}</ol>`}`,
    },
    ...(cause === null
      ? [{id: 'cause', html: ''}]
      : [
          {
            id: 'cause',
            html: `<section class="cause"><h2>${escapeHtml(cause.title)}</h2>${cause.rows.map(row => `<p>${lineHtml(row)}</p>`).join('')}</section>`,
          },
        ]),
    ...tableParts(page),
    {
      id: 'verdict',
      html:
        verdict === null
          ? ''
          : `<section><h2>${lineHtml(verdict.title)} <small>${lineHtml(verdict.note)}</small></h2>${verdict.rows.map(row => `<p>${lineHtml(row)}</p>`).join('')}</section>`,
    },
    {
      id: 'log',
      html: `<section><h2>${lineHtml(page.logTitle)}</h2><ol class="log">${entries.join('')}</ol></section>`,
    },
    {
      id: 'lights',
      html: `<footer>${page.lights.map(light => `<span>${lineHtml(light)}</span>`).join('')}</footer>`,
    },
  ].filter(({id}) => id !== 'sides' || rows.length > 0);
}

/** The table of both sides: the table itself is sent again where its rows are other ones, else the cells that changed. */
function tableParts(page: Page): PagePart[] {
  const {rows, words, notes} = page;
  const cells: PagePart[] = [
    {id: 'n.prod', html: lineHtml(notes.prod)},
    {id: 'n.gray', html: lineHtml(notes.gray)},
    ...rows.flatMap(({prod, gray, compared, limit, isBad, isOld, chart}, index): PagePart[] => {
      const age = isOld ? 't-quiet' : '';
      const bound = limit === '' ? '' : ` <small class="limit">${escapeHtml(limit)}</small>`;
      return [
        {id: `v${index}.prod`, html: `<b class="${age}">${escapeHtml(prod)}</b>`},
        {
          id: `v${index}.gray`,
          html: `<b class="${isOld ? age : isBad ? 't-bad' : ''}">${escapeHtml(gray)}</b> <span class="compared">${lineHtml(compared)}</span>${bound}`,
        },
        {id: `c${index}.prod`, html: chart === null ? '' : sparkSvg(chart.prod, chart, 'prod')},
        {
          id: `c${index}.gray`,
          html: chart === null ? '' : sparkSvg(chart.gray, chart, 'gray', chart.badFrom),
        },
      ];
    }),
  ];
  const byId = new Map(cells.map(({id, html}) => [id, html]));
  const slot = (id: string, tag = 'div') => `<${tag} id="${id}">${byId.get(id) ?? ''}</${tag}>`;
  const side = (index: number, name: 'prod' | 'gray') =>
    `<td class="${name}">${slot(`v${index}.${name}`)}${slot(`c${index}.${name}`)}</td>`;
  const head = (name: 'prod' | 'gray', version: string) =>
    `<th scope="col" class="${name}"><span class="t-${name}">${escapeHtml(words[name] ?? '')}</span> ${escapeHtml(version)} ${slot(`n.${name}`, 'small')}</th>`;
  const labels = rows.map(({label}) => label);
  const body = labels.map(
    (label, index) =>
      `<tr><th scope="row">${escapeHtml(label)}</th>${side(index, 'prod')}${side(index, 'gray')}</tr>`,
  );
  return [
    {
      id: 'sides',
      key: JSON.stringify([labels, page.version, page.prodVersion]),
      html: `<table><thead><tr><th scope="col">${escapeHtml(words['metric'] ?? '')}</th>${head('prod', page.prodVersion)}${head('gray', page.version)}</tr></thead><tbody>${body.join('')}</tbody></table>`,
    },
    ...cells,
  ];
}

function partsOfList(page: PageList): PagePart[] {
  const {words, headline, rows} = page;
  const badge = escapeHtml(page.badge);
  const drawn = rows.map(
    row =>
      `<li class="h-${row.health}"><a href="/?feature=${encodeURIComponent(row.feature)}"><span class="mark t-${row.tone}">${escapeHtml(row.mark)}</span> <b>${escapeHtml(row.feature)}</b> <span class="version">${escapeHtml(row.version)}</span> <span class="badge t-${row.tone}">${escapeHtml(row.state)}</span> <span class="percent">${escapeHtml(row.percent)}</span> <span class="text">${escapeHtml(row.text)}</span> <span class="t-warn">${escapeHtml(row.alerts)}</span></a></li>`,
  );
  return [
    {
      id: 'top',
      html: `<header><h1>Graydeck</h1>${badge === '' ? '' : `<span class="badge t-caution">${badge}</span>`}<span class="now"><time>${escapeHtml(page.time)}</time> ${escapeHtml(page.zone)}</span></header>`,
    },
    {
      id: 'headlines',
      html: `<p class="headline first t-${headline.tone}"><span class="mark">${escapeHtml(headline.mark)}</span> ${escapeHtml(headline.text)}</p>`,
    },
    {
      id: 'list',
      html:
        rows.length === 0
          ? `<p>${escapeHtml(words['none'] ?? '')}</p>`
          : `<ol class="list">${drawn.join('')}</ol>`,
    },
  ];
}

function lineHtml(line: PageLine): string {
  return line
    .map(({text, tone}) => {
      const words = escapeHtml(text);
      if (tone === 'plain' || text.trim() === '') return words;
      return `<span class="t-${tone}">${words}</span>`;
    })
    .join('');
}

const COLORS: Readonly<Record<PageHealth, string>> = {
  well: '1b6e3c',
  watch: 'b26a00',
  bad: 'c4221a',
  off: '60666d',
};

/** A shape for each state, so that it is not told by colour alone. */
const SHAPES: Readonly<Record<PageHealth, string>> = {
  well: "<path d='M4 9l3 3 6-8' fill='none' stroke='white' stroke-width='2.4'/>",
  watch: "<path d='M8 3l6 10H2z' fill='white'/>",
  bad: "<path d='M4 4l8 8M12 4l-8 8' stroke='white' stroke-width='2.6'/>",
  off: "<circle cx='8' cy='8' r='4' fill='none' stroke='white' stroke-width='2'/>",
};

const icon = (state: PageHealth): string =>
  `data:image/svg+xml,${encodeURIComponent(`<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><rect width='16' height='16' rx='3' fill='#${COLORS[state]}'/>${SHAPES[state]}</svg>`).replaceAll("'", '%27')}`;

const ICONS: Readonly<Record<PageHealth, string>> = {
  well: icon('well'),
  watch: icon('watch'),
  bad: icon('bad'),
  off: icon('off'),
};
